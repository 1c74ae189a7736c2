//! Envoy bootstraps for the tests, with one listener per policy.

use crate::workspace::module;
use anyhow::Result;
use policy::decision::Filter;
use serde_json::{Value, json};
use std::net::SocketAddr;

/// A listener.
#[derive(Debug, Clone)]
pub struct Listener {
    /// Its name.
    pub name: String,
    /// The HTTP filters before the router.
    pub filters: Vec<Value>,
    /// A certificate and its key, as PEM; `None` for plaintext.
    pub tls: Option<(String, String)>,
    /// Fields that replace those of its HTTP connection manager.
    pub manager: Value,
    /// The upstream.
    pub upstream: SocketAddr,
}

impl Listener {
    /// Creates a plaintext listener with these filters.
    pub fn new(name: &str, filters: Vec<Value>, upstream: SocketAddr) -> Self {
        Self { name: name.to_owned(), filters, tls: None, manager: json!({}), upstream }
    }
}

/// Returns the HTTP filter that loads a module with this configuration.
pub fn wasm(filter: &str, configuration: &str) -> Result<Value> {
    Ok(json!({
        "name": filter,
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm",
            "config": {
                "name": filter,
                "vm_config": {
                    "vm_id": filter,
                    "runtime": "envoy.wasm.runtime.v8",
                    "code": {"local": {"filename": module(filter)?}},
                },
                "configuration": {
                    "@type": "type.googleapis.com/google.protobuf.StringValue",
                    "value": configuration,
                },
            },
        },
    }))
}

/// Returns a bootstrap with these listeners.
pub fn bootstrap(listeners: &[Listener]) -> Value {
    let clusters: Vec<Value> =
        listeners.iter().map(|listener| cluster(&listener.name, listener.upstream)).collect();
    json!({
        "admin": {"address": address(0)},
        "static_resources": {
            "listeners": listeners.iter().map(listener).collect::<Vec<_>>(),
            "clusters": clusters,
        },
    })
}

/// Adds a cluster to a bootstrap.
pub fn add_cluster(bootstrap: &mut Value, name: &str, upstream: SocketAddr) {
    if let Some(clusters) = bootstrap.pointer_mut("/static_resources/clusters").and_then(Value::as_array_mut)
    {
        clusters.push(cluster(name, upstream));
    }
}

fn address(port: u16) -> Value {
    json!({"socket_address": {"address": "127.0.0.1", "port_value": port}})
}

fn cluster(name: &str, upstream: SocketAddr) -> Value {
    json!({
        "name": name,
        "load_assignment": {
            "cluster_name": name,
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": address(upstream.port())}}]}],
        },
    })
}

/// The response code details of a local reply and the filter state are returned to the client in headers.
fn listener(listener: &Listener) -> Value {
    let mut filters = listener.filters.clone();
    filters.push(json!({
        "name": "envoy.filters.http.router",
        "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"},
    }));
    let states = Filter::ALL.map(Filter::name).map(|filter| {
        json!({
            "header": {
                "key": format!("x-state-{}", filter.replace('_', "-")),
                "value": format!("%FILTER_STATE(wasm.ringfence.{filter}:PLAIN)%"),
            },
        })
    });
    let route =
        |matcher: Value| json!({"match": matcher, "route": {"cluster": listener.name, "timeout": "5s"}});
    let mut manager = json!({
        "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": listener.name,
        "codec_type": "AUTO",
        "normalize_path": false,
        "merge_slashes": false,
        "path_with_escaped_slashes_action": "KEEP_UNCHANGED",
        "server_header_transformation": "PASS_THROUGH",
        "max_request_headers_kb": 512,
        "delayed_close_timeout": "0s",
        "common_http_protocol_options": {"max_headers_count": 1000},
        "http_protocol_options": {"accept_http_10": true},
        "http2_protocol_options": {"allow_connect": true},
        "upgrade_configs": [{"upgrade_type": "CONNECT"}],
        "http_filters": filters,
        "route_config": {
            "response_headers_to_add": states,
            "virtual_hosts": [{
                "name": "all",
                "domains": ["*"],
                "routes": [route(json!({"connect_matcher": {}})), route(json!({"prefix": ""}))],
            }],
        },
        "local_reply_config": {
            "mappers": [{
                "filter": {"status_code_filter": {"comparison": {
                    "op": "GE",
                    "value": {"default_value": 200, "runtime_key": "unused"},
                }}},
                "headers_to_add": [{"header": {"key": "x-details", "value": "%RESPONSE_CODE_DETAILS%"}}],
            }],
        },
    });
    if let (Value::Object(manager), Value::Object(own)) = (&mut manager, &listener.manager) {
        manager.extend(own.clone());
    }
    let mut chain = json!({
        "filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}],
    });
    let mut listener_filters = Vec::new();
    if let Some((certificate, key)) = &listener.tls {
        // Envoy reads the server name of a connection with this listener filter.
        listener_filters.push(json!({
            "name": "envoy.filters.listener.tls_inspector",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector",
            },
        }));
        chain["transport_socket"] = json!({
            "name": "envoy.transport_sockets.tls",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
                "common_tls_context": {
                    "alpn_protocols": ["h2", "http/1.1"],
                    // Client certificates are optional; the one of the tests is self-signed.
                    "validation_context": {"trusted_ca": {"inline_string": crate::tls::CLIENT}},
                    "tls_certificates": [{
                        "certificate_chain": {"inline_string": certificate},
                        "private_key": {"inline_string": key},
                    }],
                },
            },
        });
    }
    json!({
        "name": listener.name,
        "address": address(0),
        "listener_filters": listener_filters,
        "filter_chains": [chain],
    })
}

//! Envoy bootstraps for the tests, with one listener per policy.

use crate::workspace::module;
use anyhow::Result;
use policy::decision::Filter;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;

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

/// Returns an extension of Envoy with a configuration of this type, such as `filters.http.router.v3.Router`.
pub fn extension(name: &str, kind: &str, mut fields: Value) -> Value {
    fields["@type"] = format!("type.googleapis.com/envoy.extensions.{kind}").into();
    json!({"name": name, "typed_config": fields})
}

/// Returns the HTTP filter that loads a module of `dist` with this configuration.
pub fn wasm(filter: &str, configuration: &str) -> Result<Value> {
    Ok(wasm_file(filter, &module(filter)?, configuration))
}

/// Returns the HTTP filter that loads a module from a file with this configuration.
pub fn wasm_file(name: &str, file: &Path, configuration: &str) -> Value {
    let config = json!({
        "name": name,
        "vm_config": {
            "vm_id": name,
            "runtime": "envoy.wasm.runtime.v8",
            "code": {"local": {"filename": file}},
        },
        "configuration": {
            "@type": "type.googleapis.com/google.protobuf.StringValue",
            "value": configuration,
        },
    });
    extension(name, "filters.http.wasm.v3.Wasm", json!({"config": config}))
}

/// Returns a bootstrap with these listeners.
pub fn bootstrap(listeners: &[Listener]) -> Value {
    let clusters = listeners.iter().map(|listener| cluster(&listener.name, listener.upstream));
    json!({
        "admin": {"address": address(0)},
        "static_resources": {
            "listeners": listeners.iter().map(listener).collect::<Vec<_>>(),
            "clusters": clusters.collect::<Vec<_>>(),
        },
    })
}

/// Returns a bootstrap with this listener, which passes HTTP/1 trailers to its upstream.
pub fn bootstrap_with_trailers(mut listener: Listener) -> Value {
    let options = json!({"http_protocol_options": {"enable_trailers": true}});
    listener.manager = options.clone();
    let mut bootstrap = bootstrap(&[listener]);
    bootstrap["static_resources"]["clusters"][0]["typed_extension_protocol_options"] = json!({
        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
            "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
            "explicit_http_config": options,
        },
    });
    bootstrap
}

/// Adds a cluster to a bootstrap.
pub fn add_cluster(bootstrap: &mut Value, name: &str, upstream: SocketAddr) {
    let clusters = bootstrap["static_resources"]["clusters"].as_array_mut();
    clusters.expect("a bootstrap has clusters").push(cluster(name, upstream));
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
    filters.push(extension("envoy.filters.http.router", "filters.http.router.v3.Router", json!({})));
    let states = Filter::ALL.map(Filter::name).map(|filter| {
        let value = format!("%FILTER_STATE(wasm.ringfence.{filter}:PLAIN)%");
        json!({"header": {"key": format!("x-state-{}", filter.replace('_', "-")), "value": value}})
    });
    let route =
        |matcher: Value| json!({"match": matcher, "route": {"cluster": listener.name, "timeout": "5s"}});
    let mut manager = json!({
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
    let kind = "filters.network.http_connection_manager.v3.HttpConnectionManager";
    let mut chain =
        json!({"filters": [extension("envoy.filters.network.http_connection_manager", kind, manager)]});
    let mut listener_filters = Vec::new();
    if let Some((certificate, key)) = &listener.tls {
        // Envoy reads the server name of a connection with this listener filter.
        let kind = "filters.listener.tls_inspector.v3.TlsInspector";
        listener_filters.push(extension("envoy.filters.listener.tls_inspector", kind, json!({})));
        let context = json!({
            "alpn_protocols": ["h2", "http/1.1"],
            // Client certificates are optional; the one of the tests is self-signed.
            "validation_context": {"trusted_ca": {"inline_string": crate::tls::CLIENT}},
            "tls_certificates": [{
                "certificate_chain": {"inline_string": certificate},
                "private_key": {"inline_string": key},
            }],
        });
        let kind = "transport_sockets.tls.v3.DownstreamTlsContext";
        let context = json!({"common_tls_context": context});
        chain["transport_socket"] = extension("envoy.transport_sockets.tls", kind, context);
    }
    json!({
        "name": listener.name,
        "address": address(0),
        "listener_filters": listener_filters,
        "filter_chains": [chain],
    })
}

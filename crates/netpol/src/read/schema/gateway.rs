//! What objects of the Gateway API are made of: the fields that are judged, and the names of those that are not.

use super::known;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// `gateway.networking.k8s.io` Gateway.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::read) struct Gateway {
    pub gateway_class_name: String,
    pub listeners: Vec<Listener>,
    _addresses: Vec<Address>,
    _infrastructure: Option<Infrastructure>,
    _allowed_listeners: Option<AllowedListeners>,
    _default_scope: IgnoredAny,
    #[serde(rename = "backendTLS")]
    _backend_tls: Option<BackendTls>,
    _tls: Option<GatewayTls>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::read) struct Listener {
    pub port: u16,
    pub protocol: String,
    _name: IgnoredAny,
    _hostname: IgnoredAny,
    _tls: Option<ListenerTls>,
    _allowed_routes: Option<AllowedRoutes>,
}

known! {
    Address { r#type: IgnoredAny, value: IgnoredAny }
    Infrastructure { labels: IgnoredAny, annotations: IgnoredAny, parameters_ref: Option<Reference> }
    AllowedListeners { namespaces: Option<Namespaces> }
    AllowedRoutes { namespaces: Option<Namespaces>, kinds: Vec<RouteKind> }
    Namespaces { from: IgnoredAny, selector: Option<LabelSelector> }
    RouteKind { group: IgnoredAny, kind: IgnoredAny }
    BackendTls { client_certificate_ref: Option<Reference> }
    GatewayTls { backend: Option<BackendTls>, frontend: IgnoredAny }
    ListenerTls {
        mode: IgnoredAny,
        certificate_refs: Vec<Reference>,
        frontend_validation: IgnoredAny,
        options: IgnoredAny,
    }
    Reference { group: IgnoredAny, kind: IgnoredAny, name: IgnoredAny, namespace: IgnoredAny }
}

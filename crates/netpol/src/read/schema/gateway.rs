//! The fields of the Gateway API's objects.

use super::objects;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

objects! {
    /// `gateway.networking.k8s.io` Gateway.
    Gateway {
        gateway_class_name: String,
        listeners: Vec<Listener>;
        addresses: Vec<Address>,
        infrastructure: Option<Infrastructure>,
        allowed_listeners: Option<AllowedListeners>,
        default_scope,
        #[serde(rename = "backendTLS")]
        backend_tls: Option<BackendTls>,
        tls: Option<GatewayTls>,
    }
    Listener {
        port: u16,
        protocol: String;
        name, hostname, tls: Option<ListenerTls>, allowed_routes: Option<AllowedRoutes>,
    }
    Address { ; r#type, value }
    Infrastructure { ; labels, annotations, parameters_ref: Option<Reference> }
    AllowedListeners { ; namespaces: Option<Namespaces> }
    AllowedRoutes { ; namespaces: Option<Namespaces>, kinds: Vec<RouteKind> }
    Namespaces { ; from, selector: Option<LabelSelector> }
    RouteKind { ; group, kind }
    BackendTls { ; client_certificate_ref: Option<Reference> }
    GatewayTls { ; backend: Option<BackendTls>, frontend }
    ListenerTls { ; mode, certificate_refs: Vec<Reference>, frontend_validation, options }
    Reference { ; group, kind, name, namespace }
}

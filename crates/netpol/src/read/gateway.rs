//! Gateways of the Gateway API.

use super::istio::Resource;
use super::kinds::Reader;
use super::object::Scope;
use crate::model::{GATEWAY_NAME, Listeners, Selector};
use crate::ports::{PortRange, Ports, Protocol};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// `gateway.networking.k8s.io` Gateway.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Gateway {
    gateway_class_name: String,
    listeners: Vec<Listener>,
    _addresses: IgnoredAny,
    _infrastructure: IgnoredAny,
    _allowed_listeners: IgnoredAny,
    _default_scope: IgnoredAny,
    #[serde(rename = "backendTLS")]
    _backend_tls: IgnoredAny,
    _tls: IgnoredAny,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Listener {
    port: u16,
    protocol: String,
    _name: IgnoredAny,
    _hostname: IgnoredAny,
    _tls: IgnoredAny,
    _allowed_routes: IgnoredAny,
}

/// Reads a Gateway; Istio makes the pods of its own classes.
pub(super) fn object(reader: &mut Reader<'_>) {
    let Some(read) = reader.typed::<Resource<Gateway>>() else { return };
    let Some(object) = reader.reference(Scope::Namespaced, &read.metadata) else { return };
    let spec = read.spec.unwrap_or_default();
    let ports: Ports = (spec.listeners.iter())
        .map(|listener| {
            let udp = listener.protocol == "UDP";
            PortRange::one(if udp { Protocol::Udp } else { Protocol::Tcp }, listener.port)
        })
        .collect();
    match spec.gateway_class_name.as_str() {
        "istio" => reader.builder.made(object.clone(), format!("{}-istio", object.name)),
        "istio-waypoint" => reader.builder.made(object.clone(), object.name.clone()),
        _ => {}
    }
    let pods = Selector::of([(&GATEWAY_NAME.to_owned(), &object.name)]);
    let namespace = object.namespace.clone();
    reader.builder.cluster.mesh.listeners.push(Listeners { object, pods, namespace, ports });
}

//! Reads the Gateways of the Gateway API.

use super::object::Scope;
use super::reader::Reader;
use super::schema::gateway::Gateway;
use super::schema::istio::Resource;
use crate::model::{GATEWAY_NAME, Listeners, Selector};
use crate::ports::{PortRange, Ports, Protocol};

/// Reads a Gateway. Istio creates the pods of Gateways of its own classes.
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

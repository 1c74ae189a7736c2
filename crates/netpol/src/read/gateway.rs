//! Reads the Gateways of the Gateway API.

use super::reader::Reader;
use super::schema::gateway::{Gateway, Listener};
use crate::model::{GATEWAY_NAME, Listeners, Selector};
use crate::ports::{PortRange, Protocol};

/// Reads a Gateway. Istio creates the pods of Gateways of its own classes.
pub(super) fn gateway(reader: &mut Reader<'_>) {
    let Some((object, spec)) = reader.resource::<Gateway>() else { return };
    let port = |listener: &Listener| {
        let protocol = if listener.protocol == "UDP" { Protocol::Udp } else { Protocol::Tcp };
        PortRange::one(protocol, listener.port)
    };
    let ports = spec.listeners.iter().map(port).collect();
    match spec.gateway_class_name.as_str() {
        "istio" => reader.builder.add_gateway(object.clone(), format!("{}-istio", object.name)),
        "istio-waypoint" => reader.builder.add_gateway(object.clone(), object.name.clone()),
        _ => {}
    }
    let pods = Selector::of([(&GATEWAY_NAME.to_owned(), &object.name)]);
    let namespace = object.namespace.clone();
    reader.builder.cluster.mesh.listeners.push(Listeners { object, pods, namespace, ports });
}

//! Reads Services.

use super::policy::{port_number, protocol};
use super::reader::Reader;
use crate::model::{Selector, Service, ServicePort};
use k8s_openapi::api::core::v1::Service as Manifest;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use yaml::At;

/// Reads a Service.
pub(super) fn service(reader: &mut Reader<'_>) {
    let Some(read) = reader.typed::<Manifest>() else { return };
    let Some(object) = reader.reference(&read.metadata) else { return };
    let spec = read.spec.unwrap_or_default();
    let pods = spec.selector.as_ref().filter(|labels| !labels.is_empty()).map(Selector::of);
    let mut ports = Vec::new();
    for (at, found) in At::new(reader.node).field("spec").items("ports", spec.ports.iter().flatten()) {
        let target = match &found.target_port {
            None | Some(IntOrString::Int(0)) => port_number(found.port).map(Ok),
            Some(IntOrString::Int(port)) => port_number(*port).map(Ok),
            Some(IntOrString::String(name)) => Some(Err(name.clone())),
        };
        let protocol = protocol(at.field("protocol"), found.protocol.as_deref(), reader.problems);
        match (port_number(found.port), target, protocol) {
            (Some(port), Some(target), Some(protocol)) => ports.push(ServicePort { protocol, port, target }),
            (None, ..) | (_, None, _) => {
                reader.problems.error(at.span(), "invalid_port", "a port must be from 1 to 65535", "");
            }
            _ => {}
        }
    }
    let external_name = spec.external_name.filter(|_| spec.type_.as_deref() == Some("ExternalName"));
    reader.builder.cluster.services.push(Service { object, pods, ports, external_name });
}

//! Reads Services.

use super::policy::protocol;
use crate::model::{ObjectRef, Selector, Service, ServicePort};
use diagnostics::Diagnostics;
use k8s_openapi::api::core::v1::ServiceSpec;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use yaml::At;

/// Reads a Service; `at` is the place of its `spec`.
pub(super) fn service(
    at: At<'_>,
    object: ObjectRef,
    spec: &ServiceSpec,
    problems: &mut Diagnostics,
) -> Service {
    let pods = spec.selector.as_ref().filter(|labels| !labels.is_empty()).map(Selector::of);
    let mut ports = Vec::new();
    for (index, found) in spec.ports.iter().flatten().enumerate() {
        let at = at.field("ports").item(index);
        let number = |port: i32| u16::try_from(port).ok().filter(|port| *port > 0);
        let target = match &found.target_port {
            None => number(found.port).map(Ok),
            Some(IntOrString::Int(0)) => number(found.port).map(Ok),
            Some(IntOrString::Int(port)) => number(*port).map(Ok),
            Some(IntOrString::String(name)) => Some(Err(name.clone())),
        };
        let protocol = protocol(at.field("protocol"), found.protocol.as_deref(), problems);
        match (number(found.port), target, protocol) {
            (Some(port), Some(target), Some(protocol)) => ports.push(ServicePort { protocol, port, target }),
            (None, ..) | (_, None, _) => {
                problems.error(at.span(), "invalid_port", "a port must be from 1 to 65535", "");
            }
            _ => {}
        }
    }
    let external_name = spec.external_name.clone().filter(|_| spec.type_.as_deref() == Some("ExternalName"));
    Service { object, pods, ports, external_name }
}

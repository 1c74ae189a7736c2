//! Reads workloads.

use super::object;
use super::policy::protocol;
use super::selector::selector;
use crate::model::{ContainerPort, Labels, ObjectRef, Workload};
use diagnostics::Diagnostics;
use k8s_openapi::api::core::v1::{Container, PodSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use yaml::At;

/// The pod template of an object.
pub(super) struct Template<'t> {
    /// The place of the template, which has `metadata` and `spec`.
    pub at: At<'t>,
    pub metadata: Option<&'t ObjectMeta>,
    pub spec: Option<&'t PodSpec>,
    /// The selector that must match the pods, with its place.
    pub selector: Option<(At<'t>, &'t LabelSelector)>,
}

/// Reads a workload.
pub(super) fn workload(object: ObjectRef, template: &Template<'_>, problems: &mut Diagnostics) -> Workload {
    let at = template.at;
    let labels = template.metadata.and_then(|metadata| metadata.labels.clone()).unwrap_or_default();
    object::check(at.field("metadata").field("labels"), &labels, problems);
    check_selector(template, &labels, problems);
    let annotations = template.metadata.and_then(|metadata| metadata.annotations.clone()).unwrap_or_default();
    let empty = PodSpec::default();
    let spec = template.spec.unwrap_or(&empty);
    let account = spec.service_account_name.as_ref().or(spec.service_account.as_ref());
    let mut workload = Workload {
        object,
        labels,
        annotations,
        ports: Vec::new(),
        containers: Vec::new(),
        service_account: account.filter(|name| !name.is_empty()).map_or("default", String::as_str).to_owned(),
        host_network: spec.host_network.unwrap_or(false),
        implied: false,
    };
    let inits = spec.init_containers.as_deref().unwrap_or_default();
    for (field, containers) in [("containers", &spec.containers[..]), ("initContainers", inits)] {
        for (index, container) in containers.iter().enumerate() {
            // An init container only runs beside the others if it always restarts.
            let runs = field == "containers" || container.restart_policy.as_deref() == Some("Always");
            if runs {
                let at = at.field("spec").field(field).item(index);
                workload.containers.push(container.name.clone());
                workload.ports.extend(ports(at, container, problems));
            }
        }
    }
    workload.ports.sort();
    workload.ports.dedup();
    workload
}

/// Checks that the selector of an object matches its pod template.
fn check_selector(template: &Template<'_>, labels: &Labels, problems: &mut Diagnostics) {
    if let Some((at, found)) = template.selector {
        let selector = selector(at, found, problems);
        if selector.requirements.is_empty() {
            problems.error(
                at.span(),
                "invalid_selector",
                "the selector is empty",
                "select the labels of the template",
            );
        } else if !selector.matches(labels) {
            let help = "add the selected labels to the template";
            problems.error(
                at.span(),
                "invalid_selector",
                "the selector does not match the labels of the template",
                help,
            );
        }
    }
}

fn ports(at: At<'_>, container: &Container, problems: &mut Diagnostics) -> Vec<ContainerPort> {
    let mut ports = Vec::new();
    for (index, found) in container.ports.iter().flatten().enumerate() {
        let at = at.field("ports").item(index);
        let number = u16::try_from(found.container_port).ok().filter(|port| *port > 0);
        let protocol = protocol(at.field("protocol"), found.protocol.as_deref(), problems);
        let Some(port) = number else {
            let message = format!("invalid port `{}`", found.container_port);
            problems.error(at.field("containerPort").span(), "invalid_port", message, "");
            continue;
        };
        let name = found.name.clone().filter(|name| !name.is_empty());
        ports.extend(protocol.map(|protocol| ContainerPort { name, protocol, port }));
    }
    ports
}

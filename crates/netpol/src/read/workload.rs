//! Reads workloads.

use super::object;
use super::policy::{port_number, protocol};
use super::reader::Reader;
use super::selector::selector;
use crate::model::{ContainerPort, Labels, ObjectRef, Workload};
use diagnostics::Diagnostics;
use k8s_openapi::api::{apps::v1 as apps, batch::v1 as batch, core::v1 as core};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use yaml::At;

/// The pod template of an object.
struct Template<'t> {
    /// The place of the template, which has `metadata` and `spec`.
    at: At<'t>,
    metadata: Option<&'t ObjectMeta>,
    spec: Option<&'t core::PodSpec>,
    /// The selector that must match the pods.
    selector: Option<&'t LabelSelector>,
}

/// Defines the readers of objects with a pod template: the path of the template, the template, and the selector.
macro_rules! templates {
    ($($name:ident($read:ident: $type:ty): $($field:literal).+, $template:expr, $selector:expr;)*) => {$(
        pub(super) fn $name(reader: &mut Reader<'_>) {
            let Some($read) = reader.typed::<$type>() else { return };
            let template: Option<&core::PodTemplateSpec> = $template;
            let template = Template {
                at: At::new(reader.node)$(.field($field))+,
                metadata: template.and_then(|template| template.metadata.as_ref()),
                spec: template.and_then(|template| template.spec.as_ref()),
                selector: $selector,
            };
            add(reader, &$read.metadata, &template);
        }
    )*};
}

templates! {
    deployment(read: apps::Deployment): "spec"."template", Some(&read.spec.template), Some(&read.spec.selector);
    stateful_set(read: apps::StatefulSet): "spec"."template", Some(&read.spec.template), Some(&read.spec.selector);
    daemon_set(read: apps::DaemonSet): "spec"."template", Some(&read.spec.template), Some(&read.spec.selector);
    replica_set(read: apps::ReplicaSet): "spec"."template", read.spec.template.as_ref(), Some(&read.spec.selector);
    replication_controller(read: core::ReplicationController): "spec"."template",
        read.spec.as_ref().and_then(|spec| spec.template.as_ref()), None;
    job(read: batch::Job): "spec"."template", read.spec.as_ref().map(|spec| &spec.template), None;
    cron_job(read: batch::CronJob): "spec"."jobTemplate"."spec"."template",
        read.spec.job_template.spec.as_ref().map(|job| &job.template), None;
}

pub(super) fn pod(reader: &mut Reader<'_>) {
    let Some(read) = reader.typed::<core::Pod>() else { return };
    let (at, metadata) = (At::new(reader.node), &read.metadata);
    add(
        reader,
        metadata,
        &Template { at, metadata: Some(metadata), spec: read.spec.as_ref(), selector: None },
    );
}

/// Adds the workload of an object.
fn add(reader: &mut Reader<'_>, metadata: &ObjectMeta, template: &Template<'_>) {
    let Some(object) = reader.reference(metadata) else { return };
    let owner = metadata.owner_references.iter().flatten().find(|owner| owner.controller == Some(true));
    let owner = owner.map(|owner| format!("{}/{}", owner.kind, owner.name));
    let workload = workload(object, template, reader.problems);
    if let Some(selector) = template.selector {
        let at = At::new(reader.node).field("spec").field("selector");
        check_selector(at, selector, &workload.labels, reader.problems);
    }
    reader.builder.add_workload(workload, owner);
}

fn workload(object: ObjectRef, template: &Template<'_>, problems: &mut Diagnostics) -> Workload {
    let labels = template.metadata.and_then(|metadata| metadata.labels.clone()).unwrap_or_default();
    object::check(template.at.field("metadata").field("labels"), &labels, problems);
    let annotations = template.metadata.and_then(|metadata| metadata.annotations.clone()).unwrap_or_default();
    let empty = core::PodSpec::default();
    let spec = template.spec.unwrap_or(&empty);
    let account = spec.service_account_name.as_ref().or(spec.service_account.as_ref());
    let mut workload = Workload {
        annotations,
        service_account: account.filter(|name| !name.is_empty()).map_or("default", String::as_str).to_owned(),
        host_network: spec.host_network.unwrap_or(false),
        implied: false,
        ..Workload::implied(object, labels)
    };
    let containers = template.at.field("spec").items("containers", &spec.containers);
    let inits = template.at.field("spec").items("initContainers", spec.init_containers.iter().flatten());
    // An init container only runs beside the others if it always restarts.
    let inits = inits.filter(|(_, init)| init.restart_policy.as_deref() == Some("Always"));
    for (at, container) in containers.chain(inits) {
        workload.containers.push(container.name.clone());
        workload.ports.extend(ports(at, container, problems));
    }
    workload.ports.sort();
    workload.ports.dedup();
    workload
}

/// Checks that the selector of an object matches its pod template.
fn check_selector(at: At<'_>, found: &LabelSelector, labels: &Labels, problems: &mut Diagnostics) {
    let selector = selector(at, found, problems);
    if selector.requirements.is_empty() {
        let help = "select the labels of the template";
        problems.error(at.span(), "invalid_selector", "the selector is empty", help);
    } else if !selector.matches(labels) {
        let message = "the selector does not match the labels of the template";
        problems.error(at.span(), "invalid_selector", message, "add the selected labels to the template");
    }
}

fn ports(at: At<'_>, container: &core::Container, problems: &mut Diagnostics) -> Vec<ContainerPort> {
    let mut ports = Vec::new();
    for (at, found) in at.items("ports", container.ports.iter().flatten()) {
        let protocol = protocol(at.field("protocol"), found.protocol.as_deref(), problems);
        let Some(port) = port_number(found.container_port) else {
            let message = format!("invalid port `{}`", found.container_port);
            problems.error(at.field("containerPort").span(), "invalid_port", message, "");
            continue;
        };
        let name = found.name.clone().filter(|name| !name.is_empty());
        ports.extend(protocol.map(|protocol| ContainerPort { name, protocol, port }));
    }
    ports
}

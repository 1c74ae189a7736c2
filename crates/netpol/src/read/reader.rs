//! Reads the objects of Kubernetes.

use super::cluster::Builder;
use super::object::{self, Scope};
use super::workload::{Template, workload};
use super::{deserialize, policy, service};
use crate::model::ObjectRef;
use diagnostics::Diagnostics;
use k8s_openapi::api::{
    apps::v1 as apps, batch::v1 as batch, core::v1 as core, networking::v1 as networking,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use serde::Deserialize;
use yaml::{At, Node};

/// Reads an object with a pod template and, except for those of `batch` and ReplicationControllers, a selector.
macro_rules! template {
    ($reader:ident, $type:ty, |$read:ident| $template:expr; $selector:expr) => {{
        let Some($read) = $reader.typed::<$type>() else { return };
        let template: Option<&core::PodTemplateSpec> = $template;
        let selector: Option<&LabelSelector> = $selector;
        let at = At::new($reader.node);
        $reader.pods(
            &$read.metadata,
            &Template {
                at: template_at($reader.kind, at),
                metadata: template.and_then(|template| template.metadata.as_ref()),
                spec: template.and_then(|template| template.spec.as_ref()),
                selector: selector.map(|selector| (at.field("spec").field("selector"), selector)),
            },
        );
    }};
}

/// Reads one object.
pub(super) struct Reader<'r> {
    pub node: &'r Node,
    pub kind: &'r str,
    pub group: &'r str,
    pub problems: &'r mut Diagnostics,
    pub builder: &'r mut Builder,
}

impl<'r> Reader<'r> {
    /// Reads the object as a type; none if a value has a wrong type, since its default would be misleading.
    pub(super) fn typed<T: Deserialize<'r>>(&mut self) -> Option<T> {
        let before = self.problems.as_slice().len();
        let read = deserialize::read(self.node, self.problems);
        read.filter(|_| {
            !self.problems.as_slice().iter().skip(before).any(|problem| problem.code == "wrong_type")
        })
    }

    /// Returns the reference of the object, unless it is a duplicate.
    pub(super) fn reference(&mut self, scope: Scope, metadata: &ObjectMeta) -> Option<ObjectRef> {
        let object = object::reference(self.node, self.kind, scope, metadata, self.problems)?;
        if let Some(first) = self.builder.seen(self.group, &object) {
            let span = At::new(self.node).field("metadata").field("name").span();
            let help = "keep one of them";
            self.problems.error(
                span,
                "duplicate_object",
                format!("duplicate {object}; the first one is at {first}"),
                help,
            );
            return None;
        }
        Some(object)
    }

    pub(super) fn namespace(&mut self) {
        let Some(read) = self.typed::<core::Namespace>() else { return };
        let Some(object) = self.reference(Scope::Cluster, &read.metadata) else { return };
        self.builder.namespace(object, read.metadata.labels.unwrap_or_default());
    }

    pub(super) fn service(&mut self) {
        let Some(read) = self.typed::<core::Service>() else { return };
        let Some(object) = self.reference(Scope::Namespaced, &read.metadata) else { return };
        let at = At::new(self.node).field("spec");
        let service = service::service(at, object, &read.spec.unwrap_or_default(), self.problems);
        self.builder.cluster.services.push(service);
    }

    pub(super) fn policy(&mut self) {
        let Some(read) = self.typed::<networking::NetworkPolicy>() else { return };
        let Some(object) = self.reference(Scope::Namespaced, &read.metadata) else { return };
        let at = At::new(self.node);
        let Some(spec) = read.spec else {
            self.problems.error(at.span(), "missing_field", "missing field `spec`", "add `spec`");
            return;
        };
        let policy = policy::policy(at.field("spec"), object, &spec, self.problems);
        self.builder.cluster.policies.push(policy);
    }

    pub(super) fn workload(&mut self) {
        match self.kind {
            "Deployment" => template!(self, apps::Deployment,
                |read| Some(&read.spec.template); Some(&read.spec.selector)),
            "StatefulSet" => template!(self, apps::StatefulSet,
                |read| Some(&read.spec.template); Some(&read.spec.selector)),
            "DaemonSet" => template!(self, apps::DaemonSet,
                |read| Some(&read.spec.template); Some(&read.spec.selector)),
            "ReplicaSet" => template!(self, apps::ReplicaSet,
                |read| read.spec.template.as_ref(); Some(&read.spec.selector)),
            "Job" => template!(self, batch::Job,
                |read| read.spec.as_ref().map(|spec| &spec.template); None),
            "CronJob" => template!(self, batch::CronJob,
                |read| read.spec.job_template.spec.as_ref().map(|job| &job.template); None),
            "ReplicationController" => template!(self, core::ReplicationController,
                |read| read.spec.as_ref().and_then(|spec| spec.template.as_ref()); None),
            _ => {
                let Some(read) = self.typed::<core::Pod>() else { return };
                let (at, metadata) = (At::new(self.node), Some(&read.metadata));
                let template = Template { at, metadata, spec: read.spec.as_ref(), selector: None };
                self.pods(&read.metadata, &template);
            }
        }
    }

    fn pods(&mut self, metadata: &ObjectMeta, template: &Template<'_>) {
        let Some(object) = self.reference(Scope::Namespaced, metadata) else { return };
        let owner = metadata.owner_references.iter().flatten().find(|owner| owner.controller == Some(true));
        let owner = owner.map(|owner| (owner.kind.clone(), owner.name.clone()));
        let workload = workload(object, template, self.problems);
        self.builder.workload(workload, owner);
    }
}

/// Returns the place of the pod template of an object.
fn template_at<'n>(kind: &str, at: At<'n>) -> At<'n> {
    let spec = at.field("spec");
    match kind {
        "CronJob" => spec.field("jobTemplate").field("spec").field("template"),
        _ => spec.field("template"),
    }
}

//! Reads service graphs.

use super::deserialize;
use super::graph_code::GraphCode;
use super::graph_fields::Fields;
use super::reader::Reader;
use super::schema::{Resource, graph as schema};
use crate::address::Range;
use crate::model::graph::{Dns, External, Graph, GraphMesh, GraphNode, MeshKind, Pods, WorkloadKind};
use crate::model::{Block, Labels};
use diagnostics::did_you_mean;
use yaml::At;

/// The addresses of cloud metadata services: link-local addresses, and that of AWS over IPv6.
const METADATA: [&str; 2] = ["169.254.0.0/16", "fd00:ec2::254/128"];

/// Reads a service graph.
pub(super) fn graph(reader: &mut Reader<'_>) {
    let Some(read) = deserialize::read::<Resource<schema::ServiceGraph>>(reader.node, reader.problems) else {
        return;
    };
    let Some(object) = reader.reference(&read.metadata) else { return };
    let at = At::new(reader.node);
    let mut fields = Fields::new(reader.problems, object.namespace.clone().unwrap_or_default());
    fields.name(at.field("metadata"), "name", Some(&object.name));
    let Some(spec) = fields.required(at, "spec", read.spec.as_ref()) else { return };
    let at = at.field("spec");
    let mesh = mesh(&mut fields, at, spec);
    let dns = dns(&mut fields, at.field("dns"), &spec.dns);
    let no_mesh = spec.mesh.as_ref().is_some_and(|mesh| mesh.kind.as_deref() == Some("none"));
    let monitoring = spec.monitoring.as_ref().map(|found| monitoring(&mut fields, at, found, no_mesh));
    let (mut workloads, mut names) = (Vec::new(), Vec::new());
    for (at, found) in at.items("gateways", &spec.gateways) {
        workloads.push(gateway(&mut fields, at, found, &mut names));
    }
    let services = fields.required(at, "services", spec.services.as_ref());
    if services.is_some_and(Vec::is_empty) {
        fields.error(
            at.field("services"),
            GraphCode::EMPTY_LIST,
            "the graph has no services",
            "add a service",
        );
    }
    for (at, found) in at.items("services", services.into_iter().flatten()) {
        let service = service(&mut fields, at, found, &mut names);
        isolates_plumbing(&mut fields, at, &service.pods.namespace, &mesh, &dns);
        workloads.push(service);
    }
    let mut destinations = Vec::new();
    let external = at.items("external", &spec.external);
    let external = external
        .filter_map(|(at, found)| self::external(&mut fields, at, found, &mut destinations))
        .collect();
    fields.resolve(&names);
    reader.builder.cluster.graphs.push(Graph { object, mesh, dns, monitoring, workloads, external });
}

fn mesh(fields: &mut Fields<'_>, at: At<'_>, spec: &schema::ServiceGraph) -> GraphMesh {
    let default = schema::Mesh::default();
    let required = fields.required(at, "mesh", spec.mesh.as_ref());
    let (at, mesh) = (at.field("mesh"), required.unwrap_or(&default));
    let kind = required.and_then(|mesh| fields.required(at, "kind", mesh.kind.as_ref()));
    let known = kind.and_then(|kind| MeshKind::ALL.into_iter().find(|(name, _)| name == kind));
    if let Some(kind) = kind.filter(|_| known.is_none()) {
        let help = did_you_mean(kind, MeshKind::ALL.map(|(name, _)| name));
        fields.error(at.field("kind"), GraphCode::INVALID_VALUE, format!("unknown mesh `{kind}`"), help);
    }
    let (selector, istiod) = (mesh.control_plane_selector.as_ref(), label("app", "istiod"));
    let namespace = mesh.control_plane_namespace.as_deref().unwrap_or("istio-system");
    let namespace = fields.name(at, "controlPlaneNamespace", Some(namespace));
    let labels = fields.labels(at, "controlPlaneSelector", Some(selector.unwrap_or(&istiod)));
    let kind = known.map_or(MeshKind::None, |(_, kind)| kind);
    GraphMesh { kind, control_plane: Pods { namespace, labels } }
}

fn label(key: &str, value: &str) -> Labels {
    Labels::from([(key.to_owned(), value.to_owned())])
}

fn dns(fields: &mut Fields<'_>, at: At<'_>, found: &schema::Dns) -> Dns {
    let kube_dns = label("k8s-app", "kube-dns");
    let namespace = fields.name(at, "namespace", Some(found.namespace.as_deref().unwrap_or("kube-system")));
    let labels = fields.labels(at, "selector", Some(found.selector.as_ref().unwrap_or(&kube_dns)));
    let addresses = at.items("addresses", &found.addresses);
    let addresses = addresses.filter_map(|(at, text)| fields.cidr(at, text)).collect();
    let ports = found.ports.as_ref().map_or(vec![53], |ports| fields.ports(at, Some(ports)));
    Dns { pods: Pods { namespace, labels }, addresses, ports }
}

fn monitoring(fields: &mut Fields<'_>, at: At<'_>, found: &schema::Pods, no_mesh: bool) -> Pods {
    let at = at.field("monitoring");
    if no_mesh {
        let message = "`monitoring` has no effect: without a mesh there are no proxies to scrape";
        fields.error(at, GraphCode::NO_EFFECT, message, "remove it, or set the kind of mesh");
    }
    let namespace = fields.required(at, "namespace", found.namespace.as_ref());
    let namespace = fields.name(at, "namespace", namespace.map(String::as_str));
    Pods { namespace, labels: fields.labels(at, "selector", found.selector.as_ref()) }
}

fn gateway(
    fields: &mut Fields<'_>,
    at: At<'_>,
    found: &schema::Gateway,
    names: &mut Vec<String>,
) -> GraphNode {
    let name = fields.define(at, found.name.as_deref(), names);
    let pods = fields.pods(at, found.namespace.as_deref(), found.selector.as_ref(), &name);
    let ports = fields.ports(at, found.ports.as_ref());
    GraphNode { name, kind: WorkloadKind::Gateway, pods, ports, from: Vec::new() }
}

fn service<'n>(
    fields: &mut Fields<'n>,
    at: At<'n>,
    found: &schema::Service,
    names: &mut Vec<String>,
) -> GraphNode {
    let name = fields.define(at, found.name.as_deref(), names);
    let pods = fields.pods(at, found.namespace.as_deref(), found.selector.as_ref(), &name);
    let from = fields.callers(at, &found.from, Some(&name));
    let has_ports = found.ports.is_some() || !from.is_empty();
    let ports = if has_ports { fields.ports(at, found.ports.as_ref()) } else { Vec::new() };
    GraphNode { name, kind: WorkloadKind::Service, pods, ports, from }
}

/// Reports a service in the namespace of istiod or DNS: the whole namespace of a service is isolated.
fn isolates_plumbing(fields: &mut Fields<'_>, at: At<'_>, namespace: &str, mesh: &GraphMesh, dns: &Dns) {
    let istiod = (mesh.kind != MeshKind::None).then_some((&mesh.control_plane, "istiod"));
    for (_, what) in
        istiod.into_iter().chain([(&dns.pods, "DNS")]).filter(|(pods, _)| pods.namespace == namespace)
    {
        let message = format!("every pod of `{namespace}` would be isolated, including those of {what}");
        fields.error(at, GraphCode::CLOSES_PLUMBING, message, "run the service in another namespace");
    }
}

fn external<'n>(
    fields: &mut Fields<'n>,
    at: At<'n>,
    found: &schema::External,
    names: &mut Vec<String>,
) -> Option<External> {
    let name = fields.define(at, found.name.as_deref(), names);
    let cidr = fields.required(at, "cidr", found.cidr.as_ref());
    let range = cidr.and_then(|text| fields.cidr(at.field("cidr"), text));
    let mut except = Vec::new();
    for (at, text) in at.items("except", &found.except) {
        let Some(part) = fields.cidr(at, text) else { continue };
        if range.is_some_and(|range| range == part || !range.contains(&part)) {
            let message =
                format!("`{text}` is not a smaller range inside `{}`", cidr.map_or("", String::as_str));
            fields.error(at, GraphCode::INVALID_EXCEPT, message, "write ranges that are inside and smaller");
        }
        except.push(part);
    }
    for text in METADATA {
        let Ok(metadata) = Range::block(text) else { continue };
        let inside = range.is_some_and(|range| range != metadata && range.contains(&metadata));
        if inside && !except.iter().any(|part| part.contains(&metadata)) {
            let message =
                "the range contains the addresses of cloud metadata services, which give out credentials";
            fields.error(at, GraphCode::METADATA_REACHABLE, message, format!("add `{text}` to `except`"));
        }
    }
    let ports = fields.ports(at, found.ports.as_ref());
    let from = fields.required(at, "from", found.from.as_ref()).map(|from| fields.callers(at, from, None));
    let block = Block { range: range?, except };
    Some(External { name, block, ports, from: from.unwrap_or_default() })
}

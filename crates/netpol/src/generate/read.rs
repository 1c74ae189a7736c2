//! Reading a service graph: every problem of it is found.

use super::cidr::Cidr;
use super::graph::{Dns, External, Graph, Mesh, MeshKind, Pods, Workload, WorkloadKind};
use super::names::{Names, label_key, label_value, name};
use super::node::{Node, Object, Problems};
use super::problem::{Problem, nearest};
use diagnostics::{Diagnostic, Diagnostics};
use std::collections::BTreeMap;

const API_VERSION: &str = "ringfence.dev/v1alpha1";
const KIND: &str = "ServiceGraph";

/// Reads a graph.
///
/// # Errors
/// All that is wrong with it.
pub(super) fn graph(text: &str) -> Result<Graph, Vec<Problem>> {
    let problem = |line, column, code, message: String, help: &str| {
        vec![Problem { code, path: String::new(), line, column, message, help: help.to_owned() }]
    };
    let mut faults = Diagnostics::new("");
    let documents = yaml::documents(text, &mut faults);
    if let Some(Diagnostic { span, message, help, .. }) = faults.into_vec().into_iter().next() {
        return Err(problem(span.line, span.column, "invalid_yaml", message, &help));
    }
    let [document] = documents.as_slice() else {
        let message = format!("{} documents", documents.len());
        return Err(problem(1, 1, "invalid_document", message, "one file holds one graph"));
    };
    let problems = Problems::default();
    let read = read(&Node::root(document, &problems));
    let problems = problems.into_vec();
    match read {
        Some(graph) if problems.is_empty() => Ok(graph),
        _ => Err(problems),
    }
}

fn read(root: &Node<'_>) -> Option<Graph> {
    let document = root.object(&["apiVersion", "kind", "metadata", "spec"])?;
    constant(&document, "apiVersion", API_VERSION);
    constant(&document, "kind", KIND);
    let metadata = document.required("metadata").and_then(|node| node.object(&["name", "namespace"]));
    let spec = document.required("spec");
    let spec =
        spec.and_then(|node| node.object(&["mesh", "dns", "monitoring", "gateways", "services", "external"]));
    let (metadata, spec) = (metadata?, spec?);
    let graph_name = metadata.required("name").and_then(name);
    let namespace = namespace(&metadata, "default");
    let mesh = mesh(&spec);
    let monitoring = monitoring(&spec, mesh.as_ref());
    let dns = dns(&spec);
    let mut names = Names::default();
    let mut workloads = Vec::new();
    for gateway in items(&spec, "gateways") {
        workloads.extend(self::gateway(&gateway, &namespace, &mut names));
    }
    for node in services(&spec) {
        let Some(service) = service(&node, &namespace, &mut names) else { continue };
        closes_plumbing(&node, &service.pods.namespace, mesh.as_ref(), dns.as_ref());
        workloads.push(service);
    }
    let external = items(&spec, "external").iter().filter_map(|node| external(node, &mut names)).collect();
    names.resolve();
    Some(Graph { name: graph_name?, mesh: mesh?, dns: dns?, monitoring, workloads, external })
}

fn constant(object: &Object<'_>, field: &str, wanted: &str) {
    let Some(node) = object.required(field) else { return };
    if let Some(found) = node.text().filter(|found| *found != wanted) {
        node.problem("invalid_value", format!("`{found}` is not known"), format!("write `{wanted}`"));
    }
}

fn items<'d>(object: &Object<'d>, field: &str) -> Vec<Node<'d>> {
    object.optional(field).and_then(Node::list).unwrap_or_default()
}

fn services<'d>(spec: &Object<'d>) -> Vec<Node<'d>> {
    let Some(node) = spec.required("services") else { return Vec::new() };
    let services = node.list();
    if services.as_ref().is_some_and(Vec::is_empty) {
        node.problem("empty_list", "nothing would be closed".to_owned(), "name a service");
    }
    services.unwrap_or_default()
}

fn namespace(object: &Object<'_>, default: &str) -> String {
    object.optional("namespace").and_then(name).unwrap_or_else(|| default.to_owned())
}

fn mesh(spec: &Object<'_>) -> Option<Mesh> {
    let mesh = spec.required("mesh")?.object(&["kind", "controlPlaneNamespace", "controlPlaneSelector"])?;
    let namespace = mesh.optional("controlPlaneNamespace").map(name);
    let selector = mesh.optional("controlPlaneSelector").map(labels);
    let kind = mesh.required("kind")?;
    let written = kind.text()?;
    let Some((_, known)) = MeshKind::ALL.into_iter().find(|(name, _)| *name == written) else {
        let names = MeshKind::ALL.map(|(name, _)| name);
        let help = match nearest(written, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", names.join(", ")),
        };
        kind.problem("invalid_value", format!("`{written}` is not known"), help);
        return None;
    };
    let control_plane = Pods {
        namespace: namespace.unwrap_or_else(|| Some("istio-system".to_owned()))?,
        labels: selector.unwrap_or_else(|| Some(label("app", "istiod")))?,
    };
    Some(Mesh { kind: known, control_plane })
}

/// The pods that scrape metrics.
fn monitoring(spec: &Object<'_>, mesh: Option<&Mesh>) -> Option<Pods> {
    let node = spec.optional("monitoring")?;
    let monitoring = node.object(&["namespace", "selector"])?;
    if mesh.is_some_and(|mesh| mesh.kind == MeshKind::None) {
        let message = "there are no proxies whose metrics could be scraped".to_owned();
        node.problem("no_effect", message, "remove it, or name the kind of mesh");
    }
    let namespace = monitoring.required("namespace").and_then(name);
    let labels = monitoring.required("selector").and_then(labels);
    Some(Pods { namespace: namespace?, labels: labels? })
}

fn dns(spec: &Object<'_>) -> Option<Dns> {
    let mut dns = Dns {
        pods: Pods { namespace: "kube-system".to_owned(), labels: label("k8s-app", "kube-dns") },
        addresses: Vec::new(),
        ports: vec![53],
    };
    let Some(node) = spec.optional("dns") else { return Some(dns) };
    let fields = node.object(&["namespace", "selector", "addresses", "ports"])?;
    dns.pods.namespace = namespace(&fields, &dns.pods.namespace);
    if let Some(selector) = fields.optional("selector") {
        dns.pods.labels = labels(selector)?;
    }
    dns.addresses = items(&fields, "addresses").iter().filter_map(cidr).collect();
    if let Some(node) = fields.optional("ports") {
        dns.ports = ports(node)?;
    }
    Some(dns)
}

fn gateway<'d>(node: &Node<'d>, namespace: &str, names: &mut Names<'d>) -> Option<Workload> {
    let fields = node.object(&["name", "namespace", "selector", "ports"])?;
    let name = names.define(&fields);
    let pods = pods(&fields, namespace);
    let ports = fields.required("ports").and_then(ports);
    names.select(&fields, name.as_deref(), pods.as_ref());
    Some(Workload { name: name?, kind: WorkloadKind::Gateway, pods: pods?, ports: ports?, from: Vec::new() })
}

fn service<'d>(node: &Node<'d>, namespace: &str, names: &mut Names<'d>) -> Option<Workload> {
    let fields = node.object(&["name", "namespace", "selector", "ports", "from"])?;
    let name = names.define(&fields);
    let pods = pods(&fields, namespace);
    let from = fields.optional("from").map(|node| names.refer(node, name.as_deref())).unwrap_or_default();
    let ports = match fields.optional("ports") {
        None if from.is_empty() => Some(Vec::new()),
        _ => fields.required("ports").and_then(ports),
    };
    names.select(&fields, name.as_deref(), pods.as_ref());
    Some(Workload { name: name?, kind: WorkloadKind::Service, pods: pods?, ports: ports?, from })
}

/// The namespace of a service is closed as a whole, whatever else stands there.
fn closes_plumbing(node: &Node<'_>, namespace: &str, mesh: Option<&Mesh>, dns: Option<&Dns>) {
    let mesh = mesh.filter(|mesh| mesh.kind != MeshKind::None).map(|mesh| (&mesh.control_plane, "istiod"));
    let plumbing = [mesh, dns.map(|dns| (&dns.pods, "DNS"))];
    for (_, what) in plumbing.into_iter().flatten().filter(|(pods, _)| pods.namespace == namespace) {
        let message = format!("every pod of `{namespace}` would be closed, those of {what} too");
        node.problem("closes_plumbing", message, "run the service in a namespace of its own");
    }
}

fn external<'d>(node: &Node<'d>, names: &mut Names<'d>) -> Option<External> {
    let fields = node.object(&["name", "cidr", "except", "ports", "from"])?;
    let name = names.define_external(&fields);
    let range = fields.required("cidr").and_then(cidr);
    let except: Vec<Cidr> = items(&fields, "except")
        .iter()
        .filter_map(|node| {
            let part = cidr(node)?;
            if let Some(range) = range.filter(|range| *range == part || !range.contains(&part)) {
                let message = format!("`{part}` is no part of `{range}`");
                node.problem("invalid_except", message, "leave out ranges that are smaller and inside");
            }
            Some(part)
        })
        .collect();
    for metadata in range.iter().flat_map(Cidr::metadata) {
        if !except.iter().any(|part| part.contains(&metadata)) {
            let message = "the range holds the addresses at which clouds give out credentials".to_owned();
            fields.node().problem("metadata_reachable", message, format!("add `{metadata}` to `except`"));
        }
    }
    let ports = fields.required("ports").and_then(ports);
    let from = fields.required("from").map(|node| names.refer(node, None)).unwrap_or_default();
    Some(External { name: name?, cidr: range?, except, ports: ports?, from })
}

fn pods(fields: &Object<'_>, namespace: &str) -> Option<Pods> {
    let namespace = match fields.optional("namespace") {
        Some(node) => name(node),
        None => Some(namespace.to_owned()),
    };
    let labels = fields.required("selector").and_then(labels);
    Some(Pods { namespace: namespace?, labels: labels? })
}

fn label(key: &str, value: &str) -> BTreeMap<String, String> {
    BTreeMap::from([(key.to_owned(), value.to_owned())])
}

/// The labels of a selector; none would select every pod of the namespace.
fn labels(node: &Node<'_>) -> Option<BTreeMap<String, String>> {
    let fields = node.map()?;
    if fields.is_empty() {
        node.problem("empty_selector", "it selects every pod of the namespace".to_owned(), "name a label");
    }
    let mut labels = BTreeMap::new();
    for (key, node) in &fields {
        let Some(value) = node.text() else { continue };
        if !label_key(key) {
            node.problem("invalid_label", format!("`{key}` is no name of a label"), "");
        }
        if !label_value(value) {
            node.problem("invalid_label", format!("`{value}` is no value of a label"), "");
        }
        labels.insert(key.clone(), value.to_owned());
    }
    Some(labels)
}

fn ports(node: &Node<'_>) -> Option<Vec<u16>> {
    let items = node.list()?;
    if items.is_empty() {
        node.problem("empty_list", "no port would mean every port".to_owned(), "name a port");
    }
    let mut ports = Vec::new();
    for item in &items {
        let Some(port) = item.port() else { continue };
        if ports.contains(&port) {
            item.problem("repeated", format!("`{port}` stands here twice"), "keep one of them");
        }
        ports.push(port);
    }
    Some(ports)
}

fn cidr(node: &Node<'_>) -> Option<Cidr> {
    let written = node.text()?;
    let Some(cidr) = Cidr::parse(written) else {
        let message = format!("`{written}` is no range of addresses");
        node.problem("invalid_cidr", message, "write it as `203.0.113.0/24`");
        return None;
    };
    if cidr.to_string() != written {
        let message = format!("`{written}` is not how the range is written");
        node.problem("invalid_cidr", message, format!("did you mean `{cidr}`?"));
    }
    Some(cidr)
}

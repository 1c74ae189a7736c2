//! The files: one for each concern, then one for each workload.

use super::rules::{self, Commented};
use crate::manifest::{self, Notes};
use crate::model::graph::{Graph, GraphNode, MeshKind, WorkloadKind};
use crate::model::{ObjectRef, Policy, Selector, XDS};

/// A file of manifests.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// Its name, such as `40-productpage.yaml`.
    pub file: String,
    /// What it stops: a sentence, the first line of its text.
    pub stops: String,
    /// What happens without it: a sentence, the second line of its text.
    pub without: String,
    /// Its policies.
    pub policies: Vec<Policy>,
    /// Its text: one or more YAML documents.
    pub text: String,
}

/// Returns the manifests of a service graph. The same graph gives the same bytes.
pub fn manifests(graph: &Graph) -> Vec<Manifest> {
    let mut files = vec![default_deny(graph), dns(graph)];
    files.extend(mesh(graph));
    files.extend(graph.workloads.iter().map(|workload| self::workload(graph, workload)));
    files
}

/// A policy of a file, before it is written.
struct Draft<'g> {
    name: String,
    namespace: &'g str,
    pods: Selector,
    ingress: Option<Vec<Commented>>,
    egress: Option<Vec<Commented>>,
}

impl<'g> Draft<'g> {
    /// Creates a policy for every pod of a namespace.
    fn of_namespace(namespace: &'g str, name: &str) -> Self {
        Self { name: name.to_owned(), namespace, pods: Selector::default(), ingress: None, egress: None }
    }

    /// Returns the policy and its text.
    fn finish(self, graph: &Graph) -> (Policy, String) {
        let (ingress_comments, ingress) = self.ingress.map(|rules| rules.into_iter().unzip()).unzip();
        let (egress_comments, egress) = self.egress.map(|rules| rules.into_iter().unzip()).unzip();
        let labels = [
            ("app.kubernetes.io/managed-by", "ringfence"),
            ("app.kubernetes.io/part-of", &graph.object.name),
        ];
        let labels = labels.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        let object = ObjectRef {
            namespace: Some(self.namespace.to_owned()),
            kind: "NetworkPolicy".to_owned(),
            name: self.name,
            place: graph.object.place.clone(),
        };
        let policy = Policy { object, pods: self.pods, ingress, egress };
        let (ingress, egress) = (ingress_comments.unwrap_or_default(), egress_comments.unwrap_or_default());
        let text = manifest::policy(&policy, &Notes { labels, ingress, egress });
        (policy, text)
    }
}

/// Creates a file that begins with what it stops and what happens without it.
fn file(graph: &Graph, name: String, stops: &str, without: &str, drafts: Vec<Draft<'_>>) -> Manifest {
    let (policies, documents): (Vec<_>, Vec<_>) = drafts.into_iter().map(|draft| draft.finish(graph)).unzip();
    let text = format!(
        "# Stops: {stops}\n# Without it: {without}\n# Written by `ringfence netpol generate` from the graph `{}`: change \
         the graph, not this file.\n{}",
        graph.object.name,
        documents.join("---\n")
    );
    Manifest { file: name, stops: stops.to_owned(), without: without.to_owned(), policies, text }
}

fn default_deny(graph: &Graph) -> Manifest {
    let deny = |namespace| Draft {
        ingress: Some(Vec::new()),
        egress: Some(Vec::new()),
        ..Draft::of_namespace(namespace, "default-deny")
    };
    file(
        graph,
        "00-default-deny.yaml".to_owned(),
        "every connection from and to a pod of the namespace that no other policy allows.",
        "a pod that is not in the graph can connect to everything, and everything can connect to it.",
        graph.namespaces().into_iter().map(deny).collect(),
    )
}

fn dns(graph: &Graph) -> Manifest {
    let allow = |namespace| Draft {
        egress: Some(vec![rules::dns(graph)]),
        ..Draft::of_namespace(namespace, "allow-dns")
    };
    file(
        graph,
        "10-dns.yaml".to_owned(),
        "DNS queries to other servers, which could carry data out.",
        "no pod of the namespace can resolve a name, and every call fails.",
        graph.namespaces().into_iter().map(allow).collect(),
    )
}

fn mesh(graph: &Graph) -> Option<Manifest> {
    let (stops, without) = match graph.mesh.kind {
        MeshKind::IstioSidecar => (
            format!(
                "egress to istiod on ports other than {XDS}, and scraping of metrics by pods other than monitoring."
            ),
            "the sidecars get no certificates and no configuration, and new pods do not become ready.",
        ),
        MeshKind::IstioAmbient => (
            "probes from anywhere but the node; ztunnel replaces the kubelet's address with 169.254.7.127."
                .to_owned(),
            "the kubelet's probes fail if the network plugin sees that address; pods restart repeatedly.",
        ),
        MeshKind::None => return None,
    };
    let mut policies = Vec::new();
    for namespace in graph.namespaces() {
        if graph.mesh.kind == MeshKind::IstioAmbient {
            let ingress = Some(vec![rules::probes()]);
            policies.push(Draft { ingress, ..Draft::of_namespace(namespace, "allow-probes") });
            continue;
        }
        let egress = Some(vec![rules::control_plane(graph)]);
        policies.push(Draft { egress, ..Draft::of_namespace(namespace, "allow-mesh") });
        if let Some(rule) = rules::metrics(graph) {
            let ingress = Some(vec![rule]);
            policies.push(Draft { ingress, ..Draft::of_namespace(namespace, "allow-metrics") });
        }
    }
    Some(file(graph, "20-mesh.yaml".to_owned(), &stops, without, policies))
}

fn workload(graph: &Graph, workload: &GraphNode) -> Manifest {
    let name = &workload.name;
    let mut called: Vec<&str> = graph.called_by(name).map(|called| called.name.as_str()).collect();
    called.extend(graph.external_of(name).map(|external| external.name.as_str()));
    let (prefix, kind, ingress, mut egress) = match workload.kind {
        WorkloadKind::Gateway => {
            ("30", "gateway", rules::clients(graph, workload), rules::gateway_infrastructure(graph))
        }
        WorkloadKind::Service => ("40", "service", rules::callers(graph, workload), Vec::new()),
    };
    egress.extend(rules::calls(graph, workload));
    let policy = Draft {
        name: format!("{kind}-{name}"),
        namespace: &workload.pods.namespace,
        pods: Selector::of(&workload.pods.labels),
        ingress: Some(ingress),
        egress: Some(egress),
    };
    let callers: Vec<&str> = workload.from.iter().map(String::as_str).collect();
    let (stops, without) = match workload.kind {
        WorkloadKind::Gateway => (
            format!(
                "connections to ports other than those of the listeners, and connections from `{name}`{}.",
                except("to", &called)
            ),
            format!("every port of `{name}` is open, and it can connect to everything."),
        ),
        WorkloadKind::Service => (
            format!(
                "connections to `{name}`{}, and connections from it{}.",
                except("from", &callers),
                except("to", &called)
            ),
            format!("default-deny blocks all connections of `{name}`."),
        ),
    };
    file(graph, format!("{prefix}-{name}.yaml"), &stops, &without, vec![policy])
}

/// Returns the end of a sentence, such as ` except from a, b and c`; empty if there are no names.
fn except(preposition: &str, names: &[&str]) -> String {
    match names.split_last() {
        None => String::new(),
        Some((last, [])) => format!(" except {preposition} {last}"),
        Some((last, rest)) => format!(" except {preposition} {} and {last}", rest.join(", ")),
    }
}

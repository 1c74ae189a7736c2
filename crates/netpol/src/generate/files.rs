//! The files: one for each concern, then one for each workload.

use super::Manifest;
use super::graph::{Graph, MeshKind, Workload, WorkloadKind};
use super::policy::Policy;
use super::rules;

/// The files of a graph.
pub(super) fn of(graph: &Graph) -> Vec<Manifest> {
    let mut files = vec![default_deny(graph), dns(graph)];
    files.extend(mesh(graph));
    files.extend(graph.workloads.iter().map(|workload| self::workload(graph, workload)));
    files
}

/// A file that begins with what it stops, and what is so without it.
fn file(graph: &Graph, name: String, stops: &str, without: &str, policies: &[Policy<'_>]) -> Manifest {
    let mut text = format!(
        "# Stops: {stops}\n# Without it: {without}\n# Written by `ringfence netpol generate` from the graph `{}`: change \
         the graph, not this file.\n",
        graph.name
    );
    let documents: Vec<String> = policies.iter().map(Policy::document).collect();
    text.push_str(&documents.join("---\n"));
    let policies = policies.iter().map(|policy| format!("{}/{}", policy.namespace, policy.name)).collect();
    Manifest { file: name, stops: stops.to_owned(), without: without.to_owned(), policies, text }
}

/// A policy for every pod of a namespace.
fn of_namespace<'g>(graph: &'g Graph, namespace: &'g str, name: &str) -> Policy<'g> {
    Policy {
        graph: &graph.name,
        name: name.to_owned(),
        namespace,
        selector: None,
        ingress: None,
        egress: None,
    }
}

fn default_deny(graph: &Graph) -> Manifest {
    let policies: Vec<Policy<'_>> = graph
        .namespaces()
        .into_iter()
        .map(|namespace| Policy {
            ingress: Some(Vec::new()),
            egress: Some(Vec::new()),
            ..of_namespace(graph, namespace, "default-deny")
        })
        .collect();
    file(
        graph,
        "00-default-deny.yaml".to_owned(),
        "every connection from and to a pod of the namespace that no other policy allows.",
        "a pod that the graph does not name reaches everything, and everything reaches it.",
        &policies,
    )
}

fn dns(graph: &Graph) -> Manifest {
    let policies: Vec<Policy<'_>> = graph
        .namespaces()
        .into_iter()
        .map(|namespace| Policy {
            egress: Some(vec![rules::dns(graph)]),
            ..of_namespace(graph, namespace, "allow-dns")
        })
        .collect();
    file(
        graph,
        "10-dns.yaml".to_owned(),
        "lookups at any other server than the cluster's, a way out for data.",
        "no pod of the namespace resolves a name, and each call fails.",
        &policies,
    )
}

fn mesh(graph: &Graph) -> Option<Manifest> {
    let (stops, without) = match graph.mesh.kind {
        MeshKind::IstioSidecar => (
            "any other way to istiod than its encrypted port, and a look at the proxies' metrics by anybody but monitoring.",
            "the sidecars get no certificates and no configuration, and no new pod becomes ready.",
        ),
        MeshKind::IstioAmbient => (
            "probes from anywhere but the node: ztunnel makes 169.254.7.127 of the kubelet's address.",
            "the kubelet's probes fail where the network plugin sees that address, and pods are started again and again.",
        ),
        MeshKind::None => return None,
    };
    let mut policies = Vec::new();
    for namespace in graph.namespaces() {
        if graph.mesh.kind == MeshKind::IstioAmbient {
            let ingress = Some(vec![rules::probes()]);
            policies.push(Policy { ingress, ..of_namespace(graph, namespace, "allow-probes") });
            continue;
        }
        let egress = Some(vec![rules::control_plane(graph)]);
        policies.push(Policy { egress, ..of_namespace(graph, namespace, "allow-mesh") });
        if let Some(rule) = rules::metrics(graph) {
            policies.push(Policy {
                ingress: Some(vec![rule]),
                ..of_namespace(graph, namespace, "allow-metrics")
            });
        }
    }
    Some(file(graph, "20-mesh.yaml".to_owned(), stops, without, &policies))
}

fn workload(graph: &Graph, workload: &Workload) -> Manifest {
    let name = &workload.name;
    let mut called: Vec<&str> = graph.called_by(name).map(|called| called.name.as_str()).collect();
    called.extend(graph.external_of(name).map(|external| external.name.as_str()));
    let (prefix, kind, ingress, mut egress) = match workload.kind {
        WorkloadKind::Gateway => {
            ("30", "gateway", rules::clients(graph, workload), rules::plumbing_of_gateway(graph))
        }
        WorkloadKind::Service => ("40", "service", rules::callers(graph, workload), Vec::new()),
    };
    egress.extend(rules::calls(graph, workload));
    let policy = Policy {
        graph: &graph.name,
        name: format!("{kind}-{name}"),
        namespace: &workload.pods.namespace,
        selector: Some(&workload.pods.labels),
        ingress: Some(ingress),
        egress: Some(egress),
    };
    let callers: Vec<&str> = workload.from.iter().map(String::as_str).collect();
    let (stops, without) = match workload.kind {
        WorkloadKind::Gateway => (
            format!(
                "clients at any port but the listeners, and `{name}`, once taken over, at anything{}.",
                but(&called)
            ),
            format!("every port of `{name}` is open, and it may connect to everything."),
        ),
        WorkloadKind::Service => (
            format!(
                "every caller of `{name}`{}, and every call that it makes{}.",
                but(&callers),
                but(&called)
            ),
            format!("`{name}` is cut off: nobody reaches it, and it reaches nobody."),
        ),
    };
    file(graph, format!("{prefix}-{name}.yaml"), &stops, &without, &[policy])
}

fn but(names: &[&str]) -> String {
    if names.is_empty() { String::new() } else { format!(" but {}", names.join(" and ")) }
}

//! The hardened Bookinfo has no findings. Each change that weakens it has a finding, and the remedy fixes it.

use super::{Code, Finding, Options, audit};
use crate::matrix::Matrix;
use crate::model::Cluster;
use crate::reach::{Name, Reach};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

type Files = BTreeMap<String, String>;

fn bookinfo() -> Files {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bookinfo");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    entries.map(|path| (name(&path), std::fs::read_to_string(&path).unwrap())).collect()
}

fn cluster(files: &Files) -> Cluster {
    crate::read(files).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn findings(files: &Files) -> Vec<Finding> {
    audit(&cluster(files), &Options::default()).unwrap()
}

fn shown(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|found| format!("{}: {}: {}", found.code, found.object, found.message)).collect()
}

/// Bookinfo with a text replaced in a file.
fn with(file: &str, from: &str, to: &str) -> Files {
    let mut files = bookinfo();
    let text = files.get_mut(file).unwrap();
    assert!(text.contains(from), "{file}: {from}");
    *text = text.replace(from, to);
    files
}

#[test]
fn bookinfo_has_no_findings() {
    assert_eq!(shown(&findings(&bookinfo())), Vec::<String>::new());
}

#[test]
fn finds_missing_files() {
    for (file, expected) in [
        ("deny-default.yaml", "unselected-workload: Namespace default: no NetworkPolicy isolates"),
        ("deny-istio-system.yaml", "unselected-workload: Namespace istio-system: no NetworkPolicy isolates"),
        (
            "deny-monitoring.yaml",
            "unselected-workload: Deployment monitoring/prometheus: no NetworkPolicy isolates",
        ),
        ("plugin.yaml", "l7-bypass: Deployment istio-system/istio-ingressgateway:"),
        ("listeners.yaml", "gateway-ports: Deployment istio-system/istio-ingressgateway:"),
        ("namespaces.yaml", "outside-mesh: Deployment istio-system/istio-ingressgateway:"),
    ] {
        let mut files = bookinfo();
        files.remove(file).unwrap();
        let shown = shown(&findings(&files));
        assert!(shown.iter().any(|line| line.starts_with(expected)), "{file}: {shown:#?}");
    }
}

/// Changes that weaken the policies: the file, the replaced text, and the expected finding.
const WEAKENED: [(&str, &str, &str, Code, &str); 13] = [
    (
        "productpage.yaml",
        "from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: istio-system}}, podSelector: {matchLabels: {istio: ingressgateway}}}]",
        "from: [{namespaceSelector: {}}]",
        Code::L7Bypass,
        "any other pod of the cluster may reach TCP 9080 of `default/Deployment/productpage-v1` without passing the gateway",
    ),
    (
        "productpage.yaml",
        "from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: istio-system}}, podSelector: {matchLabels: {istio: ingressgateway}}}]",
        "from: []",
        Code::L7Bypass,
        "any other pod of the cluster and addresses outside (0.0.0.0-",
    ),
    (
        "reviews.yaml",
        "to: [{podSelector: {matchLabels: {app: ratings}}}]",
        "to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8, 100.64.0.0/10, 100.100.100.200/32, 169.254.0.0/16, 168.63.129.16/32, 172.16.0.0/12, 192.168.0.0/16]}}]",
        Code::OpenEgress,
        "`default/Deployment/reviews-v2` may send to TCP 9080 of the Internet",
    ),
    (
        "ingress.yaml",
        "cidr: 203.0.113.0/24",
        "cidr: 203.0.0.0/8",
        Code::OpenEgress,
        "(203.0.0.0-203.255.255.255)",
    ),
    (
        "reviews.yaml",
        "to: [{podSelector: {matchLabels: {app: ratings}}}]",
        "to: [{ipBlock: {cidr: 169.254.169.254/32}}]",
        Code::ControlPlaneReach,
        "may reach TCP 9080 of metadata services (169.254.169.254-169.254.169.254)",
    ),
    (
        "reviews.yaml",
        "to: [{podSelector: {matchLabels: {app: ratings}}}]",
        "to: [{ipBlock: {cidr: 10.0.0.0/8}}]",
        Code::ControlPlaneReach,
        "of private addresses, where nodes and the Kubernetes API are (10.0.0.0-10.255.255.255)",
    ),
    (
        "istiod.yaml",
        "{port: 15012}",
        "{port: 15010, endPort: 15012}",
        Code::ControlPlaneReach,
        "any other pod of the cluster may reach TCP 15010 of `istio-system/Deployment/istiod`",
    ),
    (
        "plumb-default.yaml",
        "{port: 15012}",
        "{port: 15012, endPort: 15017}",
        Code::ControlPlaneReach,
        "may reach TCP 15017 of `istio-system/Deployment/istiod`",
    ),
    (
        "ingress.yaml",
        "to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: default}}, podSelector: {matchLabels: {app: productpage}}}]",
        "to: [{namespaceSelector: {}}]",
        Code::OutsideMesh,
        "and any other pod of the cluster, outside of it",
    ),
    ("ratings.yaml", "{port: 9080}", "{port: 9080, endPort: 15010}", Code::AdminPort, ""),
    (
        "ingress.yaml",
        "{port: 8443}",
        "{port: 8443, endPort: 15010}",
        Code::AdminPort,
        "any other pod of the cluster and addresses outside",
    ),
    (
        "ingress.yaml",
        "{port: 8443}",
        "{port: 8443}, {port: 9090}",
        Code::GatewayPorts,
        "may reach TCP 9090 of the gateway",
    ),
    (
        "ingress.yaml",
        "{port: 15021}",
        "{port: 15021}, {port: 15020}",
        Code::GatewayPorts,
        "where listeners are on TCP 8080, 8443",
    ),
];

#[test]
fn finds_each_weakened_policy() {
    for (file, from, to, code, expected) in WEAKENED {
        let mut files = with(file, from, to);
        if code == Code::AdminPort && file == "ratings.yaml" {
            let text = files.get_mut("reviews.yaml").unwrap();
            *text = text.replace("{port: 9080}", "{port: 9080, endPort: 15010}");
        }
        let found = findings(&files);
        let is = |found: &&Finding| found.code == code && found.message.contains(expected);
        assert!(found.iter().any(|found| is(&found)), "{file}: {to}: {:#?}", shown(&found));
    }
}

#[test]
fn each_remedy_fixes_its_finding_and_nothing_else() {
    let intended = connections(&bookinfo());
    for (file, from, to, code, _) in WEAKENED {
        let mut files = with(file, from, to);
        let before = findings(&files);
        // The connections that the change itself removed from the policy are lost before the remedy.
        let expected: Vec<_> = intended.intersection(&connections(&files)).cloned().collect();
        for (round, finding) in before.iter().enumerate().filter(|(_, found)| found.code == code) {
            apply(&mut files, round, finding);
        }
        let after = findings(&files);
        // A remedy may narrow the ports that another finding is about.
        let key = |found: &Finding| (found.code, found.object.clone());
        let known: Vec<_> = before.iter().map(key).collect();
        let is_new = |found: &&Finding| found.code == code || !known.contains(&key(found));
        let new: Vec<Finding> = after.iter().filter(is_new).cloned().collect();
        assert!(new.is_empty(), "{file}: {to}: {:#?}", shown(&new));
        let kept = connections(&files);
        let closed: Vec<_> = expected.iter().filter(|row| !kept.contains(*row)).collect();
        assert!(closed.is_empty(), "{file}: {to}: closed {closed:#?}");
    }
}

/// The connections between workloads, a line for each port.
fn connections(files: &Files) -> BTreeSet<String> {
    let cluster = cluster(files);
    let matrix = Matrix::of_workloads(&Reach::new(&cluster));
    let is_workload = |name: &Name| matches!(name, Name::Workload(_));
    let rows = matrix.rows.iter().filter(|row| is_workload(&row.from) && is_workload(&row.to));
    rows.flat_map(|row| row.ports.iter().map(move |port| format!("{} -> {}: {port:?}", row.from, row.to)))
        .collect()
}

/// Applies a remedy: replaces the policies with the same names.
fn apply(files: &mut Files, round: usize, finding: &Finding) {
    for (index, document) in finding.remedy.split("---\n").enumerate() {
        let single = crate::read([("remedy", document)]).unwrap();
        let Some(policy) = single.policies.first() else { continue };
        for text in files.values_mut() {
            let kept = text.split("---\n").filter(|other| {
                let cluster = crate::read([("other", *other)]).unwrap();
                !cluster.policies.iter().any(|other| {
                    other.object.name == policy.object.name
                        && other.object.namespace == policy.object.namespace
                })
            });
            *text = kept.collect::<Vec<_>>().join("---\n");
        }
        files.insert(format!("remedy-{round}-{index}.yaml"), document.to_owned());
    }
}

#[test]
fn finds_ports_that_a_sidecar_does_not_intercept() {
    let mut files = with(
        "bookinfo.yaml",
        "labels: {app: ratings, version: v1}\n",
        "labels: {app: ratings, version: v1}\n      annotations: {traffic.sidecar.istio.io/excludeInboundPorts: '9080'}\n",
    );
    assert!(findings(&files).is_empty());
    files.insert(
        "sidecars.yaml".to_owned(),
        "
apiVersion: extensions.istio.io/v1alpha1
kind: TrafficExtension
metadata: {name: ringfence, namespace: default}
spec: {wasm: {url: 'https://x.example/path_policy.wasm'}}
"
        .to_owned(),
    );
    let shown = shown(&findings(&files));
    assert_eq!(shown.len(), 1, "{shown:#?}");
    assert!(
        shown[0].contains(
            "may reach TCP 9080 of `default/Deployment/ratings-v1` which its sidecar does not intercept"
        ),
        "{shown:?}"
    );
}

#[test]
fn finds_pods_with_host_network() {
    let files = with(
        "bookinfo.yaml",
        "serviceAccountName: ratings-v1\n",
        "serviceAccountName: ratings-v1\n      hostNetwork: true\n",
    );
    let shown = shown(&findings(&files));
    assert!(shown[0].contains("uses the network of its node"), "{shown:#?}");
}

#[test]
fn finds_a_module_that_fails_open() {
    let shown = shown(&findings(&with("plugin.yaml", "FAIL_CLOSE", "FAIL_OPEN")));
    assert_eq!(
        shown,
        [
            "l7-bypass: WasmPlugin istio-system/ringfence: requests pass unchecked if the module of WasmPlugin istio-system/ringfence fails or cannot be fetched"
        ]
    );
}

#[test]
fn finds_a_module_that_sees_other_traffic() {
    let from = "  phase: AUTHN\n";
    let of = |mode: &str| {
        let to = format!("{from}  match: [{{mode: {mode}}}]\n");
        shown(&findings(&with("plugin.yaml", from, &to)))
    };
    assert_eq!(of("CLIENT"), Vec::<String>::new());
    let found = of("SERVER");
    assert_eq!(found.len(), 1, "{found:#?}");
    let expected = "where WasmPlugin istio-system/ringfence is loaded for other traffic; for a gateway, `match` needs the mode `CLIENT`";
    assert!(found[0].ends_with(expected), "{found:#?}");
}

#[test]
fn finds_sources_that_bypass_a_waypoint() {
    let ambient = "
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio.io/dataplane-mode: ambient, istio.io/use-waypoint: waypoint}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: waypoint, namespace: shop}
spec: {gatewayClassName: istio-waypoint, listeners: [{name: mesh, port: 15008, protocol: HBONE}]}
---
apiVersion: extensions.istio.io/v1alpha1
kind: TrafficExtension
metadata: {name: r, namespace: shop}
spec: {targetRefs: [{kind: Service, group: '', name: cart}], wasm: {url: 'oci://x.example/ringfence'}}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: cart, namespace: shop, labels: {app: cart}}
spec: {containers: [{name: c}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{from: [{podSelector: {matchLabels: {gateway.networking.k8s.io/gateway-name: waypoint}}}], ports: [{port: 15008}]}, {ports: [{port: 15021}]}]}
";
    let of = |text: &str| shown(&audit(&crate::read([("f", text)]).unwrap(), &Options::default()).unwrap());
    assert_eq!(of(ambient), Vec::<String>::new());
    for port in [15008, 8080] {
        let open = ambient.replace("{ports: [{port: 15021}]}", &format!("{{ports: [{{port: {port}}}]}}"));
        let found = of(&open);
        let expected = format!("may reach TCP {port} of `shop/Pod/cart` without passing its waypoint");
        assert!(found.iter().any(|line| line.contains(&expected)), "{found:#?}");
    }
}

#[test]
fn adjacent_listeners_are_separate_ports_of_the_service() {
    let mut files = with("listeners.yaml", "number: 80,", "number: 442,");
    let service = files.get_mut("gateway.yaml").unwrap();
    *service = service.replace("port: 80, targetPort: 8080", "port: 442, targetPort: 8080");
    assert_eq!(shown(&findings(&files)), Vec::<String>::new());
}

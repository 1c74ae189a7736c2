//! The problems of invalid service graphs, and the manifests of valid ones.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

use netpol::generate::{self, Manifest};

const HEAD: &str = "apiVersion: ringfence.dev/v1alpha1\nkind: ServiceGraph\nmetadata: {name: shop}\nspec:\n";

/// The problems of a graph with this `spec`, with their lines.
fn problems(spec: &str) -> Vec<String> {
    let problems = generate::read("g", &format!("{HEAD}{spec}")).unwrap_err();
    let line = |problem: &diagnostics::Diagnostic| {
        let (code, text) = (problem.code, problem.to_string());
        let (line, rest) = text.strip_prefix("g:").unwrap().split_once(": ").unwrap();
        format!("{line}: {code}: {rest}")
    };
    problems.iter().map(line).collect()
}

fn manifests(graph: &str) -> Vec<Manifest> {
    generate::manifests(&generate::read("g", graph).unwrap())
}

/// The text of one file of a graph.
fn file(graph: &str, name: &str) -> String {
    let manifests = manifests(graph);
    manifests.into_iter().find(|manifest| manifest.file == name).unwrap().text
}

#[test]
fn finds_every_problem() {
    let spec = "  mesh: {kind: istio-sidcar}
  gateways:
    - {name: edge, selector: {app: edge}, ports: [8443, 8443, 0]}
  services:
    - {name: cart, selector: {app: cart}, ports: [8080], form: [edge]}
    - {name: cart, selector: {}, from: [egde, cart, edge, edge]}
    - {name: Shop, selector: {app: edge, 'a b': 1}, ports: []}
  external:
    - {name: issuer, cidr: 203.0.113.7/24, ports: [443], from: [cart]}
    - {name: web, cidr: 0.0.0.0/0, except: [::/0], ports: [https], from: [cart]}
";
    assert_eq!(
        problems(spec),
        [
            "5:16: invalid_value: unknown mesh `istio-sidcar`; did you mean `istio-sidecar`?",
            "7:57: repeated: duplicate port `8443`; keep one of them",
            "7:63: invalid_port: invalid port `0`; write a number from 1 to 65535",
            "9:58: unknown_field: unknown field `form`; did you mean `from`?",
            "10:7: missing_field: missing field `ports`; add `ports`",
            "10:14: duplicate_name: duplicate name `cart`; use another name",
            "10:30: empty_selector: an empty selector selects every pod of the namespace; add a label",
            "10:30: overlapping_selector: a pod that `edge` and `cart` both select would get the permissions of both; select by a label that has another value for each workload",
            "10:41: unknown_name: unknown gateway or service `egde`; did you mean `edge`?",
            "10:47: self_edge: `cart` calls itself; remove it",
            "10:59: repeated: duplicate caller `edge`; keep one of them",
            "11:14: invalid_name: invalid name `Shop`; use lower-case letters, digits and inner `-`, at most 50 characters",
            "11:30: overlapping_selector: a pod that `edge` and `Shop` both select would get the permissions of both; select by a label that has another value for each workload",
            "11:42: invalid_label: invalid label key `a b`",
            "11:49: wrong_type: expected a string, found a number; put it in quotes",
            "11:60: empty_list: an empty list allows every port; add a port",
            "13:28: invalid_cidr: `203.0.113.7/24` is not in canonical form; did you mean `203.0.113.0/24`?",
            "14:7: metadata_reachable: the range contains the addresses of cloud metadata services, which give out credentials; add `169.254.0.0/16` to `except`",
            "14:45: invalid_except: `::/0` is not a smaller range inside `0.0.0.0/0`; write ranges that are inside and smaller",
            "14:60: wrong_type: expected a whole number, found a string",
        ]
    );
}

#[test]
fn a_selector_of_a_wrong_type_overlaps_with_no_other() {
    let spec = "  mesh: {kind: none}
  services:
    - {name: a, selector: [app]}
    - {name: b, selector: {app: 1}}
    - {name: c, selector: {app: 2}}
    - {name: d, selector: {app: d}}
";
    assert_eq!(
        problems(spec),
        [
            "7:27: wrong_type: expected an object, found a list",
            "8:33: wrong_type: expected a string, found a number; put it in quotes",
            "9:33: wrong_type: expected a string, found a number; put it in quotes",
        ]
    );
}

#[test]
fn a_duplicate_key_is_reported_once() {
    let spec =
        "  mesh: {kind: none}\n  services:\n    - {name: a, selector: {app: a}}\n  mesh: {kind: none}\n";
    assert_eq!(problems(spec), ["8:3: duplicate_field: duplicate key `mesh`; keep one of them"]);
}

#[test]
fn rejects_a_document_that_is_not_a_graph() {
    for (text, problem) in [
        ("a: [", "syntax"),
        ("", "invalid_document: g:1:1: 0 service graphs in this file"),
        ("a: 1\n---\nb: 1\n", "invalid_document: g:1:1: 0 service graphs in this file"),
        ("[]", "wrong_type: g:1:1: expected an object, found a list"),
        (
            "{apiVersion: v1, kind: ServiceGraph, metadata: {name: a}, spec: {mesh: {kind: none}, services: []}}",
            "unknown_value: g:1:14: unsupported version `v1` of `ServiceGraph`; write `ringfence.dev/v1alpha1`",
        ),
        (
            "{apiVersion: ringfence.dev/v1, kind: ServiceGraph, metadata: {name: a}}",
            "unknown_value: g:1:14: ",
        ),
    ] {
        let problems = generate::read("g", text).unwrap_err();
        let found = format!("{}: {}", problems[0].code, problems[0]);
        assert!(found.starts_with(problem), "{text}: {found}");
    }
}

#[test]
fn a_service_does_not_isolate_istiod_or_dns() {
    let spec = "  mesh: {kind: istio-sidecar}
  services:
    - {name: kiali, namespace: istio-system, selector: {app: kiali}}
    - {name: proxy, namespace: kube-system, selector: {app: proxy}}
";
    assert_eq!(
        problems(spec),
        [
            "7:7: closes_plumbing: every pod of `istio-system` would be isolated, including those of istiod; run the service in another namespace",
            "8:7: closes_plumbing: every pod of `kube-system` would be isolated, including those of DNS; run the service in another namespace",
        ]
    );
}

#[test]
fn no_value_makes_it_panic() {
    for value in [
        "",
        "~",
        "1",
        "a",
        "[]",
        "{}",
        "[~]",
        "[{}]",
        "{a: {}}",
        "!!str 1",
        "&a [*a]",
        "'\u{0}'",
        "{? [a] : b}",
    ] {
        for field in ["mesh", "dns", "monitoring", "gateways", "services", "external"] {
            assert!(generate::read("g", &format!("{HEAD}  {field}: {value}\n")).is_err(), "{field}: {value}");
        }
        let service = format!(
            "{HEAD}  mesh: {{kind: none}}\n  services:\n    - {{name: {value}, selector: {value}, ports: {value}, from: {value}}}\n"
        );
        assert!(generate::read("g", &service).is_err(), "{service}");
    }
}

#[test]
fn allows_monitoring_if_there_are_proxies() {
    let monitoring =
        "  monitoring: {namespace: monitoring, selector: {app.kubernetes.io/name: prometheus}}\n";
    let services = "  services:\n    - {name: cart, selector: {app: cart}, ports: [8080]}\n";
    let graph = |kind: &str| format!("{HEAD}  mesh: {{kind: {kind}}}\n{monitoring}{services}");
    let mesh = file(&graph("istio-sidecar"), "20-mesh.yaml");
    for part in
        ["name: allow-metrics", "kubernetes.io/metadata.name: monitoring", "port: 15020", "port: 15090"]
    {
        assert!(mesh.contains(part), "{mesh}");
    }
    assert!(!mesh.contains("15000"), "{mesh}");
    assert_eq!(
        problems(graph("none").strip_prefix(HEAD).unwrap()),
        [
            "6:15: no_effect: `monitoring` has no effect: without a mesh there are no proxies to scrape; remove it, or set the kind of mesh"
        ]
    );
}

#[test]
fn allows_only_tunnels_in_the_ambient_mesh() {
    let graph = format!(
        "{HEAD}  mesh: {{kind: istio-ambient}}
  gateways:
    - {{name: edge, namespace: edge, selector: {{app: edge}}, ports: [443]}}
  services:
    - {{name: cart, selector: {{app: cart}}, ports: [8080], from: [edge]}}
"
    );
    for name in ["30-edge.yaml", "40-cart.yaml"] {
        let text = file(&graph, name);
        assert!(text.contains("port: 15008") && !text.contains("8080"), "{text}");
    }
    let mesh = file(&graph, "20-mesh.yaml");
    assert!(mesh.contains("cidr: 169.254.7.127/32") && !mesh.contains("15012"), "{mesh}");
    assert!(file(&graph, "30-edge.yaml").contains("port: 15012"));
}

#[test]
fn isolates_each_namespace() {
    let graph = format!(
        "{HEAD}  mesh: {{kind: none}}
  dns: {{namespace: openshift-dns, selector: {{dns: default}}, addresses: [169.254.20.10/32], ports: [5353]}}
  services:
    - {{name: cart, namespace: front, selector: {{app: cart}}, ports: [8080]}}
    - {{name: stock, namespace: back, selector: {{app: stock, tier: '1'}}, ports: [8080], from: [cart]}}
  external:
    - {{name: web, cidr: 0.0.0.0/0, except: [169.254.0.0/16, 10.0.0.0/8], ports: [443], from: [stock]}}
"
    );
    let deny = file(&graph, "00-default-deny.yaml");
    assert_eq!(deny.matches("kind: NetworkPolicy").count(), 2);
    assert!(deny.contains("namespace: front") && deny.contains("namespace: back"), "{deny}");
    let policies: Vec<String> =
        manifests(&graph)[0].policies.iter().map(|policy| policy.object.to_string()).collect();
    assert_eq!(policies, ["NetworkPolicy front/default-deny", "NetworkPolicy back/default-deny"]);
    let dns = file(&graph, "10-dns.yaml");
    assert!(
        dns.contains("cidr: 169.254.20.10/32") && dns.contains("port: 5353") && !dns.contains("port: 53\n")
    );
    let stock = file(&graph, "40-stock.yaml");
    assert!(
        stock.contains("tier: \"1\"")
            && stock.contains("            except:\n              - 169.254.0.0/16"),
        "{stock}"
    );
    assert!(
        stock.starts_with(
            "# Stops: connections to `stock` except from cart, and connections from it except to web.\n"
        ),
        "{stock}"
    );
}

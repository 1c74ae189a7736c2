//! What is said of a graph that is wrong, and what comes of one that is right.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

use netpol::generate::manifests;

const HEAD: &str = "apiVersion: ringfence.dev/v1alpha1\nkind: ServiceGraph\nmetadata: {name: shop}\nspec:\n";

/// The problems of a graph with this `spec`, with their lines.
fn problems(spec: &str) -> Vec<String> {
    let problems = manifests(&format!("{HEAD}{spec}")).unwrap_err();
    problems.iter().map(|problem| format!("{}:{}: {problem}", problem.line, problem.column)).collect()
}

/// The text of one file of a graph.
fn file(graph: &str, name: &str) -> String {
    let manifests = manifests(graph).unwrap();
    manifests.into_iter().find(|manifest| manifest.file == name).unwrap().text
}

#[test]
fn every_problem_is_found() {
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
            "5:16: invalid_value at spec.mesh.kind: `istio-sidcar` is not known; did you mean `istio-sidecar`?",
            "7:57: repeated at spec.gateways[0].ports[1]: `8443` stands here twice; keep one of them",
            "7:63: invalid_port at spec.gateways[0].ports[2]: `0` is no port; ports are 1 to 65535",
            "9:58: unknown_field at spec.services[0].form: this field does not exist here; did you mean `from`?",
            "10:7: missing_field at spec.services[1]: `ports` is missing; add `ports`",
            "10:14: duplicate_name at spec.services[1].name: there is a gateway or a service `cart` already; give it a name of its own",
            "10:30: empty_selector at spec.services[1].selector: it selects every pod of the namespace; name a label",
            "10:30: overlapping_selector at spec.services[1].selector: a pod can be of `edge` and of `cart`, and would get what either may; select by labels of which a pod has one value",
            "10:41: unknown_name at spec.services[1].from[0]: there is no gateway or service `egde`; did you mean `edge`?",
            "10:47: self_edge at spec.services[1].from[1]: `cart` would call itself; an edge leads from one workload to another",
            "10:59: repeated at spec.services[1].from[3]: `edge` stands here twice; keep one of them",
            "11:14: invalid_name at spec.services[2].name: `Shop` is no name; lower-case letters, digits and inner hyphens, at most 50",
            "11:49: wrong_type at spec.services[2].selector.a b: a string is expected here, and this is a number; put it in quotes",
            "11:60: empty_list at spec.services[2].ports: no port would mean every port; name a port",
            "13:28: invalid_cidr at spec.external[0].cidr: `203.0.113.7/24` is not how the range is written; did you mean `203.0.113.0/24`?",
            "14:7: metadata_reachable at spec.external[1]: the range holds the addresses at which clouds give out credentials; add `169.254.0.0/16` to `except`",
            "14:45: invalid_except at spec.external[1].except[0]: `::/0` is no part of `0.0.0.0/0`; leave out ranges that are smaller and inside",
            "14:60: wrong_type at spec.external[1].ports[0]: a port is expected here, and this is a string",
        ]
    );
}

#[test]
fn a_document_that_is_no_graph_is_refused() {
    for (text, problem) in [
        ("a: [", "invalid_yaml"),
        ("", "invalid_document at the graph: 0 documents; one file holds one graph"),
        ("a: 1\n---\nb: 1\n", "invalid_document at the graph: 2 documents; one file holds one graph"),
        ("[]", "wrong_type at the graph: an object is expected here, and this is a list"),
        (
            "{apiVersion: v1, kind: ServiceGraph, metadata: {name: a}, spec: {mesh: {kind: none}, services: []}}",
            "invalid_value at apiVersion: `v1` is not known; write `ringfence.dev/v1alpha1`",
        ),
    ] {
        let problems = manifests(text).unwrap_err();
        assert!(problems[0].to_string().starts_with(problem), "{text}: {problems:?}");
    }
}

#[test]
fn a_service_does_not_close_what_all_need() {
    let spec = "  mesh: {kind: istio-sidecar}
  services:
    - {name: kiali, namespace: istio-system, selector: {app: kiali}}
    - {name: proxy, namespace: kube-system, selector: {app: proxy}}
";
    assert_eq!(
        problems(spec),
        [
            "7:7: closes_plumbing at spec.services[0]: every pod of `istio-system` would be closed, those of istiod too; run the service in a namespace of its own",
            "8:7: closes_plumbing at spec.services[1]: every pod of `kube-system` would be closed, those of DNS too; run the service in a namespace of its own",
        ]
    );
}

#[test]
fn nothing_that_is_written_makes_it_panic() {
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
            assert!(manifests(&format!("{HEAD}  {field}: {value}\n")).is_err(), "{field}: {value}");
        }
        let service = format!(
            "{HEAD}  mesh: {{kind: none}}\n  services:\n    - {{name: {value}, selector: {value}, ports: {value}, from: {value}}}\n"
        );
        assert!(manifests(&service).is_err(), "{service}");
    }
}

#[test]
fn monitoring_is_let_in_where_there_are_proxies() {
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
            "6:15: no_effect at spec.monitoring: there are no proxies whose metrics could be scraped; remove it, or name the kind of mesh"
        ]
    );
}

#[test]
fn in_the_ambient_mesh_services_meet_in_tunnels() {
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
fn each_namespace_is_closed() {
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
    assert_eq!(manifests(&graph).unwrap()[0].policies, ["front/default-deny", "back/default-deny"]);
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
            "# Stops: every caller of `stock` but cart, and every call that it makes but web.\n"
        ),
        "{stock}"
    );
}

//! Reads whole manifests.

use super::read;
use crate::model::Cluster;
use diagnostics::Diagnostics;
use yaml::{Data, Node};

fn cluster(text: &str) -> Cluster {
    read([("f.yaml", text)]).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn problems(text: &str) -> Vec<String> {
    read([("f.yaml", text)]).unwrap_err().iter().map(ToString::to_string).collect()
}

/// A policy with a spec.
fn policy(spec: &str) -> String {
    format!("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p}}\nspec: {spec}\n")
}

#[test]
fn policy_types_have_the_defaults_of_the_api_server() {
    for (spec, ingress, egress) in [
        ("{podSelector: {}}", true, false),
        ("{podSelector: {}, egress: []}", true, false),
        ("{podSelector: {}, egress: [{}]}", true, true),
        ("{podSelector: {}, policyTypes: [], egress: [{}]}", true, true),
        ("{podSelector: {}, policyTypes: [Egress]}", false, true),
        ("{podSelector: {}, policyTypes: [Egress], ingress: [{}]}", false, true),
        ("{podSelector: {}, policyTypes: [Ingress], egress: [{}]}", true, false),
        ("{}", true, false),
    ] {
        let cluster = cluster(&policy(spec));
        let policy = &cluster.policies[0];
        assert_eq!((policy.ingress.is_some(), policy.egress.is_some()), (ingress, egress), "{spec}");
    }
}

#[test]
fn rejects_what_the_api_server_rejects() {
    for (rule, expected) in [
        ("{from: [{}]}", "28: empty peer; write `podSelector`, `namespaceSelector` or `ipBlock`"),
        (
            "{from: [{podSelector: {}, ipBlock: {cidr: 10.0.0.0/8}}]}",
            "28: a peer with `ipBlock` cannot have a selector; write two peers",
        ),
        (
            "{from: [{ipBlock: {cidr: 10.0.0.0}}]}",
            "45: invalid CIDR `10.0.0.0`; write a block such as `10.0.0.0/8`",
        ),
        (
            "{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/9]}}]}",
            "66: the exception is not a part of `10.0.0.0/8`; write a smaller block inside it",
        ),
        ("{ports: [{port: 80, endPort: 79}]}", "48: `endPort` 79 is below `port` 80"),
        (
            "{ports: [{port: http, endPort: 79}]}",
            "50: `endPort` needs a port number; write `port` as a number",
        ),
        ("{ports: [{endPort: 79}]}", "38: `endPort` without `port`; add `port`"),
        ("{ports: [{port: 0}]}", "35: invalid port `0`; write a number from 1 to 65535"),
        ("{ports: [{port: '80'}]}", "35: `80` in quotes is a port name; write the number without quotes"),
        ("{ports: [{protocol: tcp}]}", "39: unknown protocol `tcp`; did you mean `TCP`?"),
        (
            "{from: [{podSelector: {matchExpressions: [{key: a, operator: in, values: [b]}]}}]}",
            "80: unknown operator `in`; did you mean `In`?",
        ),
        (
            "{from: [{podSelector: {matchExpressions: [{key: a, operator: Exists, values: [b]}]}}]}",
            "96: `Exists` does not allow `values`",
        ),
        (
            "{from: [{podSelector: {matchExpressions: [{key: a, operator: In}]}}]}",
            "61: `In` requires `values`",
        ),
    ] {
        let found = problems(&policy(&format!("{{ingress: [{rule}]}}")));
        let place = |text: &str| text.strip_prefix("f.yaml:4:").map(str::to_owned).unwrap_or(text.to_owned());
        let found: Vec<String> = found.iter().map(|text| place(text)).collect();
        assert_eq!(found.len(), 1, "{rule}: {found:?}");
        let message = |text: &str| text.split_once(": ").map(|(_, message)| message.to_owned());
        assert_eq!(message(&found[0]), message(expected), "{rule}");
    }
    let found = problems(&policy("{policyTypes: [Ingres]}"));
    assert_eq!(found, ["f.yaml:4:22: unknown policy type `Ingres`; did you mean `Ingress`?"]);
}

#[test]
fn a_misspelled_kind_or_version_is_an_error() {
    for (text, expected) in [
        (
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolcy\nmetadata: {name: p}\n",
            "f.yaml:2:7: unknown kind `NetworkPolcy` in `networking.k8s.io/v1`; did you mean `NetworkPolicy`?",
        ),
        (
            "apiVersion: networking.k8s.io/v2\nkind: NetworkPolicy\nmetadata: {name: p}\n",
            "f.yaml:1:13: unsupported version `networking.k8s.io/v2` of `NetworkPolicy`; write `networking.k8s.io/v1`",
        ),
        (
            "apiVersion: networking.k8.io/v1\nkind: NetworkPolicy\nmetadata: {name: p}\n",
            "f.yaml:1:13: unknown API version `networking.k8.io/v1`; did you mean `networking.k8s.io/v1`?",
        ),
        (
            "apiVersion: extensions/v1beta1\nkind: NetworkPolicy\nmetadata: {name: p}\n",
            "f.yaml:1:13: unsupported version `extensions/v1beta1` of `NetworkPolicy`; write `networking.k8s.io/v1`",
        ),
        (
            "apiVersion: v1\nkind: ServiceGraph\nmetadata: {name: g}\n",
            "f.yaml:1:13: unsupported version `v1` of `ServiceGraph`; write `ringfence.dev/v1alpha1`",
        ),
        (
            "apiVersion: ringfence.example/v1\nkind: ServiceGraph\nmetadata: {name: g}\n",
            "f.yaml:1:13: unsupported version `ringfence.example/v1` of `ServiceGraph`; write `ringfence.dev/v1alpha1`",
        ),
        ("apiversion: v1\nkind: Pod\n", "f.yaml:1:1: unknown field `apiversion`; did you mean `apiVersion`?"),
        ("apiVersion: v1\nknd: Pod\n", "f.yaml:2:1: unknown field `knd`; did you mean `kind`?"),
        ("apiVersion: v1\nmetadata: {name: x}\n", "f.yaml:1:1: missing field `kind`; add `kind`"),
        ("- 1\n", "f.yaml:1:1: expected an object, found a list"),
        ("apiVersion: [v1]\nkind: Pod\n", "f.yaml:1:13: expected a string, found a list"),
        ("apiVersion: v1\nkind: 1\nmetadata: {name: x}\n", "f.yaml:2:7: expected a string, found a number"),
    ] {
        assert_eq!(problems(text), [expected]);
    }
}

#[test]
fn ignores_other_objects_and_reads_lists() {
    let cluster = cluster(
        "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: c}}
- {apiVersion: v1, kind: Node, metadata: {name: n}}
- apiVersion: v1\n  kind: Pod\n  metadata: {name: p}\n  spec: {containers: [{name: c}]}
---\nhosts: []\n---\napiVersion: crd.projectcalico.org/v1\nkind: NetworkPolicy\nmetadata: {name: n}\n",
    );
    assert_eq!(cluster.workloads[0].name(), "default/Pod/p");
    let ignored: Vec<_> = cluster.ignored.iter().map(ToString::to_string).collect();
    assert_eq!(ignored, ["ConfigMap c", "Node n", "NetworkPolicy n"]);
}

#[test]
fn reports_both_places_of_a_duplicate() {
    let text = policy("{}");
    let found = read([("a.yaml", &text), ("b.yaml", &text)]).unwrap_err();
    assert_eq!(
        found[0].to_string(),
        "b.yaml:3:18: duplicate NetworkPolicy default/p; the first one is at a.yaml:3:18; keep one of them"
    );
}

#[test]
fn reads_workloads_of_every_kind() {
    let template = "{metadata: {labels: {app: x}}, spec: {hostNetwork: true, containers: [{name: c, ports: [{containerPort: 80, name: http}]}]}}";
    for (version, kind, spec) in [
        ("apps/v1", "Deployment", format!("{{selector: {{matchLabels: {{app: x}}}}, template: {template}}}")),
        (
            "apps/v1",
            "StatefulSet",
            format!("{{serviceName: s, selector: {{matchLabels: {{app: x}}}}, template: {template}}}"),
        ),
        ("apps/v1", "DaemonSet", format!("{{selector: {{matchLabels: {{app: x}}}}, template: {template}}}")),
        ("apps/v1", "ReplicaSet", format!("{{selector: {{matchLabels: {{app: x}}}}, template: {template}}}")),
        ("v1", "ReplicationController", format!("{{template: {template}}}")),
        ("batch/v1", "Job", format!("{{template: {template}}}")),
        (
            "batch/v1",
            "CronJob",
            format!("{{schedule: '* * * * *', jobTemplate: {{spec: {{template: {template}}}}}}}"),
        ),
    ] {
        let cluster = cluster(&format!(
            "apiVersion: {version}\nkind: {kind}\nmetadata: {{name: w, namespace: n}}\nspec: {spec}\n"
        ));
        let workload = &cluster.workloads[0];
        assert_eq!(workload.name(), format!("n/{kind}/w"));
        assert_eq!(workload.labels["app"], "x");
        assert_eq!(workload.ports[0].port, 80);
        assert!(workload.host_network);
    }
}

#[test]
fn owned_workloads_belong_to_their_owner() {
    let owned = |kind: &str, name: &str, owner: &str| {
        format!(
            "apiVersion: v1\nkind: {kind}\nmetadata:\n  name: {name}\n  ownerReferences: [{{apiVersion: apps/v1, kind: ReplicaSet, name: {owner}, uid: u, controller: true}}]\nspec: {{containers: [{{name: c}}]}}\n---\n"
        )
    };
    let set = "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: rs}\nspec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c}]}}}\n---\n";
    let cluster = cluster(&[set, &owned("Pod", "one", "rs"), &owned("Pod", "two", "gone")].concat());
    let names: Vec<_> = cluster.workloads.iter().map(|workload| workload.name()).collect();
    assert_eq!(names, ["default/Pod/two", "default/ReplicaSet/rs"]);
}

#[test]
fn reports_unknown_fields_of_istio() {
    let text = "apiVersion: extensions.istio.io/v1alpha1\nkind: WasmPlugin\nmetadata: {name: p}\nspec:\n  selecter: {matchLabels: {a: b}}\n  match: [{port: []}]\n";
    assert_eq!(
        problems(text),
        [
            "f.yaml:5:3: unknown field `selecter`; did you mean `selector`?",
            "f.yaml:6:12: unknown field `port`; did you mean `ports`?"
        ]
    );
}

/// Collects the keys that are fields, with their places.
fn fields(node: &Node, inside: &str, found: &mut Vec<(String, usize, usize)>) {
    // The keys below these are chosen by the user; `pluginConfig` is checked by its filter.
    let free = ["labels", "matchLabels", "annotations", "pluginConfig"];
    match &node.data {
        Data::List(items) => items.iter().for_each(|item| fields(item, inside, found)),
        Data::Map(entries) if !free.contains(&inside) => {
            for (key, value) in entries {
                // The selectors of a Service and of an Istio Gateway are labels; others have `matchLabels`.
                let labels = key.text == "selector" && !has_match(value);
                found.push((key.text.clone(), key.span.line, key.span.column));
                if !labels {
                    fields(value, &key.text, found);
                }
            }
        }
        _ => {}
    }
}

fn has_match(node: &Node) -> bool {
    node.get("matchLabels").or(node.get("matchExpressions")).is_some()
}

#[test]
fn a_misspelled_field_is_an_error_with_a_suggestion() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bookinfo");
    let mut tried = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let mut found = Vec::new();
        for node in yaml::documents(&text, &mut Diagnostics::new("f")) {
            fields(&node, "", &mut found);
        }
        for (key, line, column) in found {
            let wrong = format!("{key}e");
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines[line - 1].insert(column - 1 + key.len(), 'e');
            let problems = read([("f", lines.join("\n"))]).unwrap_err();
            let expected = format!("f:{line}:{column}: unknown field `{wrong}`; did you mean `{key}`?");
            assert!(
                problems.iter().any(|problem| problem.to_string() == expected),
                "{expected}: {problems:#?}"
            );
            tried += 1;
        }
    }
    assert!(tried > 500, "{tried}");
}

#[test]
fn a_module_is_recognized_by_the_last_part_of_its_url_or_by_the_name_of_the_plugin() {
    for (fields, expected) in [
        ("url: 'oci://registry.example/ringfence:1'", true),
        ("url: 'https://registry.example/path_policy.wasm'", true),
        ("url: 'oci://registry.example/ringfence/rate-limit:1'", false),
        ("url: 'oci://registry.example/auth:1', pluginName: token-validation", true),
        ("url: 'oci://registry.example/auth:1', pluginName: auth", false),
    ] {
        let head = "apiVersion: extensions.istio.io/v1alpha1\nkind: WasmPlugin\nmetadata: {name: p}\n";
        let cluster = cluster(&format!("{head}spec: {{{fields}}}\n"));
        assert_eq!(cluster.mesh.extensions[0].ringfence, expected, "{fields}");
    }
}

//! The semantics, a line for each case: whether a policy for pod `a` allows a connection.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use netpol::address::Range;
use netpol::model::Cluster;
use netpol::ports::Protocol;
use netpol::reach::{Node, Party, Reach, verdict};

/// Pods `a` and `b`, pod `c` in a namespace with a label, pod `d` in a namespace without a manifest, and pod `h` with
/// `hostNetwork`.
const PODS: &str = "
apiVersion: v1
kind: Namespace
metadata: {name: other, labels: {team: x}}
---
apiVersion: v1
kind: Pod
metadata: {name: a, labels: {app: a}}
spec: {containers: [{name: c, ports: [{name: http, containerPort: 8080}, {name: dns, containerPort: 53, protocol: UDP}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: b, labels: {app: b, tier: front}}
spec: {containers: [{name: c, ports: [{name: http, containerPort: 9090}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: c, namespace: other, labels: {app: c}}
spec: {containers: [{name: c}]}
---
apiVersion: v1
kind: Pod
metadata: {name: d, namespace: unknown, labels: {app: b}}
spec: {containers: [{name: c}]}
---
apiVersion: v1
kind: Pod
metadata: {name: h, labels: {app: a}}
spec: {hostNetwork: true, containers: [{name: c}]}
---
";

const A: &str = "default/Pod/a";
const B: &str = "default/Pod/b";
const C: &str = "other/Pod/c";
const D: &str = "unknown/Pod/d";
const H: &str = "default/Pod/h";
const OUT: &str = "203.0.113.5";

/// The rest of the spec of the policy, the source, the destination, the port, and whether the connection is allowed.
const CASES: [(&str, &str, &str, &str, bool); 62] = [
    // Types and their defaults.
    ("", B, A, "TCP 80", false),
    ("", A, B, "TCP 80", true),
    ("ingress: []", B, A, "TCP 80", false),
    ("egress: []", A, B, "TCP 80", true),
    ("egress: [{ports: [{port: 80}]}]", A, B, "TCP 80", true),
    ("egress: [{ports: [{port: 80}]}]", A, B, "TCP 81", false),
    ("egress: [{ports: [{port: 80}]}]", B, A, "TCP 80", false),
    ("policyTypes: [Egress]", A, B, "TCP 80", false),
    ("policyTypes: [Egress]", B, A, "TCP 80", true),
    ("policyTypes: [Egress], ingress: [{}]", B, A, "TCP 80", true),
    ("policyTypes: [Ingress], egress: [{}]", A, B, "TCP 80", true),
    ("policyTypes: [], egress: [{}]", B, A, "TCP 80", false),
    // An empty list, one that is missing, and an empty selector.
    ("ingress: [{}]", B, A, "UDP 80", true),
    ("ingress: [{}]", OUT, A, "SCTP 80", true),
    ("ingress: [{from: []}]", OUT, A, "TCP 80", true),
    ("ingress: [{from: [{podSelector: {}}]}]", B, A, "TCP 80", true),
    ("ingress: [{from: [{podSelector: {}}]}]", C, A, "TCP 80", false),
    ("ingress: [{from: [{podSelector: {}}]}]", OUT, A, "TCP 80", false),
    ("ingress: [{from: [{namespaceSelector: {}}]}]", C, A, "TCP 80", true),
    ("ingress: [{from: [{namespaceSelector: {}}]}]", D, A, "TCP 80", true),
    ("ingress: [{from: [{namespaceSelector: {}}]}]", OUT, A, "TCP 80", false),
    ("ingress: [{ports: []}]", B, A, "UDP 80", true),
    // Both selectors of a peer must match; one of two peers is enough.
    (
        "ingress: [{from: [{namespaceSelector: {matchLabels: {team: x}}, podSelector: {matchLabels: {app: b}}}]}]",
        C,
        A,
        "TCP 80",
        false,
    ),
    (
        "ingress: [{from: [{namespaceSelector: {matchLabels: {team: x}}, podSelector: {matchLabels: {app: c}}}]}]",
        C,
        A,
        "TCP 80",
        true,
    ),
    (
        "ingress: [{from: [{namespaceSelector: {matchLabels: {team: x}}}, {podSelector: {matchLabels: {app: b}}}]}]",
        C,
        A,
        "TCP 80",
        true,
    ),
    (
        "ingress: [{from: [{namespaceSelector: {matchLabels: {team: x}}}, {podSelector: {matchLabels: {app: b}}}]}]",
        B,
        A,
        "TCP 80",
        true,
    ),
    ("ingress: [{from: [{podSelector: {matchLabels: {app: b}}}]}]", D, A, "TCP 80", false),
    // Every namespace has its name for a label.
    (
        "ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: unknown}}}]}]",
        D,
        A,
        "TCP 80",
        true,
    ),
    (
        "ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: unknown}}}]}]",
        C,
        A,
        "TCP 80",
        false,
    ),
    // Expressions.
    (
        "ingress: [{from: [{podSelector: {matchExpressions: [{key: app, operator: In, values: [b, x]}]}}]}]",
        B,
        A,
        "TCP 80",
        true,
    ),
    (
        "ingress: [{from: [{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [b]}]}}]}]",
        B,
        A,
        "TCP 80",
        false,
    ),
    (
        "ingress: [{from: [{podSelector: {matchExpressions: [{key: none, operator: NotIn, values: [b]}]}}]}]",
        B,
        A,
        "TCP 80",
        true,
    ),
    (
        "ingress: [{from: [{podSelector: {matchExpressions: [{key: tier, operator: Exists}]}}]}]",
        B,
        A,
        "TCP 80",
        true,
    ),
    (
        "ingress: [{from: [{podSelector: {matchExpressions: [{key: tier, operator: DoesNotExist}]}}]}]",
        B,
        A,
        "TCP 80",
        false,
    ),
    (
        "ingress: [{from: [{podSelector: {matchLabels: {app: b}, matchExpressions: [{key: tier, operator: DoesNotExist}]}}]}]",
        B,
        A,
        "TCP 80",
        false,
    ),
    // Ports: default TCP; ranges include both ends; named ports resolve at the destination.
    ("ingress: [{ports: [{port: 80}]}]", B, A, "UDP 80", false),
    ("ingress: [{ports: [{port: 80, protocol: SCTP}]}]", B, A, "SCTP 80", true),
    ("ingress: [{ports: [{port: 80, endPort: 90}]}]", B, A, "TCP 80", true),
    ("ingress: [{ports: [{port: 80, endPort: 90}]}]", B, A, "TCP 90", true),
    ("ingress: [{ports: [{port: 80, endPort: 90}]}]", B, A, "TCP 91", false),
    ("ingress: [{ports: [{protocol: UDP}]}]", B, A, "UDP 7", true),
    ("ingress: [{ports: [{protocol: UDP}]}]", B, A, "TCP 7", false),
    ("ingress: [{ports: [{port: http}]}]", B, A, "TCP 8080", true),
    ("ingress: [{ports: [{port: http}]}]", B, A, "TCP 9090", false),
    ("ingress: [{ports: [{port: dns}]}]", B, A, "UDP 53", false),
    ("ingress: [{ports: [{port: dns, protocol: UDP}]}]", B, A, "UDP 53", true),
    ("policyTypes: [Egress], egress: [{ports: [{port: http}]}]", A, B, "TCP 9090", true),
    ("policyTypes: [Egress], egress: [{ports: [{port: http}]}]", A, B, "TCP 8080", false),
    ("policyTypes: [Egress], egress: [{ports: [{port: http}]}]", A, C, "TCP 8080", false),
    (
        "policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: http}]}]",
        A,
        OUT,
        "TCP 8080",
        false,
    ),
    // Blocks are addresses outside of the cluster.
    ("ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24}}]}]", OUT, A, "TCP 80", true),
    (
        "ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.0/28]}}]}]",
        OUT,
        A,
        "TCP 80",
        false,
    ),
    (
        "ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.0/28]}}, {ipBlock: {cidr: 203.0.113.5/32}}]}]",
        OUT,
        A,
        "TCP 80",
        true,
    ),
    ("ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]", B, A, "TCP 80", false),
    ("ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]", "2001:db8::1", A, "TCP 80", false),
    ("ingress: [{from: [{ipBlock: {cidr: '2001:db8::/32'}}]}]", "2001:db8::1", A, "TCP 80", true),
    // Pods reach themselves; pods with `hostNetwork` are not isolated.
    ("policyTypes: [Ingress, Egress]", A, A, "TCP 80", true),
    ("policyTypes: [Ingress, Egress]", A, H, "TCP 80", false),
    ("policyTypes: [Ingress]", B, H, "TCP 80", true),
    ("policyTypes: [Egress]", H, B, "TCP 80", true),
    ("ingress: [{from: [{podSelector: {matchLabels: {app: a}}}]}]", H, A, "TCP 80", true),
    // The policy selects in its own namespace only.
    ("policyTypes: [Ingress, Egress]", D, C, "TCP 80", true),
];

#[test]
fn decides_each_case() {
    for (spec, from, to, port, allowed) in CASES {
        let comma = if spec.is_empty() { "" } else { ", " };
        let text = format!(
            "{PODS}apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p}}\nspec: {{podSelector: {{matchLabels: {{app: a}}}}{comma}{spec}}}\n"
        );
        let cluster = netpol::read([("f", text)]).unwrap_or_else(|problems| panic!("{spec}: {problems:#?}"));
        let (protocol, port) = port.split_once(' ').unwrap();
        let (protocol, port): (Protocol, u16) = (protocol.parse().unwrap(), port.parse().unwrap());
        let one = verdict(&cluster, party(&cluster, from), party(&cluster, to), protocol, port);
        assert_eq!(one.is_allowed(), allowed, "{spec}: {from} to {to}: {one:#?}");
        let reach = Reach::new(&cluster);
        let all = reach.ports(node(&reach, from), node(&reach, to)).contains(protocol, port);
        assert_eq!(all || from == to, allowed, "{spec}: {from} to {to}");
    }
}

#[test]
fn policies_are_additive() {
    let policy = |name: &str, spec: &str| {
        format!(
            "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n"
        )
    };
    let deny = policy("deny", "podSelector: {}, policyTypes: [Ingress]");
    let allow = policy(
        "allow",
        "podSelector: {matchLabels: {app: a}}, ingress: [{from: [{podSelector: {matchLabels: {app: b}}}]}]",
    );
    let cluster = netpol::read([("f", [PODS, &deny, &allow].concat())]).unwrap();
    let ask = |from, to| {
        verdict(&cluster, party(&cluster, from), party(&cluster, to), Protocol::Tcp, 80).is_allowed()
    };
    assert!(ask(B, A));
    assert!(!ask(A, B));
    assert!(!ask(C, A));
}

fn party<'c>(cluster: &'c Cluster, name: &str) -> Party<'c> {
    match Range::address(name) {
        Ok(address) => Party::Address(address),
        Err(_) => Party::Workload(cluster.workload(name).unwrap()),
    }
}

fn node(reach: &Reach<'_>, name: &str) -> Node {
    if let Ok(address) = Range::address(name) {
        return Node::Range(reach.ranges().iter().position(|range| range.contains(&address)).unwrap());
    }
    let is = |class: &usize| reach.members(*class).any(|workload| workload.name() == name);
    Node::Class((0..reach.classes().len()).find(is).unwrap())
}

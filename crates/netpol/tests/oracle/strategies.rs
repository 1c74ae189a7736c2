//! Strategies for small clusters with few names and values, so that selectors often match.

use k8s_openapi::api::core::v1::{Container, ContainerPort, Namespace, Pod, PodSpec};
use k8s_openapi::api::networking::v1::{
    IPBlock, NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer,
    NetworkPolicyPort, NetworkPolicySpec,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, LabelSelectorRequirement, ObjectMeta};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeMap;

#[derive(Debug, Clone)]
pub struct World {
    pub namespaces: Vec<Namespace>,
    pub pods: Vec<Pod>,
    pub policies: Vec<NetworkPolicy>,
}

impl World {
    /// The documents as JSON.
    pub fn manifests(&self) -> String {
        let namespaces = self.namespaces.iter().map(|object| serde_json::to_string(object).unwrap());
        let pods = self.pods.iter().map(|object| serde_json::to_string(object).unwrap());
        let policies = self.policies.iter().map(|object| serde_json::to_string(object).unwrap());
        namespaces.chain(pods).chain(policies).collect::<Vec<_>>().join("\n---\n")
    }
}

/// Two namespaces with manifests, and one without.
const NAMESPACES: [&str; 3] = ["one", "two", "three"];

pub fn world() -> impl Strategy<Value = World> {
    let namespaces =
        (labels(), labels()).prop_map(|(one, two)| vec![namespace("one", one), namespace("two", two)]);
    let pods = vec((select(&NAMESPACES[..]), labels(), ports(), prop::bool::weighted(0.1)), 2..5);
    let policies = vec((select(&NAMESPACES[..]), spec()), 0..5);
    (namespaces, pods, policies).prop_map(|(namespaces, pods, policies)| World {
        namespaces,
        pods: pods.into_iter().enumerate().map(|(index, parts)| pod(index, parts)).collect(),
        policies: policies.into_iter().enumerate().map(|(index, parts)| policy(index, parts)).collect(),
    })
}

fn labels() -> impl Strategy<Value = BTreeMap<String, String>> {
    btree_map(text(&["a", "b"]), text(&["x", "y"]), 0..3)
}

fn text(choices: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(choices).prop_map(str::to_owned)
}

fn metadata(namespace: Option<&str>, name: String, labels: BTreeMap<String, String>) -> ObjectMeta {
    let namespace = namespace.map(str::to_owned);
    ObjectMeta { name: Some(name), namespace, labels: Some(labels), ..ObjectMeta::default() }
}

fn namespace(name: &str, labels: BTreeMap<String, String>) -> Namespace {
    Namespace { metadata: metadata(None, name.to_owned(), labels), ..Namespace::default() }
}

fn protocol() -> impl Strategy<Value = Option<String>> {
    of(text(&["TCP", "UDP", "SCTP"]))
}

fn ports() -> impl Strategy<Value = Vec<ContainerPort>> {
    let port = (of(text(&["http", "dns"])), select(&[53, 80, 81][..]), protocol());
    let port = port.prop_map(|(name, container_port, protocol)| ContainerPort {
        name,
        container_port,
        protocol,
        ..ContainerPort::default()
    });
    vec(port, 0..3)
}

fn pod(index: usize, parts: (&str, BTreeMap<String, String>, Vec<ContainerPort>, bool)) -> Pod {
    let (namespace, labels, ports, host_network) = parts;
    let container = Container { name: "c".to_owned(), ports: Some(ports), ..Container::default() };
    Pod {
        metadata: metadata(Some(namespace), format!("p{index}"), labels),
        spec: Some(PodSpec {
            containers: vec![container],
            host_network: host_network.then_some(true),
            ..PodSpec::default()
        }),
        ..Pod::default()
    }
}

fn policy(index: usize, (namespace, spec): (&str, NetworkPolicySpec)) -> NetworkPolicy {
    let metadata = metadata(Some(namespace), format!("n{index}"), BTreeMap::new());
    NetworkPolicy { metadata, spec: Some(spec) }
}

fn spec() -> impl Strategy<Value = NetworkPolicySpec> {
    let ingress = (of(vec(peer(), 0..3)), of(vec(port(), 0..3)))
        .prop_map(|(from, ports)| NetworkPolicyIngressRule { from, ports });
    let egress = (of(vec(peer(), 0..3)), of(vec(port(), 0..3)))
        .prop_map(|(to, ports)| NetworkPolicyEgressRule { to, ports });
    let types = select(vec![vec![], vec!["Ingress"], vec!["Egress"], vec!["Ingress", "Egress"]]);
    let types = of(types.prop_map(|types| types.into_iter().map(str::to_owned).collect()));
    (of(selector()), of(vec(ingress, 0..3)), of(vec(egress, 0..3)), types).prop_map(
        |(pod_selector, ingress, egress, policy_types)| NetworkPolicySpec {
            pod_selector,
            ingress,
            egress,
            policy_types,
        },
    )
}

fn selector() -> impl Strategy<Value = LabelSelector> {
    let listed = (text(&["a", "b"]), text(&["In", "NotIn"]), vec(text(&["x", "y"]), 1..3).prop_map(Some));
    let plain = (text(&["a", "b"]), text(&["Exists", "DoesNotExist"]), Just(None));
    let expression = prop_oneof![listed, plain]
        .prop_map(|(key, operator, values)| LabelSelectorRequirement { key, operator, values });
    (of(labels()), of(vec(expression, 0..2)))
        .prop_map(|(match_labels, match_expressions)| LabelSelector { match_labels, match_expressions })
}

/// Selects namespaces by name, or with the selectors of pods.
fn namespace_selector() -> impl Strategy<Value = LabelSelector> {
    let named = select(&NAMESPACES[..]).prop_map(|name| LabelSelector {
        match_labels: Some([("kubernetes.io/metadata.name".to_owned(), name.to_owned())].into()),
        match_expressions: None,
    });
    prop_oneof![named, selector()]
}

fn peer() -> impl Strategy<Value = NetworkPolicyPeer> {
    let peer = |ip_block, namespace_selector, pod_selector| NetworkPolicyPeer {
        ip_block,
        namespace_selector,
        pod_selector,
    };
    prop_oneof![
        block().prop_map(move |block| peer(Some(block), None, None)),
        selector().prop_map(move |pods| peer(None, None, Some(pods))),
        namespace_selector().prop_map(move |namespaces| peer(None, Some(namespaces), None)),
        (namespace_selector(), selector()).prop_map(move |(namespaces, pods)| peer(
            None,
            Some(namespaces),
            Some(pods)
        )),
    ]
}

fn block() -> impl Strategy<Value = IPBlock> {
    let blocks: Vec<(&str, Option<Vec<&str>>)> = vec![
        ("0.0.0.0/0", None),
        ("0.0.0.0/0", Some(vec!["10.0.0.0/8"])),
        ("10.0.0.0/8", Some(vec!["10.1.0.0/16", "10.255.255.255/32"])),
        ("10.1.0.0/16", Some(vec![])),
        ("192.0.2.0/24", None),
        ("::/0", Some(vec!["fe80::/10"])),
        ("2001:db8::/32", None),
    ];
    select(blocks).prop_map(|(cidr, except)| IPBlock {
        cidr: cidr.to_owned(),
        except: except.map(|except| except.into_iter().map(str::to_owned).collect()),
    })
}

fn port() -> impl Strategy<Value = NetworkPolicyPort> {
    let port = |(port, end_port), protocol| NetworkPolicyPort { port, end_port, protocol };
    let number = select(vec![
        (None, None),
        (Some(IntOrString::Int(80)), None),
        (Some(IntOrString::Int(80)), Some(90)),
        (Some(IntOrString::Int(53)), Some(53)),
        (Some(IntOrString::Int(1)), Some(65535)),
        (Some(IntOrString::String("http".to_owned())), None),
        (Some(IntOrString::String("dns".to_owned())), None),
    ]);
    (number, protocol()).prop_map(move |(number, protocol)| port(number, protocol))
}

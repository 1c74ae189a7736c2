//! The manifests that fix a finding. NetworkPolicies are additive, so no policy can deny what another one allows: a remedy
//! replaces the policies that allow the connection, or adds one if there is none.

use super::finding::{Code, Finding, Severity};
use super::scene::Scene;
use crate::address::{Family, Range};
use crate::manifest::{self, Notes};
use crate::model::{Direction, ObjectRef, Peer, Pods, Policy, PolicyPort, Rule, Selector, Workload};
use crate::ports::{PortRange, Ports, Protocol};
use serde_json::{Value, json};
use yaml::Yaml;

/// The objects that cause a finding, and the manifests that fix it.
#[derive(Debug)]
pub(super) struct Remedy {
    pub because: Vec<(ObjectRef, String)>,
    pub manifests: String,
}

impl From<String> for Remedy {
    fn from(manifests: String) -> Self {
        Self { because: Vec::new(), manifests }
    }
}

impl Remedy {
    /// Creates the finding that the remedy is for.
    pub(super) fn finding(
        self,
        code: Code,
        severity: Severity,
        object: &ObjectRef,
        message: String,
        impact: &str,
    ) -> Finding {
        let Self { because, manifests: remedy } = self;
        let (object, impact) = (object.clone(), impact.to_owned());
        Finding { code, severity, object, message, impact, because, remedy }
    }

    /// Adds a comment above the manifests.
    pub(super) fn with_comment(self, comment: &str) -> Self {
        Self { manifests: format!("# {comment}\n{}", self.manifests), ..self }
    }

    /// Creates a remedy that changes a part of an object.
    pub(super) fn patch(object: &ObjectRef, version: &str, spec: &Value, because: &str) -> Self {
        let patch = json!({
            "apiVersion": version,
            "kind": object.kind,
            "metadata": {"name": object.name, "namespace": object.namespace},
            "spec": spec,
        });
        let because = vec![(object.clone(), because.to_owned())];
        Self { because, manifests: Yaml::from(&patch).document() }.with_comment("a patch: only this changes")
    }
}

/// Changes the rules of each policy that selects a workload in a direction. `fix` returns the new rule, or none to remove it.
/// If there is no policy, the remedy is a new one that allows everything except what `fix` removes.
pub(super) fn narrow(
    scene: &Scene<'_>,
    workload: &Workload,
    direction: Direction,
    fix: impl Fn(&Policy, &Rule) -> Option<Rule>,
) -> Remedy {
    let policies = scene.cluster.policies.iter().filter(|policy| policy.selects(workload, direction));
    let policies: Vec<&Policy> = policies.collect();
    if policies.is_empty() {
        let open = isolating(workload, &[direction], Some(Rule { peers: None, ports: None }));
        return Remedy::from(manifest::policy(&fixed(&open, direction, &fix).0, &Notes::default()));
    }
    let change = |policy: &Policy| {
        let (fixed, changed) = fixed(policy, direction, &fix);
        let rules: Vec<_> = changed.iter().map(|index| format!("spec.{direction}[{index}]")).collect();
        let because = (policy.object.clone(), rules.join(", "));
        (!rules.is_empty()).then(|| (because, manifest::policy(&fixed, &Notes::default())))
    };
    let (because, manifests): (Vec<_>, Vec<_>) = policies.into_iter().filter_map(change).unzip();
    Remedy { because, manifests: manifests.join("---\n") }
}

/// Creates a policy that selects one workload and allows nothing, or only what one rule allows.
pub(super) fn isolating(workload: &Workload, directions: &[Direction], rule: Option<Rule>) -> Policy {
    let name = match directions {
        [direction] => format!("{}-{direction}", workload.object.name),
        _ => workload.object.name.clone(),
    };
    let rules = |direction| directions.contains(&direction).then(|| rule.clone().into_iter().collect());
    Policy {
        object: ObjectRef { kind: "NetworkPolicy".to_owned(), name, ..workload.object.clone() },
        pods: Selector::of(&workload.labels),
        ingress: rules(Direction::Ingress),
        egress: rules(Direction::Egress),
    }
}

/// Returns a rule with only those ports that are in `keep`, or none if no port is left. Named ports are those of `workload`.
pub(super) fn keep_ports(rule: &Rule, workload: Option<&Workload>, keep: &Ports) -> Option<Rule> {
    let ranges = |ports: &Ports| ports.iter().map(PolicyPort::Range).collect::<Vec<_>>();
    let ports = match &rule.ports {
        None if keep.is_all() => return Some(rule.clone()),
        None => ranges(keep),
        Some(ports) => {
            let of = |port: &PolicyPort| match port {
                PolicyPort::Range(range) => ranges(&Ports::from(*range).intersection(keep)),
                PolicyPort::Named(protocol, name) => {
                    let outside = workload.is_some_and(|workload| {
                        workload.named(*protocol, name).any(|port| !keep.contains(*protocol, port))
                    });
                    if outside { Vec::new() } else { vec![port.clone()] }
                }
            };
            ports.iter().flat_map(of).collect()
        }
    };
    (!ports.is_empty()).then(|| Rule { ports: Some(ports), ..rule.clone() })
}

/// Returns a rule with the peers that `keep` returns for its peers, or none if no peer is left. A rule without peers has any pod and
/// any address as its peers.
pub(super) fn keep_peers<I: IntoIterator<Item = Peer>>(
    rule: &Rule,
    keep: impl Fn(&Peer) -> I,
) -> Option<Rule> {
    let any_pod = Peer::Pods(Pods { namespaces: Some(Selector::default()), pods: Selector::default() });
    let [v4, v6] = Family::ALL.map(|family| Peer::from(Range::every(family)));
    let everyone = vec![any_pod, v4, v6];
    let peers = rule.peers.as_ref().unwrap_or(&everyone);
    let kept: Vec<Peer> = peers.iter().flat_map(&keep).collect();
    match &rule.peers {
        None if kept == everyone => Some(rule.clone()),
        _ => (!kept.is_empty()).then(|| Rule { peers: Some(kept), ..rule.clone() }),
    }
}

/// Returns TCP ports.
pub(super) fn tcp(ports: &[u16]) -> Ports {
    ports.iter().map(|port| PortRange::one(Protocol::Tcp, *port)).collect()
}

/// Returns a policy with its rules changed, and the indexes of the changed rules.
fn fixed(
    policy: &Policy,
    direction: Direction,
    fix: &impl Fn(&Policy, &Rule) -> Option<Rule>,
) -> (Policy, Vec<usize>) {
    let (mut rules, mut changed) = (Vec::new(), Vec::new());
    for (index, rule) in policy.rules(direction).unwrap_or_default().iter().enumerate() {
        let fixed = fix(policy, rule);
        if fixed.as_ref() != Some(rule) {
            changed.push(index);
        }
        rules.extend(fixed);
    }
    let mut fixed = policy.clone();
    match direction {
        Direction::Ingress => fixed.ingress = Some(rules),
        Direction::Egress => fixed.egress = Some(rules),
    }
    (fixed, changed)
}

//! The policies as they should be. NetworkPolicies only add up, so what one of them opens no other can close: a remedy
//! replaces the policies that open it, and adds one where there is none.

use super::scene::Scene;
use crate::manifest::{self, Notes};
use crate::model::{Block, Direction, ObjectRef, Peer, Pods, Policy, PolicyPort, Rule, Selector, Workload};
use crate::ports::{PortRange, Ports};

/// What leaves a hole open, and the manifests that close it.
#[derive(Debug, Default)]
pub(super) struct Remedy {
    pub because: Vec<(ObjectRef, String)>,
    pub manifests: String,
}

/// Changes the rules of each policy that is about a workload in a direction: `fix` returns a rule as it should be, or
/// nothing where it should not be. Where there is no policy, one that allows everything is changed.
pub(super) fn narrow(
    scene: &Scene<'_>,
    workload: &Workload,
    direction: Direction,
    fix: impl Fn(&Policy, &Rule) -> Option<Rule>,
) -> Remedy {
    let policies = scene.cluster.policies.iter().filter(|policy| policy.selects(workload, direction));
    let policies: Vec<&Policy> = policies.collect();
    let mut remedy = Remedy::default();
    if policies.is_empty() {
        let open = isolating(workload, &[direction], Some(Rule { peers: None, ports: None }));
        let fixed = fixed(&open, direction, &fix).0;
        remedy.manifests = manifest::policy(&fixed, &Notes::default());
    }
    let mut documents = Vec::new();
    for policy in policies {
        let (fixed, changed) = fixed(policy, direction, &fix);
        if !changed.is_empty() {
            let rules: Vec<_> = changed.iter().map(|index| format!("spec.{direction}[{index}]")).collect();
            remedy.because.push((policy.object.clone(), rules.join(", ")));
            documents.push(manifest::policy(&fixed, &Notes::default()));
        }
    }
    if !documents.is_empty() {
        remedy.manifests = documents.join("---\n");
    }
    remedy
}

/// A policy that is about a workload alone, and allows nothing, or what one rule allows.
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

/// A rule with those of its ports that are among `keep`; nothing where none is left. Names are those of `workload`.
pub(super) fn keep_ports(rule: &Rule, workload: Option<&Workload>, keep: &Ports) -> Option<Rule> {
    let ranges = |ports: &Ports| ports.iter().map(PolicyPort::Range).collect::<Vec<_>>();
    let ports = match &rule.ports {
        None if keep.is_all() => return Some(rule.clone()),
        None => ranges(keep),
        Some(ports) => {
            let of = |port: &PolicyPort| match port {
                PolicyPort::Range(range) => {
                    ranges(&[*range].into_iter().collect::<Ports>().intersection(keep))
                }
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

/// A rule with those of its peers that `keep` holds for, everyone being any pod and any address; nothing where none is
/// left.
pub(super) fn keep_peers(rule: &Rule, keep: impl Fn(&Peer) -> Option<Peer>) -> Option<Rule> {
    let everyone = [any_pod(), any_address("0.0.0.0/0"), any_address("::/0")];
    let everyone: Vec<Peer> = everyone.into_iter().flatten().collect();
    let peers = rule.peers.as_ref().unwrap_or(&everyone);
    let kept: Vec<Peer> = peers.iter().filter_map(&keep).collect();
    match &rule.peers {
        None if kept == everyone => Some(rule.clone()),
        _ => (!kept.is_empty()).then(|| Rule { peers: Some(kept), ..rule.clone() }),
    }
}

/// One port or a few, of TCP.
pub(super) fn tcp(ports: &[u16]) -> Ports {
    ports.iter().map(|port| PortRange::one(crate::ports::Protocol::Tcp, *port)).collect()
}

fn any_pod() -> Option<Peer> {
    Some(Peer::Pods(Pods { namespaces: Some(Selector::default()), pods: Selector::default() }))
}

fn any_address(block: &str) -> Option<Peer> {
    let range = crate::address::Range::block(block).ok()?;
    Some(Peer::Block(Block { range, except: Vec::new() }))
}

/// A policy with its rules changed, and the indexes of those that are.
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

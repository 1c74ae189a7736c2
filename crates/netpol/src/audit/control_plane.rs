//! Finding 4: workloads that reach the control plane, the Kubernetes API, nodes or metadata services.

use super::facts::{Facts, Role};
use super::finding::{Code, Finding, Severity};
use super::options::Options;
use super::remedy::{Remedy, keep_peers, keep_ports, narrow, tcp};
use super::scene::{Scene, describe_ports, join};
use crate::address::{Family, Range};
use crate::model::{Block, Direction, Peer, Workload};
use crate::ports::Ports;
use crate::reach::Node;

/// Metadata services of clouds: link-local addresses, and those of Alibaba Cloud, Azure and, over IPv6, AWS.
const METADATA: [&str; 5] =
    ["169.254.0.0/16", "100.100.100.200/32", "168.63.129.16/32", "fd00:ec2::254/128", "fe80::/10"];

/// The usual addresses of nodes and of the Kubernetes API.
const PRIVATE: [&str; 5] = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];

/// Ports of istiod: debugging, ControlZ, plaintext xDS, metrics, webhooks. A proxy needs only 15012.
const ISTIOD: [u16; 5] = [8080, 9876, 15010, 15014, 15017];

/// The metrics of istiod.
const ISTIOD_METRICS: u16 = 15014;

/// Returns the ranges that this finding distinguishes.
pub(super) fn cuts(options: &Options) -> Vec<Range> {
    [blocks(&METADATA), blocks(&PRIVATE), options.api_server.clone(), options.nodes.clone()].concat()
}

fn blocks(texts: &[&str]) -> Vec<Range> {
    texts.iter().filter_map(|text| Range::block(text).ok()).collect()
}

/// Addresses that workloads should not reach.
struct Guarded<'g> {
    what: &'g str,
    impact: &'g str,
    ranges: Vec<Range>,
    /// True if a workload may reach a few of the addresses: they may be those of another service.
    few: bool,
}

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    let guarded = guarded(scene.options);
    for (class, facts) in scene.isolated(Direction::Egress) {
        for guarded in &guarded {
            // istiod watches the Kubernetes API.
            if facts.role == Role::Subject || guarded.what == "metadata services" {
                addresses(scene, class, guarded, found);
            }
        }
        if facts.role == Role::Subject {
            pods(scene, class, facts, found);
        }
    }
    plaintext(scene, found);
}

fn guarded(options: &Options) -> Vec<Guarded<'static>> {
    let guard =
        |what, impact, ranges: &[Range]| Guarded { what, impact, ranges: ranges.to_vec(), few: false };
    let metadata = "an attacker in the pod can get the credentials of its node";
    let mut guarded = vec![guard("metadata services", metadata, &blocks(&METADATA))];
    let api = "an attacker in the pod can use its token, and vulnerabilities of the API server, against the cluster";
    let nodes = "an attacker in the pod can reach the kubelet and every service of the nodes";
    if !options.api_server.is_empty() {
        guarded.push(guard("the Kubernetes API", api, &options.api_server));
    }
    if !options.nodes.is_empty() {
        guarded.push(guard("nodes", nodes, &options.nodes));
    }
    if options.api_server.is_empty() && options.nodes.is_empty() {
        let what = "private addresses, where nodes and the Kubernetes API are";
        guarded.push(Guarded { few: true, ..guard(what, nodes, &blocks(&PRIVATE)) });
    }
    guarded
}

fn addresses(scene: &Scene<'_>, class: usize, guarded: &Guarded<'_>, found: &mut Vec<Finding>) {
    let is_guarded = |range: &Range| guarded.ranges.iter().any(|guarded| guarded.contains(range));
    let metadata = |range: &Range| guarded.few && blocks(&METADATA).iter().any(|other| other.contains(range));
    let mut ports = Ports::default();
    let mut ranges = Vec::new();
    for (range, reached) in scene.reach.addresses(class, Direction::Egress, false) {
        if is_guarded(&range) && !metadata(&range) && !is_local_dns(&range, &reached) {
            ranges.push(range);
            ports = ports.union(&reached);
        }
    }
    let few = |range: &Range| range.width() <= if range.family == Family::V4 { 8 } else { 64 };
    let ranges: Vec<Range> = join(ranges).into_iter().filter(|range| !guarded.few || !few(range)).collect();
    // The best known address is the clearest in a message.
    let known = |range: &&Range| Range::address("169.254.169.254").is_ok_and(|known| range.contains(&known));
    let Some(first) = ranges.iter().find(known).or(ranges.first()) else { return };
    let ports = describe_ports(&ports);
    for workload in scene.reach.members(class) {
        let remedy = without(scene, workload, &guarded.ranges);
        let message = format!("`{}` may reach {ports} of {} ({first})", workload.name(), guarded.what);
        let object = &workload.object;
        found.push(remedy.finding(Code::ControlPlaneReach, Severity::High, object, message, guarded.impact));
    }
}

/// Returns true for the DNS cache of nodes, which has a fixed link-local address.
fn is_local_dns(range: &Range, ports: &Ports) -> bool {
    let dns = ports.iter().all(|range| (range.first, range.last) == (53, 53));
    dns && Range::address("169.254.20.10").is_ok_and(|cache| cache == *range)
}

/// Removes some addresses: blocks inside them are removed, and larger blocks except them.
fn without(scene: &Scene<'_>, workload: &Workload, ranges: &[Range]) -> Remedy {
    let keep = |peer: &Peer| match peer {
        Peer::Block(block) if ranges.iter().any(|range| range.contains(&block.range)) => None,
        Peer::Block(block) => {
            let inside = ranges.iter().filter(|range| block.range.contains(range));
            let more = inside.filter(|range| !block.except.iter().any(|except| except.contains(range)));
            let except = block.except.iter().chain(more).copied().collect();
            Some(Peer::Block(Block { except, ..block.clone() }))
        }
        Peer::Pods(_) => Some(peer.clone()),
    };
    narrow(scene, workload, Direction::Egress, |_, rule| keep_peers(rule, keep))
}

/// Finds workloads that reach pods of the control plane.
fn pods(scene: &Scene<'_>, class: usize, facts: &Facts, found: &mut Vec<Finding>) {
    let destinations = scene.reach.destinations(class);
    for (to, other) in scene.classes() {
        let dangerous = match other.role {
            Role::Istiod if facts.monitoring => tcp(&ISTIOD).minus(&tcp(&[ISTIOD_METRICS])),
            Role::Istiod => tcp(&ISTIOD),
            Role::Kubernetes => Ports::all(),
            _ => continue,
        };
        if !destinations.contains(&Node::Class(to)) {
            continue;
        }
        let ports = scene.reach.ports(Node::Class(class), Node::Class(to)).intersection(&dangerous);
        if ports.is_empty() {
            continue;
        }
        let Some(target) = scene.reach.members(to).next() else { continue };
        for workload in scene.reach.members(class) {
            let keep = Ports::all().minus(&dangerous);
            let remedy = narrow(scene, workload, Direction::Egress, |policy, rule| {
                let is = |peer: &Peer| scene.cluster.is_peer(peer, policy.namespace(), target);
                match &rule.peers {
                    Some(peers) if !peers.iter().any(is) => Some(rule.clone()),
                    _ => keep_ports(rule, None, &keep),
                }
            });
            let (name, ports) = (workload.name(), describe_ports(&ports));
            let message = format!("`{name}` may reach {ports} of `{}`", target.name());
            let impact = "an attacker in the pod can read what the control plane sends to other proxies";
            let object = &workload.object;
            found.push(remedy.finding(Code::ControlPlaneReach, Severity::High, object, message, impact));
        }
    }
}

/// Finds pods that reach the plaintext xDS of istiod, which does not authenticate its clients.
fn plaintext(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    let xds = tcp(&[15010]);
    let keep = Ports::all().minus(&xds);
    for (class, _) in scene.isolated(Direction::Ingress).filter(|(_, facts)| facts.role == Role::Istiod) {
        let Some((names, _)) = scene.describe(&scene.sources(class, &xds)) else { continue };
        for workload in scene.reach.members(class) {
            let remedy = narrow(scene, workload, Direction::Ingress, |_, rule| {
                keep_ports(rule, Some(workload), &keep)
            });
            let message = format!("{names} may reach {xds} of `{}`", workload.name());
            let impact = "an attacker there can read the configuration of every proxy without a certificate";
            let object = &workload.object;
            found.push(remedy.finding(Code::ControlPlaneReach, Severity::High, object, message, impact));
        }
    }
}

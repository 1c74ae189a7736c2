//! 3: egress that lets data out.

use super::finding::{Code, Finding, Severity};
use super::remedy::{keep_peers, narrow};
use super::scene::{Scene, join, spoken};
use crate::address::{Family, Range};
use crate::model::{Cluster, Direction, Peer, Workload};
use crate::ports::Ports;
use crate::reach::Node;

/// Addresses that are not the Internet's: what is private, of the link, of the host, or of no one.
const INTERNAL: [&str; 12] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "224.0.0.0/3",
    "::/127",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
];

/// More addresses than this, as bits, are more than a service has: a /16, and a /48 of IPv6.
fn is_broad(range: &Range) -> bool {
    range.width() > if range.family == Family::V4 { 16 } else { 80 }
}

/// Where ranges end that behave otherwise for this finding.
pub(super) fn cuts(cluster: &Cluster) -> Vec<Range> {
    let entries = cluster.mesh.entries.iter().flat_map(|entry| entry.ranges.iter().copied());
    internal().chain(entries).collect()
}

fn internal() -> impl Iterator<Item = Range> {
    INTERNAL.into_iter().filter_map(|block| Range::block(block).ok())
}

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    for (class, _) in scene.held(Direction::Egress) {
        let (ranges, ports) = broad(scene, class);
        if ranges.is_empty() {
            continue;
        }
        // To send what the mesh sends out is what an egress gateway is for.
        let egress_gateway =
            |workload: &&Workload| workload.labels.get("istio").is_some_and(|label| label == "egressgateway");
        let senders = scene.reach.members(class).filter(|workload| !egress_gateway(workload));
        found.extend(senders.map(|workload| finding(scene, workload, &ranges, &ports)));
    }
}

/// The addresses of the Internet that a class may send to, where they are many, and the ports.
fn broad(scene: &Scene<'_>, class: usize) -> (Vec<Range>, Ports) {
    let known = scene.cluster.mesh.entries.iter().flat_map(|entry| entry.ranges.iter().copied());
    let passed_over: Vec<Range> = internal().chain(known).collect();
    let (mut ranges, mut ports) = (Vec::new(), Ports::default());
    for node in scene.reach.destinations(class) {
        let Node::Range(index) = node else { continue };
        let sent = scene.reach.ports(Node::Class(class), node);
        let range = scene.reach.ranges().get(index).copied();
        let range = range.filter(|range| !passed_over.iter().any(|other| other.contains(range)));
        if let Some(range) = range.filter(|_| !sent.is_empty()) {
            ranges.push(range);
            ports = ports.union(&sent);
        }
    }
    (join(ranges).into_iter().filter(is_broad).collect(), ports)
}

fn finding(scene: &Scene<'_>, workload: &Workload, ranges: &[Range], ports: &Ports) -> Finding {
    let keep = |peer: &Peer| match peer {
        Peer::Block(block) if ranges.iter().any(|range| range.overlaps(&block.range)) => None,
        peer => Some(peer.clone()),
    };
    let remedy = narrow(scene, workload, Direction::Egress, |_, rule| keep_peers(rule, keep));
    let first = ranges.first().map(ToString::to_string).unwrap_or_default();
    let more = match ranges.len().saturating_sub(1) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let ports = spoken(ports);
    Finding {
        code: Code::OpenEgress,
        severity: Severity::High,
        object: workload.object.clone(),
        message: format!("`{}` may send to {ports} of the Internet ({first}{more})", workload.name()),
        impact: "whoever takes it over sends out what it knows, and fetches tools and orders".to_owned(),
        because: remedy.because,
        remedy: format!("# add a block for each service outside that it needs\n{}", remedy.manifests),
    }
}

//! Finding 3: egress to large parts of the Internet.

use super::finding::{Code, Finding, Severity};
use super::remedy::{keep_peers, narrow};
use super::scene::{Scene, describe_ports, describe_ranges, join};
use crate::address::{Family, Range};
use crate::model::{Cluster, Direction, Peer, Workload};
use crate::ports::Ports;

/// Addresses that are not part of the Internet: private, link-local, loopback, multicast and reserved ones.
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

/// Returns true if a range has more addresses than a service: more than a /16, or a /48 of IPv6.
fn is_broad(range: &Range) -> bool {
    range.width() > if range.family == Family::V4 { 16 } else { 80 }
}

/// Returns the ranges that this finding distinguishes.
pub(super) fn cuts(cluster: &Cluster) -> Vec<Range> {
    let entries = cluster.mesh.entries.iter().flat_map(|entry| entry.ranges.iter().copied());
    internal().chain(entries).collect()
}

fn internal() -> impl Iterator<Item = Range> {
    INTERNAL.into_iter().filter_map(|block| Range::block(block).ok())
}

const IMPACT: &str = "an attacker in the pod can send data out, and download tools and commands";

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    for (class, _) in scene.isolated(Direction::Egress) {
        let (ranges, ports) = broad(scene, class);
        if ranges.is_empty() {
            continue;
        }
        // The purpose of an egress gateway is to send the traffic of the mesh out.
        let egress_gateway =
            |workload: &&Workload| workload.labels.get("istio").is_some_and(|label| label == "egressgateway");
        let senders = scene.reach.members(class).filter(|workload| !egress_gateway(workload));
        found.extend(senders.map(|workload| finding(scene, workload, &ranges, &ports)));
    }
}

/// Returns the large ranges of the Internet that a class may send to, and the ports.
fn broad(scene: &Scene<'_>, class: usize) -> (Vec<Range>, Ports) {
    let known = scene.cluster.mesh.entries.iter().flat_map(|entry| entry.ranges.iter().copied());
    let skipped: Vec<Range> = internal().chain(known).collect();
    let (mut ranges, mut ports) = (Vec::new(), Ports::default());
    for (range, sent) in scene.reach.addresses(class, Direction::Egress, false) {
        if !skipped.iter().any(|other| other.contains(&range)) {
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
    let (ports, ranges) = (describe_ports(ports), describe_ranges(ranges));
    let message = format!("`{}` may send to {ports} of the Internet ({ranges})", workload.name());
    let remedy = remedy.with_comment("add a block for each service outside that it needs");
    remedy.finding(Code::OpenEgress, Severity::High, &workload.object, message, IMPACT)
}

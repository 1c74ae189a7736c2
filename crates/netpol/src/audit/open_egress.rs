//! 3: egress that lets data out.

use super::finding::{Code, Finding, Severity};
use super::remedy::{keep_peers, narrow};
use super::scene::{Scene, join};
use crate::address::{Family, Range};
use crate::model::{Cluster, Direction, Peer};
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
    let internal: Vec<Range> = internal().collect();
    let known: Vec<Range> =
        scene.cluster.mesh.entries.iter().flat_map(|entry| entry.ranges.clone()).collect();
    let passed_over = |range: &Range| internal.iter().chain(&known).any(|other| other.contains(range));
    for (class, _) in scene.held(Direction::Egress) {
        let mut ports = Ports::default();
        let mut ranges = Vec::new();
        for node in scene.reach.destinations(class) {
            let Node::Range(index) = node else { continue };
            let range = scene.reach.ranges().get(index).copied().filter(|range| !passed_over(range));
            let of = scene.reach.ports(Node::Class(class), node);
            if let Some(range) = range.filter(|_| !of.is_empty()) {
                ranges.push(range);
                ports = ports.union(&of);
            }
        }
        let broad: Vec<Range> = join(ranges).into_iter().filter(is_broad).collect();
        let Some(first) = broad.first() else { continue };
        let egress_gateway = |label: Option<&String>| label.is_some_and(|label| label == "egressgateway");
        for workload in scene.reach.members(class) {
            // To send what the mesh sends out is what it is for.
            if egress_gateway(workload.labels.get("istio")) {
                continue;
            }
            let keep = |peer: &Peer| match peer {
                Peer::Block(block)
                    if broad.iter().any(|range| range.overlaps(&block.range)) && is_broad(&block.range) =>
                {
                    None
                }
                peer => Some(peer.clone()),
            };
            let remedy = narrow(scene, workload, Direction::Egress, |_, rule| keep_peers(rule, keep));
            found.push(Finding {
                code: Code::OpenEgress,
                severity: Severity::High,
                object: workload.object.clone(),
                message: format!(
                    "`{}` may send to {} of the Internet ({first}{})",
                    workload.name(),
                    if ports.is_all() { "every port".to_owned() } else { ports.to_string() },
                    if broad.len() > 1 {
                        format!(" and {} more ranges", broad.len() - 1)
                    } else {
                        String::new()
                    },
                ),
                gain: "whoever takes it over sends out what it knows, and fetches tools and orders"
                    .to_owned(),
                because: remedy.because,
                remedy: format!("# add a block for each service outside that it needs\n{}", remedy.manifests),
            });
        }
    }
}

//! 6: ports that administer proxies, reachable from elsewhere than their own pod.

use super::finding::{Code, Finding, Severity};
use super::remedy::{keep_ports, narrow, tcp};
use super::scene::{Scene, spoken};
use crate::model::{Direction, Injection};
use crate::ports::Ports;
use crate::reach::Node;

/// Envoy's administration, istio-agent's debug interface, and the ports that the sidecar's own redirection uses.
const PORTS: [u16; 5] = [15000, 15001, 15004, 15006, 15053];

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    let admin = tcp(&PORTS);
    for (class, facts) in scene.held(Direction::Ingress) {
        if !matches!(facts.injection, Injection::Sidecar | Injection::Gateway) {
            continue;
        }
        let sources = scene.sources(class, &admin);
        if sources.is_empty() {
            continue;
        }
        let ports = spoken(&sources.iter().fold(Ports::default(), |all, (_, ports)| all.union(ports)));
        let nodes: Vec<Node> = sources.iter().map(|(node, _)| *node).collect();
        let names = scene.names(&nodes);
        for workload in scene.reach.members(class) {
            let keep = Ports::all().minus(&admin);
            let remedy = narrow(scene, workload, Direction::Ingress, |_, rule| {
                keep_ports(rule, Some(workload), &keep)
            });
            found.push(Finding {
                code: Code::AdminPort,
                severity: Severity::High,
                object: workload.object.clone(),
                message: format!(
                    "{names} may reach {ports} of `{}`, where its proxy is administered",
                    workload.name()
                ),
                impact:
                    "whoever gets there reads the proxy's configuration and secrets, drains it, or stops it"
                        .to_owned(),
                because: remedy.because,
                remedy: remedy.manifests,
            });
        }
    }
}

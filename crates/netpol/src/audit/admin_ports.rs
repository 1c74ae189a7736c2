//! Finding 6: admin ports of proxies that other pods or addresses reach.

use super::finding::{Code, Finding, Severity};
use super::remedy::{keep_ports, narrow, tcp};
use super::scene::Scene;
use crate::model::{Direction, Injection};
use crate::ports::Ports;

/// The admin interface of Envoy, the debug interface of istio-agent, and the ports to which the sidecar redirects traffic.
const PORTS: [u16; 5] = [15000, 15001, 15004, 15006, 15053];

const IMPACT: &str =
    "an attacker there can read the configuration and the secrets of the proxy, drain it or stop it";

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    let admin = tcp(&PORTS);
    let keep = Ports::all().minus(&admin);
    for (class, facts) in scene.isolated(Direction::Ingress) {
        let has_proxy = matches!(facts.injection, Injection::Sidecar | Injection::Gateway);
        let sources = if has_proxy { scene.sources(class, &admin) } else { Vec::new() };
        let Some((names, ports)) = scene.describe(&sources) else { continue };
        for workload in scene.reach.members(class) {
            let remedy = narrow(scene, workload, Direction::Ingress, |_, rule| {
                keep_ports(rule, Some(workload), &keep)
            });
            let message =
                format!("{names} may reach {ports} of `{}`, the admin ports of its proxy", workload.name());
            found.push(remedy.finding(Code::AdminPort, Severity::High, &workload.object, message, IMPACT));
        }
    }
}

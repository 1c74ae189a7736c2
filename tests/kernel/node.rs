//! The node: the links to its pods and out of the cluster, and the rules between them.

use crate::manifests::Policy;
use crate::nft;
use crate::place::Place;
use crate::pod::{Outcome, Pod};
use anyhow::{Context, Result, ensure};
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, Stdio};

/// The node and its pods.
#[derive(Debug)]
pub struct Node {
    places: Vec<Place>,
    pods: Vec<Pod>,
}

impl Node {
    /// Starts the pods and connects them to the node, without rules. The last place is outside the cluster and has
    /// these further addresses.
    pub fn start(places: Vec<Place>, outside: &[Ipv4Addr]) -> Result<Self> {
        // No rate limit for ICMP: every rejection is reported.
        for (setting, value) in [("ip_forward", "1"), ("icmp_ratemask", "0")] {
            std::fs::write(format!("/proc/sys/net/ipv4/{setting}"), value).context(setting)?;
        }
        let mut pods = Vec::new();
        for place in &places {
            let mut pod = Pod::start()?;
            join(place, &mut pod).with_context(|| place.name)?;
            pods.push(pod);
        }
        let (place, pod) = places.last().zip(pods.last_mut()).context("no pods")?;
        for address in outside {
            pod.ip(&format!("address add {address}/32 dev lo"))?;
            ip(&format!("route add {address}/32 via {}", place.address))?;
        }
        Ok(Self { places, pods })
    }

    /// Enforces these policies, and no others.
    pub fn enforce(&self, policies: &[Policy]) -> Result<()> {
        let inside = self.places.iter().filter(|place| !place.namespace.is_empty()).cloned();
        let rules = nft::ruleset(&inside.collect::<Vec<_>>(), policies);
        let mut command = Command::new("nft");
        let mut child = command.args(["-f", "-"]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        child.stdin.take().context("no input")?.write_all(rules.as_bytes())?;
        let output = child.wait_with_output()?;
        ensure!(output.status.success(), "{}\n{rules}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    }

    /// Returns the places.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// Returns the address of a place.
    pub fn address(&self, name: &str) -> Result<Ipv4Addr> {
        let place = self.places.iter().find(|place| place.name == name);
        Ok(place.with_context(|| format!("there is no {name}"))?.address)
    }

    /// Returns the pod of a place.
    pub fn pod(&mut self, name: &str) -> Result<&mut Pod> {
        let index = self.places.iter().position(|place| place.name == name);
        index.and_then(|index| self.pods.get_mut(index)).with_context(|| format!("there is no {name}"))
    }

    /// Opens connections to these addresses, and returns the outcomes.
    pub fn connect(&mut self, from: &str, to: &[SocketAddr]) -> Result<Vec<Outcome>> {
        let outcomes = self.pod(from)?.connect(to)?;
        ensure!(outcomes.len() == to.len(), "{from} answers {} of {}", outcomes.len(), to.len());
        Ok(outcomes)
    }
}

/// Creates the veth pair of a pod.
fn join(place: &Place, pod: &mut Pod) -> Result<()> {
    let (link, number) = (place.link(), place.number);
    ip(&format!("link add {link} type veth peer name eth0 netns {}", pod.id()))?;
    ip(&format!("address add 10.244.{number}.1/30 dev {link}"))?;
    ip(&format!("link set {link} up"))?;
    pod.ip("link set lo up")?;
    pod.ip(&format!("address add {}/30 dev eth0", place.address))?;
    pod.ip("link set eth0 up")?;
    pod.ip(&format!("route add default via 10.244.{number}.1"))
}

fn ip(arguments: &str) -> Result<()> {
    let output = Command::new("ip").args(arguments.split(' ')).output()?;
    ensure!(output.status.success(), "ip {arguments}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

//! The service graph, the input of `ringfence netpol generate`. Here it defines the allowed connections.

use anyhow::{Context, Result, bail};
use serde::Deserialize;

pub(crate) const INGRESS_PORT: u16 = 10000;

#[derive(Debug, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) spec: Graph,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Graph {
    pub(crate) services: Vec<Service>,
}

/// A service and its allowed callers.
#[derive(Debug, Deserialize)]
pub(crate) struct Service {
    pub(crate) name: String,
    ports: Vec<u16>,
    from: Vec<String>,
}

impl Service {
    /// Returns the port of its sidecar.
    pub(crate) fn port(&self) -> u16 {
        self.ports.first().copied().unwrap_or_default()
    }
}

impl Graph {
    /// Returns true if `from` may connect to the service `to`.
    pub(crate) fn has_edge(&self, from: &str, to: &str) -> bool {
        self.services.iter().any(|service| service.name == to && service.from.iter().any(|name| name == from))
    }

    /// Returns the path that reaches a service through its callers, such as `/via/reviews:9080` for a service that only
    /// productpage calls.
    pub(crate) fn route(&self, name: &str) -> Result<String> {
        let mut route = String::new();
        let mut at = name;
        for _ in &self.services {
            let service = self.services.iter().find(|service| service.name == at);
            let service = service.with_context(|| format!("the graph has no service {at}"))?;
            let caller = service.from.first().with_context(|| format!("{at} has no callers"))?;
            if caller == "ingress" {
                return Ok(route);
            }
            route = format!("/via/{at}:{}{route}", service.port());
            at = caller;
        }
        bail!("the ingress cannot reach {name}")
    }
}

#[cfg(test)]
mod tests {
    use super::Graph;
    use super::Manifest;
    use crate::client::document;

    const GRAPH: &str = "spec: {services: [{name: a, ports: [1], from: [ingress]}, {name: b, ports: [2], from: [a]}, \
        {name: c, ports: [3], from: [b]}, {name: d, ports: [4], from: [e]}, {name: e, ports: [5], from: [d]}]}";

    fn graph() -> Graph {
        document::parse::<Manifest>(GRAPH).unwrap().spec
    }

    #[test]
    fn a_route_leads_through_the_callers() {
        let graph = graph();
        assert_eq!(graph.route("a").unwrap(), "");
        assert_eq!(graph.route("c").unwrap(), "/via/b:2/via/c:3");
        assert!(graph.route("d").is_err() && graph.route("x").is_err());
    }

    #[test]
    fn an_edge_has_a_direction() {
        let graph = graph();
        assert!(graph.has_edge("a", "b") && !graph.has_edge("b", "a") && !graph.has_edge("a", "c"));
    }
}

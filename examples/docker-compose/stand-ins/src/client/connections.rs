//! The connections between the parts: those of the service graph must succeed, all others must fail.

use super::graph::{Graph, INGRESS_PORT};
use super::world::World;
use crate::{keys, service};
use anyhow::Result;
use cases::Row;

/// An address for documentation (RFC 5737), in place of one on the internet.
const OUTSIDE: &str = "192.0.2.1";

/// The caller that is not a service.
const CLIENT: &str = "client";

/// The target of a connection.
#[derive(Debug, Clone)]
struct Place {
    name: String,
    port: u16,
    /// Its addresses on all networks: a connection that fails by name may succeed by address.
    addresses: Vec<String>,
}

/// A connection and whether it must succeed.
struct Attempt<'g> {
    /// The name of a service, or [`CLIENT`].
    from: &'g str,
    to: Place,
    expected: bool,
}

/// Tries every connection, and returns a row for each.
pub(super) fn run(graph: &Graph, world: &World) -> Result<Vec<Row>> {
    let attempts = attempts(graph, places(graph, world)?);
    // In parallel, because most of them end with a timeout.
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            attempts.iter().map(|attempt| scope.spawn(|| attempt.row(graph, world))).collect();
        let ended = |_| anyhow::anyhow!("an attempt panicked");
        threads.into_iter().map(|thread| thread.join().map_err(ended)?).collect()
    })
}

fn attempts(graph: &Graph, places: Vec<Place>) -> Vec<Attempt<'_>> {
    let mut attempts = Vec::new();
    for from in graph.services.iter().map(|service| service.name.as_str()) {
        for to in places.iter().filter(|to| to.name != from) {
            let expected = graph.has_edge(from, &to.name);
            attempts.push(Attempt { from, to: to.clone(), expected });
            if expected {
                // Past the sidecar, directly to the service.
                attempts.push(Attempt {
                    from,
                    to: Place { port: service::PORT, ..to.clone() },
                    expected: false,
                });
            }
        }
        let outside = Place { name: OUTSIDE.to_owned(), port: 443, addresses: vec![OUTSIDE.to_owned()] };
        attempts.push(Attempt { from, to: outside, expected: false });
    }
    for to in places {
        let expected = matches!(to.name.as_str(), "ingress" | "keys");
        attempts.push(Attempt { from: CLIENT, to, expected });
    }
    attempts
}

impl Attempt<'_> {
    fn row(&self, graph: &Graph, world: &World) -> Result<Row> {
        let by_name = self.reached(graph, world, &self.to.name)?;
        let mut by_address = false;
        for address in &self.to.addresses {
            by_address |= self.reached(graph, world, address)?;
        }
        let outcomes = [("by name", by_name), ("by address", by_address)];
        let wrong = outcomes.iter().filter(|(_, reached)| *reached != self.expected);
        let differences = wrong.map(|(how, _)| format!("{how}: expected {}", word(self.expected))).collect();
        let to = format!("{}:{}", self.to.name, self.to.port);
        let cells = vec![self.from.to_owned(), to, word(by_name), word(by_address)];
        Ok(Row { cells, differences })
    }

    fn reached(&self, graph: &Graph, world: &World, host: &str) -> Result<bool> {
        let place = format!("{host}:{}", self.to.port);
        if self.from == CLIENT {
            return Ok(service::connect(&place).is_ok());
        }
        Ok(world.reach(graph, self.from, &place)?.text("x-reached") == "yes")
    }
}

fn word(reached: bool) -> String {
    if reached { "reached" } else { "not reached" }.to_owned()
}

/// Returns services, ingress and key server with their addresses, which services and key server report themselves.
fn places(graph: &Graph, world: &World) -> Result<Vec<Place>> {
    let mut places = Vec::new();
    for service in &graph.services {
        let own = format!("127.0.0.1:{}", service::PORT);
        let addresses = world.reach(graph, &service.name, &own)?.text("x-addresses");
        places.push(place(&service.name, service.port(), &addresses)?);
    }
    places.push(place("keys", keys::PORT, &keys::get(world.keys, "/addresses")?)?);
    // Envoy does not report its addresses; tests/files.rs checks that it listens on this one only.
    places.push(place("ingress", INGRESS_PORT, &world.ingress.ip().to_string())?);
    Ok(places)
}

fn place(name: &str, port: u16, addresses: &str) -> Result<Place> {
    anyhow::ensure!(!addresses.is_empty(), "{name} reports no addresses");
    Ok(Place { name: name.to_owned(), port, addresses: addresses.split(',').map(str::to_owned).collect() })
}

#[cfg(test)]
mod tests {
    use super::{CLIENT, Place, attempts};
    use crate::client::document;
    use crate::client::graph::Manifest;

    #[test]
    fn every_pair_is_tried_and_only_edges_are_allowed() {
        let graph =
            "spec: {services: [{name: a, ports: [1], from: [ingress]}, {name: b, ports: [2], from: [a]}]}";
        let graph = document::parse::<Manifest>(graph).unwrap().spec;
        let place = |name: &str| Place { name: name.to_owned(), port: 9, addresses: Vec::new() };
        let attempts = attempts(&graph, ["a", "b", "ingress", "keys"].map(place).to_vec());
        let open: Vec<_> = attempts.iter().filter(|attempt| attempt.expected).collect();
        let open: Vec<_> = open.iter().map(|attempt| (attempt.from, attempt.to.name.as_str())).collect();
        assert_eq!(open, [("a", "b"), (CLIENT, "ingress"), (CLIENT, "keys")]);
        let of = |from: &str| attempts.iter().filter(|attempt| attempt.from == from).count();
        // The other parts, the internet, and past the sidecar for each edge.
        assert_eq!((of("a"), of("b"), of(CLIENT)), (5, 4, 4));
    }
}

//! Compares the engine with the specification on random small clusters.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod specification;
mod strategies;

use netpol::address::Range;
use netpol::matrix::{Matrix, Name};
use netpol::model::Cluster;
use netpol::ports::Protocol;
use netpol::reach::{Node, Party, Reach, verdict};
use proptest::prelude::*;
use specification::{Oracle, Other};
use strategies::{World, world};

/// The tested addresses: inside, next to and outside the blocks of the strategies.
const ADDRESSES: [&str; 7] =
    ["0.0.0.0", "10.0.0.1", "10.1.2.3", "10.255.255.255", "192.0.2.7", "2001:db8::1", "fe80::1"];
const PORTS: [u16; 7] = [1, 53, 80, 81, 90, 8080, 65535];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_engine_agrees_with_the_specification(world in world()) {
        let cluster = netpol::read([("world.yaml", world.manifests())]).unwrap();
        let reach = Reach::new(&cluster);
        let matrix = Matrix::of_workloads(&reach);
        let engine = Engine { reach: &reach, matrix: &matrix };
        let oracle = Oracle { namespaces: &world.namespaces, policies: &world.policies };
        for from in &world.pods {
            for to in &world.pods {
                if from.metadata.name == to.metadata.name && from.metadata.namespace == to.metadata.namespace {
                    continue;
                }
                compare(&world, &engine, &oracle, Other::Pod(from), Other::Pod(to))?;
            }
            for address in ADDRESSES {
                let address = Other::Address(address.parse().unwrap());
                compare(&world, &engine, &oracle, Other::Pod(from), address)?;
                compare(&world, &engine, &oracle, address, Other::Pod(from))?;
            }
        }
    }
}

/// The three ways in which the engine decides.
struct Engine<'e> {
    reach: &'e Reach<'e>,
    matrix: &'e Matrix,
}

fn compare(
    world: &World,
    engine: &Engine<'_>,
    oracle: &Oracle<'_>,
    from: Other<'_>,
    to: Other<'_>,
) -> Result<(), TestCaseError> {
    let Engine { reach, matrix } = engine;
    let ports = reach.ports(node(reach, from), node(reach, to));
    let is = |name: &Name, end: Other<'_>| match (name, end) {
        (Name::Workload(name), Other::Pod(_)) => **name == *end.to_string(),
        (Name::Range(range), Other::Address(address)) => {
            range.contains(&Range::address(&address.to_string()).unwrap())
        }
        _ => false,
    };
    let rows: Vec<_> = matrix.rows.iter().filter(|row| is(&row.from, from) && is(&row.to, to)).collect();
    prop_assert!(rows.len() < 2, "{:#?}", rows);
    for protocol in Protocol::ALL {
        for port in PORTS {
            let expected = oracle.allows(from, to, protocol.name(), port);
            let cluster = reach.cluster();
            let query =
                verdict(cluster, party(cluster, from), party(cluster, to), protocol, port).is_allowed();
            let row = rows.iter().any(|row| row.ports.contains(protocol, port));
            let found = [ports.contains(protocol, port), query, row];
            if found != [expected; 3] {
                let asked = format!("{from} -> {to} {protocol} {port}: {expected}, the engine {found:?}");
                return Err(TestCaseError::fail(format!("{asked}\n{}", world.manifests())));
            }
        }
    }
    Ok(())
}

fn node(reach: &Reach<'_>, end: Other<'_>) -> Node {
    match end {
        Other::Pod(_) => {
            let name = end.to_string();
            let member = |class: &usize| reach.members(*class).any(|workload| workload.name() == name);
            Node::Class((0..reach.classes().len()).find(member).unwrap())
        }
        Other::Address(address) => {
            let address = Range::address(&address.to_string()).unwrap();
            let range = reach.ranges().iter().position(|range| range.contains(&address));
            Node::Range(range.unwrap())
        }
    }
}

fn party<'c>(cluster: &'c Cluster, end: Other<'_>) -> Party<'c> {
    match end {
        Other::Pod(_) => Party::Workload(cluster.workload(&end.to_string()).unwrap()),
        Other::Address(address) => Party::Address(Range::address(&address.to_string()).unwrap()),
    }
}

//! The trials. They run one after another: each enforces its own policies.

use crate::bookinfo::{self, DNS, LISTENER, PORTS, SERVICE};
use crate::cluster::{self, API, METADATA, OUTSIDE};
use crate::manifests::{self, Policy};
use crate::node::Node;
use crate::pod::Outcome;
use crate::{ambient, tree};
use anyhow::{Result, bail, ensure};
use libtest_mimic::{Arguments, Failed, Trial};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use testkit::workspace::root;

type Check = fn(&mut Node, &[Policy]) -> Result<()>;

const TRIALS: [(&str, Check); 10] = [
    ("without policies everything reaches everything", without_policies),
    ("the policies allow the graph and the plumbing, and nothing else", the_whole_matrix),
    ("a gateway that was taken over reaches productpage and nothing else", taken_over),
    ("no pod reaches the metadata server or the Kubernetes API", metadata_and_api),
    ("no pod reaches the admin port of another pod's proxy", admin_ports),
    ("names are resolved over UDP, at the cluster's servers alone", dns),
    ("requests pass the gateway and its filters to productpage", requests),
    ("the tree allows what its labels open, and nothing else", the_tree),
    ("in the ambient mesh the graph is what gets through, in tunnels", the_ambient_mesh),
    ("each file holds what it says that it stops", without_a_file),
];

/// Returns trials that do nothing, for their names.
pub fn listed(ignored: bool) -> Vec<Trial> {
    let empty = |name| Trial::test(name, || Ok(())).with_ignored_flag(ignored);
    TRIALS.map(|(name, _)| empty(name)).into()
}

/// Runs the trials on a node.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let policies = manifests::read(&root().join("examples/bookinfo/network-policies"), "")?;
    let mut node = Node::start(cluster::places(), &OUTSIDE.map(|(_, address)| address))?;
    start(&mut node)?;
    let world = Arc::new(Mutex::new((node, policies)));
    let trials = TRIALS.map(|(name, check)| {
        let world = world.clone();
        Trial::test(name, move || {
            let mut world = world.lock().map_err(|_| "a trial before it panicked")?;
            let (node, policies) = &mut *world;
            check(node, policies).map_err(|error| Failed::from(format!("{error:#}")))
        })
    });
    let arguments = Arguments { test_threads: Some(1), ..arguments.clone() };
    let conclusion = libtest_mimic::run(&arguments, trials.into());
    drop(world);
    Ok(conclusion.exit_code())
}

/// Starts the listeners of every pod, and Envoy at the gateway.
fn start(node: &mut Node) -> Result<()> {
    node.enforce(&[])?;
    let names: Vec<&str> = node.places().iter().map(|place| place.name).collect();
    for name in names {
        let ports: Vec<u16> =
            PORTS.into_iter().filter(|port| (name, *port) != ("ingress", LISTENER)).collect();
        node.pod(name)?.listen(&ports)?;
    }
    let productpage = SocketAddr::from((node.address("productpage")?, SERVICE));
    node.pod("ingress")?.envoy(productpage)
}

/// Opens all connections between all pods; the error has those that differ from `expected`.
fn matrix(node: &mut Node, expected: impl Fn(&str, &str, u16) -> bool) -> Result<()> {
    let places: Vec<(&str, Ipv4Addr)> =
        node.places().iter().map(|place| (place.name, place.address)).collect();
    let targets: Vec<(&str, Ipv4Addr)> = places.iter().copied().chain(OUTSIDE).collect();
    let mut wrong = Vec::new();
    for (from, _) in &places {
        let own =
            |to: &str| to == *from || (*from == "outside" && OUTSIDE.iter().any(|(name, _)| *name == to));
        let others = targets.iter().filter(|(to, _)| !own(to));
        let queries: Vec<(&str, SocketAddr)> = others
            .flat_map(|(to, address)| PORTS.map(|port| (*to, SocketAddr::from((*address, port)))))
            .collect();
        let addresses: Vec<SocketAddr> = queries.iter().map(|(_, address)| *address).collect();
        for ((to, address), outcome) in queries.iter().zip(node.connect(from, &addresses)?) {
            let wanted = if expected(from, to, address.port()) { Outcome::Open } else { Outcome::Denied };
            if outcome != wanted {
                wrong.push(format!("{from} -> {to} ({address}): {outcome:?}, expected {wanted:?}"));
            }
        }
    }
    ensure!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    Ok(())
}

fn without_policies(node: &mut Node, _: &[Policy]) -> Result<()> {
    node.enforce(&[])?;
    matrix(node, |_, _, _| true)
}

fn the_whole_matrix(node: &mut Node, policies: &[Policy]) -> Result<()> {
    node.enforce(policies)?;
    matrix(node, bookinfo::allowed)
}

fn the_tree(node: &mut Node, _: &[Policy]) -> Result<()> {
    node.enforce(&tree::policies()?)?;
    matrix(node, tree::allowed)
}

fn the_ambient_mesh(node: &mut Node, _: &[Policy]) -> Result<()> {
    node.enforce(&ambient::policies()?)?;
    matrix(node, ambient::allowed)
}

fn taken_over(node: &mut Node, policies: &[Policy]) -> Result<()> {
    node.enforce(policies)?;
    let mut reached = Vec::new();
    for (to, address) in services(node) {
        let addresses = PORTS.map(|port| SocketAddr::from((address, port)));
        let outcomes = node.connect("ingress", &addresses)?;
        let open = PORTS.into_iter().zip(outcomes).filter(|(_, outcome)| *outcome == Outcome::Open);
        reached.extend(open.map(|(port, _)| format!("{to}:{port}")));
    }
    ensure!(reached == ["productpage:9080"], "it reaches {reached:?}");
    Ok(())
}

/// The pods of the application, and other pods in its namespace.
fn services(node: &Node) -> Vec<(&'static str, Ipv4Addr)> {
    let plumbing = ["ingress", "istiod", "kube-dns"];
    let others = node.places().iter().filter(|place| !plumbing.contains(&place.name));
    others.map(|place| (place.name, place.address)).collect()
}

/// Returns the pods that the policies isolate.
const SELECTED: [&str; 8] =
    ["ingress", "productpage", "details", "reviews-v1", "reviews-v2", "reviews-v3", "ratings", "sleep"];

fn metadata_and_api(node: &mut Node, policies: &[Policy]) -> Result<()> {
    let targets = [(METADATA, 80), (METADATA, 443), (API, 443), (API, 6443)].map(SocketAddr::from);
    everywhere(node, policies, |_| Ok(targets.to_vec()))
}

fn admin_ports(node: &mut Node, policies: &[Policy]) -> Result<()> {
    everywhere(node, policies, |node| {
        let pods = SELECTED.iter().map(|name| node.address(name));
        let ports = |address| [15000, 15004].map(|port| SocketAddr::from((address, port)));
        Ok(pods.collect::<Result<Vec<_>>>()?.into_iter().flat_map(ports).collect())
    })
}

/// Checks that pods cannot reach these addresses with the policies, and can without.
fn everywhere(
    node: &mut Node,
    policies: &[Policy],
    targets: impl Fn(&Node) -> Result<Vec<SocketAddr>>,
) -> Result<()> {
    let targets = targets(node)?;
    for (policies, wanted) in [(&[][..], Outcome::Open), (policies, Outcome::Denied)] {
        node.enforce(policies)?;
        for from in SELECTED {
            let own = node.address(from)?;
            let others: Vec<SocketAddr> = targets.iter().copied().filter(|to| to.ip() != own).collect();
            let outcomes = node.connect(from, &others)?;
            for (to, outcome) in others.iter().zip(outcomes) {
                ensure!(outcome == wanted, "{from} -> {to}: {outcome:?}, expected {wanted:?}");
            }
        }
    }
    Ok(())
}

fn dns(node: &mut Node, policies: &[Policy]) -> Result<()> {
    node.enforce(policies)?;
    let servers = [("kube-dns", Outcome::Open), ("stranger", Outcome::Denied), ("outside", Outcome::Denied)];
    for from in SELECTED {
        for (server, wanted) in servers {
            let address = SocketAddr::from((node.address(server)?, DNS));
            let outcome = node.pod(from)?.datagram(address)?;
            ensure!(outcome == wanted, "{from} -> {server}: {outcome:?}, expected {wanted:?}");
        }
    }
    Ok(())
}

fn requests(node: &mut Node, policies: &[Policy]) -> Result<()> {
    node.enforce(policies)?;
    let gateway = SocketAddr::from((node.address("ingress")?, LISTENER));
    for (host, path, wanted) in [
        ("bookinfo.example.com", "/productpage?u=normal", (200, "pod")),
        ("bookinfo.example.com", "/ratings/0", (404, "envoy")),
        ("bookinfo.example.com", "/static/..%2fhealth", (404, "envoy")),
        ("details", "/productpage", (404, "envoy")),
    ] {
        let (status, from) = node.pod("outside")?.get(gateway, host, path)?;
        ensure!((status, from.as_str()) == wanted, "{host}{path}: {status} from {from}, expected {wanted:?}");
    }
    Ok(())
}

/// Removes one file at a time. Each removal opens a connection or breaks a required one.
fn without_a_file(node: &mut Node, policies: &[Policy]) -> Result<()> {
    let (open, denied) = (Outcome::Open, Outcome::Denied);
    let mut files: Vec<&str> = policies.iter().map(|policy| policy.file.as_str()).collect();
    files.dedup();
    for file in files {
        let rest: Vec<Policy> = policies.iter().filter(|policy| policy.file != file).cloned().collect();
        node.enforce(&rest)?;
        // A connection, and its outcome without the file.
        let (from, to, port, without) = match file {
            "00-default-deny.yaml" => ("stranger", "sleep", SERVICE, open),
            "10-dns.yaml" => ("details", "kube-dns", DNS, denied),
            "20-mesh.yaml" => ("details", "istiod", 15012, denied),
            "30-ingress.yaml" => ("ingress", "stranger", 15000, open),
            "40-productpage.yaml" => ("ingress", "productpage", SERVICE, denied),
            "40-details.yaml" => ("productpage", "details", SERVICE, denied),
            "40-reviews.yaml" => ("productpage", "reviews-v1", SERVICE, denied),
            "40-ratings.yaml" => ("reviews-v2", "ratings", SERVICE, denied),
            other => bail!("nothing is known of {other}"),
        };
        let address = SocketAddr::from((node.address(to)?, port));
        let outcome = node.connect(from, &[address])?;
        ensure!(outcome == [without], "without {file}: {from} -> {to}:{port}: {outcome:?}");
        let with = if without == open { denied } else { open };
        node.enforce(policies)?;
        let outcome = node.connect(from, &[address])?;
        ensure!(outcome == [with], "with {file}: {from} -> {to}:{port}: {outcome:?}");
    }
    Ok(())
}

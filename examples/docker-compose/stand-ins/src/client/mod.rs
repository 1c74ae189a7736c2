//! The client: it sends each request to the ingress, tries each cut, and prints what came of them.

mod cuts;
mod graph;
mod requests;

use crate::{keys, service};
use anyhow::{Context, Result};
use cases::{Row, table};
use clap::Args;
use graph::Graph;
use requests::Requests;
use serde_json::{Value, json};
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use testkit::http::{Request, Response};

/// The host that the services are asked for under.
const HOST: &str = "bookinfo.example.com";

/// How long everything may take to be ready.
const PATIENCE: Duration = Duration::from_secs(90);

/// What the client reads.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The requests, with what is expected of them.
    requests: PathBuf,
    /// The service graph, which says who may connect to whom.
    graph: PathBuf,
}

/// Runs; whether all was as expected is what it returns.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let (requests, graph) = (Requests::read(&options.requests)?, Graph::read(&options.graph)?);
    let world = World::wait(&graph)?;
    let requests = requests.send(&world)?;
    let cuts = cuts::run(&graph, &world)?;
    println!(
        "\n{}",
        table(&["request", "over", "status", "decided by", "the service saw", "as expected"], &requests)
    );
    println!("{}", table(&["from", "to", "by name", "by address", "as expected"], &cuts));
    let wrong = requests.iter().chain(&cuts).filter(|row| !row.differences.is_empty()).count();
    let (right, word) = (requests.len() + cuts.len() - wrong, if wrong == 0 { "ok" } else { "FAILED" });
    // In the words of Rust's tests: whoever counts those counts these.
    println!("test result: {word}. {right} passed; {wrong} failed; 0 ignored");
    Ok(wrong == 0)
}

/// A row with a last cell that says whether it is as expected.
fn judged(mut row: Row) -> Row {
    row.cells.push(if row.differences.is_empty() { "yes" } else { "NO" }.to_owned());
    row
}

/// Ingress and key server, when they are there.
pub(crate) struct World {
    ingress: SocketAddr,
    keys: SocketAddr,
    /// A token that may ask services to be callers.
    probe: String,
}

impl World {
    /// Waits until each service answers through its sidecar, and the ingress has the keys.
    fn wait(graph: &Graph) -> Result<Self> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let ready = Self::try_now(graph);
            match ready {
                Err(error) if Instant::now() > deadline => {
                    return Err(error.context(format!("not ready within {} s", PATIENCE.as_secs())));
                }
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
                Ok(world) => return Ok(world),
            }
        }
    }

    fn try_now(graph: &Graph) -> Result<Self> {
        let keys = first_address("keys", keys::PORT)?;
        let claims = json!({"sub": "probe", "aud": "bookinfo", "scope": "probe"});
        let probe = keys::token(keys, &claims, false)?;
        let world = Self { ingress: first_address("ingress", graph::INGRESS_PORT)?, keys, probe };
        for service in &graph.services {
            world.reach(graph, &service.name, &format!("127.0.0.1:{}", service::PORT))?;
        }
        Ok(world)
    }

    /// Has a service try a connection; the answer tells what came of it.
    fn reach(&self, graph: &Graph, from: &str, place: &str) -> Result<Response> {
        let target = format!("{}/reach/{place}", graph.route(from)?);
        let request = Request { authority: Some(HOST.as_bytes().to_vec()), ..Request::get(&target) };
        let request = request.with("authorization", &format!("Bearer {}", self.probe));
        let answer = testkit::http::http1(self.ingress, &request)?;
        let told = answer.header("x-reached");
        told.with_context(|| {
            format!("{from} does not answer {target}: {} {}", answer.status, answer.text("x-details"))
        })?;
        Ok(answer)
    }

    /// A token with these claims.
    fn token(&self, claims: &Value, forged: bool) -> Result<String> {
        keys::token(self.keys, claims, forged)
    }
}

fn first_address(name: &str, port: u16) -> Result<SocketAddr> {
    let mut addresses = (name, port).to_socket_addrs().with_context(|| format!("there is no {name}"))?;
    addresses.next().with_context(|| format!("{name} has no address"))
}

//! The servers, the spellings that they serve, and Envoy in front of them.

use crate::connection::Connection;
use crate::gateway::{Combination, Gateway, policy};
use crate::servers::{KINDS, Server};
use crate::site::{MARKER, Site};
use crate::spellings::{self, Spelling};
use anyhow::{Result, anyhow};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::thread::ScopedJoinHandle;
use testkit::http::Response;
use testkit::upstream;

/// The name of the echo upstream.
pub const ECHO: &str = "echo";

/// The state of a server.
#[derive(Debug)]
pub enum State {
    /// Running; it serves the file under these spellings.
    Serves(Vec<Spelling>),
    /// Not installed.
    LeftOut,
    /// Failed to start.
    Failed(String),
}

/// The running servers and Envoy.
#[derive(Debug)]
pub struct World {
    _servers: Vec<Server>,
    /// Every spelling.
    pub spellings: Vec<Spelling>,
    /// The states of the servers, by set-up.
    pub states: BTreeMap<&'static str, State>,
    /// The spellings that at least one server serves.
    pub served: BTreeSet<Spelling>,
    /// The spellings that Envoy forwards, for each combination of its settings.
    pub forwarded: Vec<(Combination, Vec<Spelling>)>,
    /// Envoy.
    pub gateway: Gateway,
    /// The policy of the filter.
    pub policy: String,
}

impl World {
    /// Starts the servers, sends them every spelling, and starts Envoy.
    pub fn start() -> Result<Self> {
        let (site, spellings) = (Site::create()?, spellings::all());
        let mut upstreams = vec![(ECHO, upstream::start(0)?)];
        let (mut servers, mut states) = (Vec::new(), BTreeMap::new());
        for (kind, started) in KINDS.iter().zip(start_all(&site, &spellings)) {
            match started {
                Ok(Some((server, served))) => {
                    upstreams.extend(&server.addresses);
                    states.extend(kind.setups.iter().copied().zip(served.into_iter().map(State::Serves)));
                    servers.push(server);
                }
                Ok(None) => states.extend(kind.setups.iter().map(|setup| (*setup, State::LeftOut))),
                Err(error) => {
                    let failed = |setup: &&'static str| (*setup, State::Failed(format!("{error:#}")));
                    states.extend(kind.setups.iter().map(failed));
                }
            }
        }
        let served = states.values().filter_map(|state| match state {
            State::Serves(served) => Some(served.iter().cloned()),
            _ => None,
        });
        let served = served.flatten().collect();
        let policy = policy(site.ignores_case);
        let gateway = Gateway::start(upstreams.into_iter(), &policy)?;
        let forwarded = forwarded(&gateway, &spellings)?;
        Ok(Self { _servers: servers, spellings, states, served, forwarded, gateway, policy })
    }
}

/// A server and the spellings that its set-ups serve; `None` if it is not installed.
type Started = Option<(Server, Vec<Vec<Spelling>>)>;

/// Starts every server, and sends it every spelling.
fn start_all(site: &Site, spellings: &[Spelling]) -> Vec<Result<Started>> {
    side_by_side(&KINDS, |kind| {
        let Some(server) = kind.start(site)? else { return Ok(None) };
        let served = side_by_side(&server.addresses, |(_, address)| Ok(served(*address, spellings)));
        Ok(Some((server, served.into_iter().collect::<Result<_>>()?)))
    })
}

/// Runs a function for each item in its own thread.
pub fn side_by_side<A: Sync, B: Send>(all: &[A], run: impl Fn(&A) -> Result<B> + Sync) -> Vec<Result<B>> {
    let run = &run;
    std::thread::scope(|scope| {
        let threads: Vec<_> = all.iter().map(|one| scope.spawn(move || run(one))).collect();
        let joined = threads.into_iter().map(ScopedJoinHandle::join);
        joined.map(|result| result.unwrap_or_else(|_| Err(anyhow!("the thread panicked")))).collect()
    })
}

/// Returns the spellings under which a server serves the file.
fn served(address: SocketAddr, spellings: &[Spelling]) -> Vec<Spelling> {
    let mut connection = Connection::new(address);
    let served =
        |spelling: &&Spelling| connection.get(spelling).is_some_and(|response| has_marker(&response));
    spellings.iter().filter(served).cloned().collect()
}

/// Returns the spellings that Envoy forwards, one for each different request at the upstream: servers
/// respond alike to equal requests, so one upstream stands for all of them.
fn forwarded(gateway: &Gateway, spellings: &[Spelling]) -> Result<Vec<(Combination, Vec<Spelling>)>> {
    let forwarded = |combination: &Combination| {
        let mut connection = Connection::new(gateway.filtered(ECHO, *combination)?);
        let mut requests = BTreeMap::new();
        for spelling in spellings {
            let Some(response) = connection.follow(spelling) else { continue };
            if response.header("x-details").is_none() {
                let seen = upstream::parse_echo(&response.body);
                let host = seen.headers.into_iter().find(|(name, _)| name == b"host");
                requests.entry((seen.target, host)).or_insert_with(|| spelling.clone());
            }
        }
        Ok((*combination, requests.into_values().collect()))
    };
    side_by_side(&Combination::all(), forwarded).into_iter().collect()
}

/// Returns true if a response has the content of the denied file.
pub fn has_marker(response: &Response) -> bool {
    response.body.windows(MARKER.len()).any(|window| window == MARKER)
}

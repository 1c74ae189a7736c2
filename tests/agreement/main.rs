//! The command's engine and the modules in Envoy decide alike about random requests under random policies: `ringfence`, and the
//! four modules in a chain.
//!
//! Environment: `RINGFENCE_SEED` changes the policies and the requests.
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod compare;
mod parts;
mod policies;
mod requests;

use anyhow::{Context, Result, anyhow, ensure};
use cases::Request;
use compare::{Counts, differences};
use libtest_mimic::{Arguments, Failed, Trial};
use modules::Module;
use policies::{Sample, Tokens};
use std::net::{SocketAddr, TcpStream};
use testkit::bootstrap::{Listener, bootstrap, wasm};
use testkit::envoy::Envoy;
use testkit::http;
use testkit::random::Random;
use testkit::{case, upstream};

/// The numbers of rules of each filter.
const RULES: [usize; 40] = [
    3, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 7, 8, 8, 9, 10, 12, 12, 15, 15, 20, 20, 25, 25, 30, 35, 40, 50, 60,
    70, 80, 100, 120, 150, 200, 250, 300, 400, 500,
];

/// The number of requests under each policy, once to `ringfence` and once to the chain: 100,000 in all.
const REQUESTS: usize = 1_250;

fn main() -> Result<()> {
    let arguments = Arguments::from_args();
    let (upstream, tokens) = (upstream::start(0)?, Tokens::new());
    let samples = RULES.iter().enumerate().map(|(number, rules)| Sample::new(number, *rules, &tokens));
    let samples: Vec<Sample> = samples.collect();
    let mut listeners = Vec::new();
    for sample in &samples {
        listeners.push(listener(sample, "ringfence", &[Module::Ringfence], upstream)?);
        listeners.push(listener(sample, "chain", &CHAIN, upstream)?);
    }
    let envoy = Envoy::start("agreement", &bootstrap(&listeners), &[])?;
    let mut trials = Vec::new();
    for sample in samples {
        let ringfence = envoy.listener(&format!("{}-ringfence", sample.name))?;
        let chain = envoy.listener(&format!("{}-chain", sample.name))?;
        let requests = requests::requests(&mut Random::numbered(sample.seed), REQUESTS, &tokens);
        trials.push(Trial::test(sample.name.clone(), move || {
            let checked = check(&sample, &[Module::Ringfence], ringfence, &requests)
                .and_then(|()| check(&sample, &CHAIN, chain, &requests));
            checked.map_err(|error| Failed::from(format!("{error:#}")))
        }));
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    drop(envoy);
    conclusion.exit()
}

/// The modules of a chain, in the order of the sections of `ringfence`.
const CHAIN: [Module; 4] =
    [Module::VhostPolicy, Module::PathPolicy, Module::TokenValidation, Module::HeaderPolicy];

fn listener(sample: &Sample, kind: &str, modules: &[Module], upstream: SocketAddr) -> Result<Listener> {
    let name = format!("{}-{kind}", sample.name);
    let filter = |module: &Module| wasm(module.name(), &sample.policy(*module));
    let filters = modules.iter().map(filter).collect::<Result<Vec<_>>>()?;
    Ok(Listener::new(&name, filters, upstream))
}

/// Compares the decisions of the engine with those of Envoy.
fn check(sample: &Sample, modules: &[Module], envoy: SocketAddr, requests: &[Request]) -> Result<()> {
    let load = |module: &Module| {
        module.load(sample.policy(*module).as_bytes()).map_err(|problems| anyhow!("{problems:?}"))
    };
    let stages = modules.iter().map(load).collect::<Result<Vec<_>>>()?;
    let (mut connection, mut counts) = (None, Counts::default());
    for request in requests {
        let expected = compare::decide(&stages, request);
        let seen = send(&mut connection, envoy, request)
            .with_context(|| format!("no response to {}", case::line(request)))?;
        let found = differences(&expected, &seen);
        ensure!(
            found.is_empty(),
            "{}\n{}\n{}",
            found.join("\n"),
            case::line(request),
            modules.iter().map(|module| sample.policy(*module)).collect::<Vec<_>>().join("\n")
        );
        counts.add(&expected);
    }
    // Decisions that are all the same would compare little.
    counts.check()
}

/// Sends a request over the connection, which is opened anew if Envoy closed it.
fn send(connection: &mut Option<TcpStream>, envoy: SocketAddr, request: &Request) -> Result<cases::Observed> {
    let sent = case::sent(request);
    let reused = connection.as_mut().and_then(|stream| http::http1_over(stream, &sent).ok());
    let response = match reused {
        Some(response) => response,
        None => http::http1_over(connection.insert(http::connect(envoy)?), &sent)?,
    };
    if response.text("connection").eq_ignore_ascii_case("close") {
        *connection = None;
    }
    Ok(case::observed(&sent, response))
}

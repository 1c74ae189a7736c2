//! Measuring the variants of a workload in turns.

use crate::cpu;
use crate::load::{self, Until};
use crate::options::Options;
use crate::variants::{NONE, Variant};
use crate::workloads::Workload;
use anyhow::{Context, Result};
use std::net::SocketAddr;
use std::time::Duration;
use testkit::bootstrap::{Listener, bootstrap};
use testkit::envoy::Envoy;
use testkit::upstream;

#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) name: String,
    /// CPU microseconds per request, one value per round.
    pub(crate) cpu: Vec<f64>,
    /// Latencies in microseconds, unordered.
    pub(crate) latencies: Vec<u32>,
}

struct Running {
    envoy: Envoy,
    address: SocketAddr,
    status: u16,
    measured: Measured,
}

/// Starts every variant, and measures them in turns.
pub(crate) fn run(workload: &Workload, options: &Options) -> Result<Vec<Measured>> {
    let upstream = upstream::start(0)?;
    let start = |variant: &Variant| start(variant, upstream, workload);
    let mut running = workload.variants.iter().map(start).collect::<Result<Vec<_>>>()?;
    for round in 0..=options.rounds {
        let step =
            if round == 0 { "warm-up".to_owned() } else { format!("round {round} of {}", options.rounds) };
        eprintln!("    {step}, {} variants", running.len());
        for variant in &mut running {
            let most = if round == 0 { Duration::from_millis(500) } else { Duration::MAX };
            let process = variant.envoy.process().id();
            let before = cpu::nanoseconds(process)?;
            let turn = load::run(
                variant.address,
                &workload.requests,
                variant.status,
                Until::Time(options.turn().min(most)),
            );
            let turn = turn.with_context(|| format!("{}: {}", workload.name, variant.measured.name))?;
            let spent = cpu::nanoseconds(process)? - before;
            if round > 0 {
                #[expect(clippy::cast_precision_loss, reason = "a measurement")]
                variant.measured.cpu.push(spent as f64 / 1000.0 / turn.requests as f64);
                variant.measured.latencies.extend(turn.latencies);
            }
        }
    }
    Ok(running.into_iter().map(|variant| variant.measured).collect())
}

fn start(variant: &Variant, upstream: SocketAddr, workload: &Workload) -> Result<Running> {
    let mut listener = Listener::new("bench", variant.filters.clone(), upstream);
    // Without the headers that tests read: adding them costs as much as some of the filters.
    let routes = serde_json::json!([{"match": {"prefix": "/"}, "route": {"cluster": "bench"}}]);
    listener.manager = serde_json::json!({
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": routes}]},
        "local_reply_config": {},
    });
    let mut envoy =
        Envoy::start("bench", &bootstrap(&[listener]), &[]).with_context(|| variant.name.clone())?;
    cpu::pin(envoy.process().id(), cpu::ENVOY_CORE)?;
    let address = envoy.listener("bench")?;
    let status = if variant.name == NONE { 200 } else { workload.denied.unwrap_or(200) };
    let measured = Measured { name: variant.name.clone(), cpu: Vec::new(), latencies: Vec::new() };
    Ok(Running { envoy, address, status, measured })
}

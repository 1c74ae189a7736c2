//! The time to load a policy, and the memory it uses.

use crate::cpu;
use crate::load::{self, Until};
use crate::policies;
use anyhow::Result;
use std::sync::Arc;
use std::time::{Duration, Instant};
use testkit::bootstrap::{Listener, bootstrap, wasm};
use testkit::envoy::Envoy;
use testkit::upstream;
use testkit::workspace::root;

/// The measurements.
#[derive(Debug)]
pub(crate) struct Memory {
    /// The difference in Envoy's start-up time between 10,000 rules and 10. Three root contexts read the policy.
    pub(crate) load: Duration,
    /// The linear memory of one VM with 10,000 rules, in bytes.
    pub(crate) linear: u64,
    /// The linear memory after [`FEW`] and after [`MANY`] requests, in bytes.
    pub(crate) after: [u64; 2],
    /// The resident memory of Envoy after [`FEW`] and after [`MANY`] requests, in kilobytes.
    pub(crate) resident: [u64; 2],
    /// The modules and their sizes in bytes.
    pub(crate) modules: Vec<(String, u64)>,
}

const FEW: u64 = 10_000;
const MANY: u64 = 1_000_000;

/// Measures start-up time and memory.
pub(crate) fn run() -> Result<Memory> {
    eprintln!("    starting Envoy with 10 and with 10,000 rules");
    let upstream = upstream::start(0)?;
    let start = |rules: usize| {
        let filter = wasm("ringfence", &policies::many(rules).to_string())?;
        let bootstrap = bootstrap(&[Listener::new("bench", vec![filter], upstream)]);
        let started = Instant::now();
        let envoy = Envoy::start("memory", &bootstrap, &[])?;
        anyhow::Ok((envoy, started.elapsed()))
    };
    let ((few, short), (mut many, long)) = (start(10)?, start(10_000)?);
    drop(few);
    let process = many.process().id();
    cpu::pin(process, cpu::ENVOY_CORE)?;
    let linear = gauge(&many)?;
    let request = Arc::new(vec![b"GET /products/1 HTTP/1.1\r\nhost: shop.example.com\r\n\r\n".to_vec()]);
    let (mut after, mut resident) = ([0; 2], [0; 2]);
    for (at, requests) in [FEW, MANY].into_iter().enumerate() {
        eprintln!("    sending {requests} requests ({} of 2)", at + 1);
        load::run(many.listener("bench")?, &request, 200, Until::Requests(requests))?;
        after[at] = gauge(&many)?;
        resident[at] = cpu::resident(process)?;
    }
    let mut modules = Vec::new();
    for file in std::fs::read_dir(root().join("dist"))? {
        let file = file?;
        if file.path().extension().is_some_and(|extension| extension == "wasm") {
            modules.push((file.file_name().to_string_lossy().into_owned(), file.metadata()?.len()));
        }
    }
    modules.sort();
    Ok(Memory { load: long.saturating_sub(short), linear, after, resident, modules })
}

/// Reads the gauge, which a timer of the module updates.
fn gauge(envoy: &Envoy) -> Result<u64> {
    std::thread::sleep(Duration::from_millis(1500));
    envoy.wait_for_stat("wasmcustom.ringfence_vm_memory_bytes", 1)
}

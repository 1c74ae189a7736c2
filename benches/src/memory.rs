//! What a policy takes to load and to keep.

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

/// What was measured.
#[derive(Debug)]
pub(crate) struct Memory {
    /// How much longer Envoy, whose three root contexts read the policy, takes to start with 10,000 rules than with 10.
    pub(crate) load: Duration,
    /// Bytes of linear memory of one VM with 10,000 rules.
    pub(crate) linear: u64,
    /// Bytes of linear memory after few and after many requests.
    pub(crate) after: [u64; 2],
    /// Kilobytes of Envoy's process after few and after many requests.
    pub(crate) resident: [u64; 2],
    /// The modules and their bytes.
    pub(crate) modules: Vec<(String, u64)>,
}

const FEW: u64 = 10_000;
const MANY: u64 = 1_000_000;

/// Measures.
pub(crate) fn run() -> Result<Memory> {
    eprintln!("==> memory");
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

/// The gauge, once the timer has written it.
fn gauge(envoy: &Envoy) -> Result<u64> {
    let deadline = Instant::now() + Duration::from_secs(10);
    std::thread::sleep(Duration::from_millis(1500));
    loop {
        let bytes = envoy.stat("wasmcustom.ringfence_vm_memory_bytes")?;
        if bytes > 0 {
            return Ok(bytes);
        }
        anyhow::ensure!(Instant::now() < deadline, "the module tells no memory");
        std::thread::sleep(Duration::from_millis(50));
    }
}

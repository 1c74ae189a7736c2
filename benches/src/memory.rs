//! The time to load a policy, and the memory it uses.

use crate::cpu;
use crate::load::{self, Until};
use crate::policies;
use crate::report::Report;
use anyhow::Result;
use modules::Module;
use std::sync::Arc;
use std::time::{Duration, Instant};
use testkit::bootstrap::{Listener, bootstrap, wasm};
use testkit::envoy::Envoy;
use testkit::upstream;
use testkit::workspace::module;

/// Measures start-up time, memory and sizes.
pub(crate) fn run(report: &mut Report) -> Result<()> {
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
    report.table("Startup, memory, size", &["what", ""]);
    // Three root contexts read the policy.
    let seconds = long.saturating_sub(short).as_secs_f64();
    report.row(&[
        "10,000 rules: additional start-up time, compared with 10 rules".to_owned(),
        format!("{seconds:.2} s"),
    ]);
    report.limit("10,000 rules: load, s", seconds, 1.0);
    let linear = gauge(&many)?;
    report.row(&["10,000 rules: linear memory of a VM".to_owned(), format!("{linear:.1} MiB")]);
    report.limit("10,000 rules: linear memory, MiB", linear, 32.0);
    let request = Arc::new(vec![b"GET /products/1 HTTP/1.1\r\nhost: shop.example.com\r\n\r\n".to_vec()]);
    let mut after = Vec::new();
    for (count, requests) in [(10_000, "10,000"), (1_000_000, "1,000,000")] {
        eprintln!("    sending {requests} requests");
        load::run(many.listener("bench")?, &request, 200, Until::Requests(count))?;
        let (linear, resident) = (gauge(&many)?, mebibytes(cpu::resident(process)? * 1024));
        report.row(&[
            format!("after {requests} requests: linear memory, resident memory of Envoy"),
            format!("{linear:.1} MiB, {resident:.1} MiB"),
        ]);
        after.push(linear);
    }
    report.limit("linear memory after 1,000,000 requests, times 10,000", after[1] / after[0], 1.02);
    for filter in Module::ALL {
        let bytes = std::fs::metadata(module(filter.name())?)?.len();
        report.row(&[filter.file(), format!("{} KB", bytes.div_ceil(1000))]);
        if filter == Module::Ringfence {
            #[expect(clippy::cast_precision_loss, reason = "a measurement")]
            report.limit("ringfence.wasm, MB", bytes as f64 / 1e6, 1.2);
        }
    }
    Ok(())
}

/// Reads the linear memory of the VM in MiB from a gauge, which a timer of the module updates.
fn gauge(envoy: &Envoy) -> Result<f64> {
    std::thread::sleep(Duration::from_millis(1500));
    envoy.wait_for_stat("wasmcustom.ringfence_vm_memory_bytes", 1).map(mebibytes)
}

#[expect(clippy::cast_precision_loss, reason = "a measurement")]
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / 1024.0 / 1024.0
}

//! The demo: the modules in stock Envoy, requests, and a table of the decisions.

mod ports;
mod rotation;

use crate::build;
use crate::run::say;
use anyhow::{Context, Result, ensure};
use cases::{Case, CaseFile, Observed, Protocol, Row};
use clap::Args;
use ports::Ports;
use std::io::BufRead;
use std::net::SocketAddr;
use testkit::corpus::{self, Listeners};
use testkit::envoy::{self, Envoy};
use testkit::upstream;
use testkit::workspace::{root, run_folder};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Keep Envoy running, and print requests to try
    #[arg(long)]
    serve: bool,
    #[command(flatten)]
    ports: Ports,
}

const BOOTSTRAP: &str = "envoy-configs/ringfence.yaml";

pub(crate) fn run(options: &Options) -> Result<()> {
    let ports = &options.ports;
    ports.check()?;
    envoy::ensure()?;
    build::all()?;
    let file = root().join("examples/demo/cases.yaml");
    let cases = CaseFile::read(&file).map_err(anyhow::Error::msg)?;
    upstream::start(ports.upstream).context("cannot start the upstream")?;
    say(&format!("starting Envoy with {BOOTSTRAP}"));
    let mut envoy = start(ports)?;
    say(&format!("sending {} requests to 127.0.0.1:{}", cases.cases.len(), ports.listener));
    let seen = cases.cases.iter().map(|case| send(case, ports)).collect::<Result<Vec<_>>>()?;
    let details = access_log(&mut envoy, seen.len())?;
    let rows = cases.cases.iter().zip(seen).zip(&details);
    let rows = rows.map(|((case, seen), details)| row(&cases, case, seen, details));
    let rows = rows.collect::<Result<Vec<_>>>()?;
    let head = ["request", "status", "decided by → the upstream saw"];
    println!("\n{}", cases::table(&head, &rows).trim_end());
    let wrong = rows.iter().filter(|row| !row.differences.is_empty()).count();
    ensure!(wrong == 0, "{wrong} of {} requests have an unexpected result", rows.len());
    println!("\n{} requests, each with the result that {BOOTSTRAP} demands.", rows.len());
    say("rotating the keys of an issuer while requests run");
    rotation::run()?;
    if options.serve { serve(envoy, ports) } else { Ok(()) }
}

fn start(ports: &Ports) -> Result<Envoy> {
    let text = std::fs::read_to_string(root().join(BOOTSTRAP))?;
    let bootstrap = ports.apply_to(&text)?;
    let folder = run_folder("demo")?;
    let file = folder.join("envoy.yaml");
    std::fs::write(&file, bootstrap)?;
    Envoy::start_file(&folder, &file, &["--file-flush-interval-msec", "50"])
}

fn send(case: &Case, ports: &Ports) -> Result<Observed> {
    let address = SocketAddr::from(([127, 0, 0, 1], ports.listener));
    let listeners = Listeners { plain: address, tls: address };
    Ok(corpus::run(case, Protocol::Http1, listeners)?.unwrap_or_default())
}

/// Reads the response code details of each request from Envoy's access log; they are not sent to the client.
fn access_log(envoy: &mut Envoy, requests: usize) -> Result<Vec<String>> {
    let details = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(line.get("details")?.as_str()?.to_owned())
    };
    let file = envoy.process().log_file().to_owned();
    envoy.process().wait_for("the access log", || {
        let log = std::fs::read_to_string(&file).ok()?;
        let found: Vec<String> = log.lines().filter_map(details).collect();
        (found.len() >= requests).then_some(found)
    })
}

/// Compares the response with the case.
fn row(file: &CaseFile, case: &Case, seen: Observed, details: &str) -> Result<Row> {
    let native = cases::run(file, case).map_err(anyhow::Error::msg)?;
    let (rule, reason) = testkit::case::parse_details(details);
    let observed = if details.starts_with("ringfence_") {
        let decision =
            if seen.headers.iter().any(|(name, _)| name == "location") { "redirect" } else { "deny" };
        Observed { decision: decision.to_owned(), rule: Some(rule), reason: Some(reason), ..seen }
    } else {
        // Envoy's output does not name the rule that allowed a request; the engine, run natively, does.
        Observed { rule: native.rule, ..seen }
    };
    let decided = cases::deciding_rule(&observed, decider(file, case, &observed)?.as_deref());
    let mut row = Row::new(case, &observed, decided);
    // Only a request that was allowed has a target.
    if let Some(seen) = row.cells.pop().filter(|seen| seen != "-")
        && let Some(decided) = row.cells.last_mut()
    {
        *decided = format!("{decided} → {seen}");
    }
    Ok(row)
}

/// Returns the rule that decided. If all filters allow a request, it is the path rule.
fn decider(file: &CaseFile, case: &Case, observed: &Observed) -> Result<Option<String>> {
    if observed.reason.is_some() {
        return Ok(observed.rule.clone().flatten());
    }
    let policy = file.policy.get("path").cloned().unwrap_or_default();
    let path = CaseFile { filter: "path-policy".to_owned(), policy, ..CaseFile::default() };
    Ok(cases::run(&path, case).map_err(anyhow::Error::msg)?.rule.flatten())
}

/// Keeps Envoy running until Enter is pressed, or, without a terminal, until Envoy exits.
fn serve(mut envoy: Envoy, ports: &Ports) -> Result<()> {
    let base = format!("http://127.0.0.1:{}", ports.listener);
    println!("\nEnvoy is running. Try:");
    println!("  curl -i --path-as-is -H 'host: shop.example.com' {base}/products/7");
    println!("  curl -i --path-as-is -H 'host: shop.example.com' '{base}/static/..;/admin'");
    println!("  curl -i -H 'host: api.example.com' {base}/v1/orders");
    println!(
        "  curl -s 'http://127.0.0.1:{}/stats?filter=ringfence'    # counters are updated once a second",
        ports.admin
    );
    println!("Press Enter or Ctrl-C to stop.");
    let read = std::io::stdin().lock().read_line(&mut String::new())?;
    while read == 0 && envoy.process().is_running() {
        std::thread::park_timeout(std::time::Duration::from_secs(1));
    }
    Ok(())
}

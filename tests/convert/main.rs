//! Envoy's own filters in Envoy, and the converted policies in the engine, make the same decisions.
#![allow(clippy::indexing_slicing, reason = "tests")]

mod istio;
mod jwt_authn;
mod rbac;
mod sample;

use anyhow::{Result, anyhow};
use cases::Request;
use convert::Converted;
use libtest_mimic::{Arguments, Failed, Trial};
use policy::decision::Decision;
use sample::Sample;
use serde_json::{Value, json};
use std::net::SocketAddr;
use testkit::bootstrap::{Listener, bootstrap};
use testkit::envoy::Envoy;
use testkit::{case, http, upstream};

fn main() -> Result<()> {
    let arguments = Arguments::from_args();
    let samples = [rbac::samples(), jwt_authn::samples(), istio::samples()].into_iter().flatten();
    let (samples, rejected): (Vec<Sample>, Vec<Sample>) =
        samples.partition(|sample| converted(sample).is_ok());
    // The conversion rejects what it could only make looser; few samples may be rejected.
    anyhow::ensure!(rejected.len() * 20 < samples.len(), "{} samples are rejected", rejected.len());
    // A lossy conversion compares little, so enough of them must be exact.
    let exact = samples.iter().filter(|sample| converted(sample).is_ok_and(|found| is_exact(&found))).count();
    anyhow::ensure!(
        exact * 3 > samples.len(),
        "only {exact} of {} samples are converted exactly",
        samples.len()
    );
    let upstream = upstream::start(0)?;
    let listener = |sample: &Sample| Listener::new(&sample.name, vec![sample.filter.clone()], upstream);
    let listeners: Vec<Listener> = samples.iter().map(listener).collect();
    let envoy = Envoy::start("convert", &bootstrap(&listeners), &[])?;
    let mut trials = Vec::new();
    for sample in samples {
        let address = envoy.listener(&sample.name)?;
        trials.push(Trial::test(sample.name.clone(), move || {
            check(&sample, address).map_err(|error| Failed::from(format!("{error:#}")))
        }));
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    drop(envoy);
    conclusion.exit()
}

/// Checks that the policy allows nothing that Envoy denies, and that both agree if the conversion is exact and the request plain.
fn check(sample: &Sample, envoy: SocketAddr) -> Result<()> {
    let converted = converted(sample)?;
    let load = |policy: &Value| {
        modules::load(converted.filter, policy.to_string().as_bytes())
            .map_err(|problems| anyhow!("{problems:?}\n{}", converted.text))
    };
    let policy = load(&converted.policy)?;
    let with_last_slashes = load(&with_last_slashes(&converted))?;
    let exact =
        !converted.losses.iter().any(|loss| loss.contains("not carried over") || loss.contains("denies"));
    for request in &sample.requests {
        let expected = allowed(request, envoy)?;
        let allows = |policy: &dyn inspect::Policy| {
            policy.decide(request, inspect::now(), &[]).decision() == Decision::Allow
        };
        let (found, exactly) = (allows(&*policy), allows(&*with_last_slashes));
        let wrong = (found && !expected) || (exact && is_plain(request) && exactly != expected);
        anyhow::ensure!(
            !wrong,
            "Envoy allows: {expected}, converted: {found}, {exactly}: {}\n{}\n{}",
            case::line(request),
            sample.filter,
            converted.text
        );
    }
    Ok(())
}

/// Returns the converted policy with last slashes as in the source: a rule that denies otherwise matches the path with and
/// without its last slash.
fn with_last_slashes(converted: &Converted) -> Value {
    let mut policy = converted.policy.clone();
    let section = if converted.filter == "path-policy" { Some(&mut policy) } else { policy.get_mut("path") };
    if let Some(section) = section {
        section["normalize"] = json!({"trailingSlash": "keep"});
    }
    policy
}

fn converted(sample: &Sample) -> Result<Converted> {
    let source = sample.source.as_ref().unwrap_or(&sample.filter);
    convert::convert(std::slice::from_ref(source)).map_err(anyhow::Error::msg)
}

/// Returns true if the conversion has no losses that change decisions.
fn is_exact(converted: &Converted) -> bool {
    !converted.losses.iter().any(|loss| loss.contains("not carried over") || loss.contains("denies"))
}

/// Returns true if the host has no port and no header is repeated.
fn is_plain(request: &Request) -> bool {
    let mut names: Vec<&[u8]> = request.headers.iter().map(|(name, _)| name.as_slice()).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    names.len() == count && !request.host.as_ref().is_some_and(|host| host.contains(&b':'))
}

fn allowed(request: &Request, envoy: SocketAddr) -> Result<bool> {
    let status = http::http1(envoy, &case::sent(request))?.status;
    anyhow::ensure!(matches!(status, 200 | 401 | 403), "status {status} of {}", case::line(request));
    Ok(status == 200)
}

//! The assertions.

use super::answer::Answer;
use super::description::{Kind, Setup};
use super::forwarded::Forwarded;
use super::policies::Case;
use super::server::Server;
use crate::site::Site;
use anyhow::{Context, Result, ensure};

/// Checks that a server returns nothing that a policy denies, for every request that Envoy forwards.
pub fn nothing_comes_back(site: &Site, forwarded: &Forwarded, kind: &Kind, setup: &Setup) -> Result<()> {
    let server = Server::start(site, kind, setup)?;
    let judged = |case: &Case| case.ignores_case.is_none_or(|ignores| ignores == kind.ignores_case);
    let requests = forwarded.requests.iter();
    let requests: Vec<_> =
        requests.filter(|(_, origins)| origins.iter().any(|(case, _)| judged(case))).collect();
    let answers = server.ask(&requests.iter().map(|(request, _)| *request).collect::<Vec<_>>())?;
    let silent = answers.iter().filter(|answer| answer.is_none()).count();
    let mut failures = Vec::new();
    for ((request, origins), answer) in requests.iter().zip(&answers) {
        let Some(answer) = answer else { continue };
        if *answer == Answer::Denied && kind.path_info && request.has_path_info() {
            continue;
        }
        for (case, sent) in origins.iter().filter(|(case, _)| judged(case) && !case.permits(answer)) {
            failures.push(format!("{}: {sent} -> {request} -> {}", case.name, shown(answer)));
        }
    }
    server.check_health().context("after the requests")?;
    println!(
        "{}: {} requests, {silent} without a response, {} failures",
        setup.name,
        requests.len(),
        failures.len()
    );
    ensure!(!requests.is_empty(), "no request was sent");
    failures.sort();
    let first: Vec<_> = failures.iter().take(LISTED).map(String::as_str).collect();
    ensure!(failures.is_empty(), "{} come back:\n{}", failures.len(), first.join("\n"));
    Ok(())
}

/// The maximum number of failures that are listed.
const LISTED: usize = 400;

fn shown(answer: &Answer) -> String {
    match answer {
        Answer::Asked(path) => format!("asked for {}", path.escape_ascii()),
        other => format!("{other:?}"),
    }
}

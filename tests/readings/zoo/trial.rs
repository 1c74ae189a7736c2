//! The assertions.

use super::answer::Answer;
use super::description::{Kind, Setup};
use super::forwarded::Forwarded;
use super::server::Server;
use crate::site::Site;
use anyhow::{Context, Result, ensure};

/// Checks that a server returns nothing that a policy denies, for every request that Envoy forwards.
pub fn nothing_comes_back(site: &Site, forwarded: &Forwarded, kind: &Kind, setup: &Setup) -> Result<()> {
    let mut server = Server::start(site, kind, setup)?;
    let (mut asked, mut silent, mut failures) = (0_usize, 0_usize, Vec::new());
    for (request, origins) in &forwarded.requests {
        let mut judged = origins
            .iter()
            .filter(|(case, _)| case.ignores_case.is_none_or(|ignores| ignores == kind.ignores_case))
            .peekable();
        if judged.peek().is_none() {
            continue;
        }
        asked += 1;
        let Some(answer) = server.ask(request) else {
            silent += 1;
            ensure!(silent < SILENT, "{}: no response to {request}, the last of many", setup.name);
            continue;
        };
        if answer == Answer::Denied && kind.path_info && request.has_path_info() {
            continue;
        }
        for (case, sent) in judged.filter(|(case, _)| !case.permits(&answer)) {
            failures.push(format!("{}: {sent} -> {request} -> {}", case.name, shown(&answer)));
        }
    }
    server.check_health().context("after the requests")?;
    println!("{}: {asked} requests, {silent} without a response, {} failures", setup.name, failures.len());
    ensure!(asked > 0, "no request was sent");
    failures.sort();
    let first: Vec<_> = failures.iter().take(LISTED).map(String::as_str).collect();
    ensure!(failures.is_empty(), "{} come back:\n{}", failures.len(), first.join("\n"));
    Ok(())
}

/// The number of requests without a response that ends a trial.
const SILENT: usize = 5;

/// The maximum number of failures that are listed.
const LISTED: usize = 400;

fn shown(answer: &Answer) -> String {
    match answer {
        Answer::Asked(path) => format!("asked for {}", path.escape_ascii()),
        other => format!("{other:?}"),
    }
}

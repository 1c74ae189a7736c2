//! Requests of real applications, which pass where nothing denies them.

use anyhow::{Context, Result, anyhow, ensure};
use libtest_mimic::{Failed, Trial};
use policy::decision::NoTrace;
use policy::http::Connection;
use policy::stages::PathStage;
use policy::{Outcome, decide, load};

/// A method and a target per line.
const REQUESTS: &str = include_str!("benign.txt");

/// The minimum number of requests.
const ENOUGH: usize = 200;

/// Rules that applications usually need.
const POLICY: &str = r#"{"default": "allow", "rules": [
    {"name": "admin", "match": {"paths": [{"prefix": "/admin", "ignoreCase": true}, {"prefix": "/wp-admin"}]}, "action": "deny"},
    {"name": "internal", "match": {"paths": [{"prefix": "/internal"}, {"exact": "/metrics"}, {"exact": "/server-status"}]},
        "action": "deny"},
    {"name": "hidden", "match": {"paths": [{"regex": "(?i).*/\\.(git|env|svn|ht[a-z]+)(/.*)?"}]}, "action": "deny"},
    {"name": "backups", "match": {"paths": [{"suffix": ".bak"}, {"suffix": ".sql", "ignoreCase": true}, {"contains": "/etc/passwd"}]},
        "action": "deny"},
    {"name": "keys", "match": {"paths": [{"template": "/users/{id}/keys"}]}, "action": "deny"},
    {"name": "writes", "match": {"methods": ["PUT", "POST", "DELETE"], "paths": [{"prefix": "/public"}]}, "action": "deny"}
]}"#;

/// Returns the trial.
pub fn trials() -> Vec<Trial> {
    let run = || all_pass().map_err(|error| Failed::from(format!("{error:#}")));
    vec![Trial::test("benign requests pass", run)]
}

/// Checks that path-policy refuses none of the requests.
fn all_pass() -> Result<()> {
    let stage: PathStage = load(POLICY.as_bytes()).map_err(|problems| anyhow!("{problems:?}"))?;
    let (mut requests, mut refused) = (0, Vec::new());
    for line in REQUESTS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (method, target) = line.split_once(' ').with_context(|| format!("no method: {line}"))?;
        // Clients do not send the fragment.
        let target = target.split('#').next().unwrap_or_default();
        requests += 1;
        let lines = [(":method", method), (":authority", "shop.example.com"), (":path", target)];
        let lines = lines.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
        let outcome: Outcome<'_, PathStage, NoTrace> = decide(&stage, lines, Connection::default(), 0);
        if outcome.answer.is_some() {
            refused.push(line);
        }
    }
    ensure!(requests >= ENOUGH, "there are only {requests} requests");
    ensure!(refused.is_empty(), "{} of {requests} are refused:\n{}", refused.len(), refused.join("\n"));
    Ok(())
}

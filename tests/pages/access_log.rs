//! The access log of the bootstrap is the one in the page, and `explain` can read it.

use anyhow::{Result, ensure};
use testkit::workspace::root;

/// The fields of a log that `ringfence explain --requests` reads.
const LOG_FIELDS: [&str; 8] = [
    "method",
    "authority",
    "path",
    "requested_server_name",
    "downstream_tls_version",
    "user_agent",
    "x_forwarded_for",
    "request_id",
];

/// Checks that the access log of the bootstrap has the fields that `explain` reads, and that the page has the same.
pub(crate) fn check() -> Result<()> {
    let bootstrap = std::fs::read_to_string(root().join("envoy-configs/ringfence.yaml"))?;
    let page = std::fs::read_to_string(root().join("docs/observability.md"))?;
    let lines = |text: &str| -> Vec<String> {
        let formats = text.lines().map(str::trim).filter(|line| line.ends_with("%\""));
        formats.filter(|line| !line.starts_with("token_validation")).map(str::to_owned).collect()
    };
    ensure!(lines(&bootstrap) == lines(&page), "the page has another log than the bootstrap");
    let is_logged =
        |field: &&str| lines(&bootstrap).iter().any(|line| line.starts_with(&format!("{field}: ")));
    let missing: Vec<&str> = LOG_FIELDS.into_iter().filter(|field| !is_logged(field)).collect();
    ensure!(missing.is_empty(), "not in the access log: {missing:?}");
    Ok(())
}

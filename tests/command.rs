//! Every case once through the command, as `ringfence explain --cases FILE --format json`.

use anyhow::{Context, Result, anyhow, ensure};
use cases::{Case, Observed, SeenUpstream, ShadowDecision, unescape};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use testkit::corpus::{self, lines};
use testkit::workspace::{self, cargo};

fn main() -> Result<()> {
    let command = build()?;
    let mut trials = Vec::new();
    for (name, file) in corpus::paths()? {
        let cases = corpus::read(&file)?.cases;
        let output = explain(&command, &file)?;
        ensure!(output.len() == cases.len(), "{name}: {} lines for {} cases", output.len(), cases.len());
        for (case, output) in cases.into_iter().zip(output) {
            let title = format!("{name}: {}", case.name);
            trials.push(Trial::test(title, move || {
                check(&case, &output).map_err(|error| Failed::from(format!("{error:#}")))
            }));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit()
}

/// Builds the command: Cargo gives its path only to tests of its own package.
fn build() -> Result<PathBuf> {
    workspace::build(&mut cargo("build --locked --quiet --package ringfence-cli"))
}

/// Runs the command on a case file, and returns its output for each case.
fn explain(command: &Path, file: &Path) -> Result<Vec<Value>> {
    let output = Command::new(command).args(["explain", "--format", "json", "--cases"]).arg(file).output()?;
    ensure!(output.status.success(), "{}: {}", file.display(), String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout)?.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

fn check(case: &Case, output: &Value) -> Result<()> {
    ensure!(output["name"] == case.name.as_str(), "another case: {}", output["name"]);
    let differences = case.expect.differences(&observed(output)?);
    if differences.is_empty() { Ok(()) } else { Err(anyhow!(lines(&differences))) }
}

fn observed(output: &Value) -> Result<Observed> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let response = &output["response"];
    let shadowed = output["shadowed"].as_array().context("nothing about shadow mode")?;
    let shadow_decision = |one: &Value| ShadowDecision {
        rule: text(&one["rule"]),
        reason: text(&one["reason"]).unwrap_or_default(),
    };
    let headers = headers(&response["headers"])?;
    let upstream = &output["upstream"];
    Ok(Observed {
        decision: text(&output["decision"]).context("no decision")?,
        status: u16::try_from(output["status"].as_u64().context("no status")?)?,
        rule: Some(text(&output["rule"])),
        reason: text(&output["reason"]),
        reading: Some(output["reading"].as_str().map(bytes).transpose()?.map(String::from_utf8).transpose()?),
        headers: headers
            .into_iter()
            .map(|(name, value)| (String::from_utf8_lossy(&name).into_owned(), value))
            .collect(),
        body: response["body"].as_str().map(bytes).transpose()?,
        upstream: (!upstream.is_null()).then(|| seen_upstream(upstream)).transpose()?,
        shadowed: Some(shadowed.iter().map(shadow_decision).collect()),
    })
}

fn seen_upstream(upstream: &Value) -> Result<SeenUpstream> {
    let field = |name: &str| anyhow::Ok(upstream[name].as_str().map(bytes).transpose()?.unwrap_or_default());
    let (authority, target) = (field("authority")?, field("target")?);
    Ok(SeenUpstream { authority, target, headers: headers(&upstream["headers"])? })
}

fn headers(lines: &Value) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
    let field = |line: &Value, name: &str| bytes(line[name].as_str().context("no text")?);
    let lines = lines.as_array().context("no header lines")?;
    lines.iter().map(|line| Ok((field(line, "name")?, field(line, "value")?))).collect()
}

fn bytes(text: &str) -> Result<Vec<u8>> {
    unescape(text).map_err(anyhow::Error::msg)
}

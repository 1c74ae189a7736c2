//! The cases, and what Envoy makes of one.

use crate::client::{self, Request, Response};
use crate::{root, tls, upstream};
use anyhow::{Context, Result};
use cases::{Case, CaseFile, Difference, Observed, Protocol, Withheld};
use policy::decision::Filter;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The case files of `tests/cases` and of the examples, with their names: `path-policy/dots`, `examples/demo`.
///
/// # Errors
/// What is wrong with one of them.
pub fn files() -> Result<Vec<(String, CaseFile)>> {
    paths()?.into_iter().map(|(name, file)| Ok((name, read(&file)?))).collect()
}

/// Where the case files are, with their names.
///
/// # Errors
/// Where a folder cannot be read.
pub fn paths() -> Result<Vec<(String, PathBuf)>> {
    let (folder, examples) = (root().join("tests/cases"), root().join("examples"));
    let mut files = Vec::new();
    for file in sorted(&folder)?.iter().map(|filter| sorted(filter)).collect::<Result<Vec<_>>>()?.concat() {
        files.push((file.strip_prefix(&folder)?.with_extension("").display().to_string(), file));
    }
    for example in sorted(&examples)? {
        let file = example.join("cases.yaml");
        if file.is_file() {
            files.push((format!("examples/{}", example.strip_prefix(&examples)?.display()), file));
        }
    }
    Ok(files)
}

/// The differences of a case, a line each.
pub fn lines(differences: &[Difference]) -> String {
    differences.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Reads a case file.
///
/// # Errors
/// What is wrong with it.
pub fn read(file: &Path) -> Result<CaseFile> {
    CaseFile::read(file).map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// The addresses of the listeners that run a policy.
#[derive(Debug, Clone, Copy)]
pub struct Listeners {
    /// Plaintext.
    pub plain: SocketAddr,
    /// TLS.
    pub tls: SocketAddr,
}

/// What Envoy makes of a case; `None` where it closes the connection or the stream without a response.
///
/// # Errors
/// What is wrong with the case.
pub fn run(case: &Case, protocol: Protocol, listeners: Listeners) -> Result<Option<Observed>> {
    let bytes = |text: &str| cases::unescape(text).map_err(anyhow::Error::msg);
    let host = bytes(&case.host)?;
    let request = Request {
        method: case.method().as_bytes().to_vec(),
        target: case.target().map_err(anyhow::Error::msg)?,
        authority: (!host.is_empty()).then_some(host),
        version: if protocol == Protocol::Http10 { "HTTP/1.0" } else { "HTTP/1.1" },
        lines: case.lines().map_err(anyhow::Error::msg)?,
    };
    let certified = case.connection.certificate.is_some();
    let secure = |alpn| tls::connect(listeners.tls, case.connection.sni.as_deref(), alpn, certified);
    let response = match (case.connection.tls, protocol) {
        (false, Protocol::Http2) => client::http2(listeners.plain, &request),
        (false, _) => client::http1(listeners.plain, &request),
        (true, Protocol::Http2) => client::http2_over(&mut secure(b"h2")?, "https", &request),
        (true, _) => client::http1_over(&mut secure(b"http/1.1")?, &request),
    };
    Ok(response.ok().map(|response| observed(&request, response)))
}

fn observed(request: &Request, response: Response) -> Observed {
    let details = response.text("x-details");
    let shadowed = withheld(&response);
    if details.is_empty() {
        let head = !matches!(request.method.as_slice(), b"HEAD" | b"CONNECT");
        let from_upstream = response.status == 200;
        return Observed {
            decision: if from_upstream { "allow" } else { "deny" }.to_owned(),
            status: response.status,
            upstream: (head && from_upstream).then(|| upstream::seen(&response.body)),
            headers: response.headers,
            shadowed,
            ..Observed::default()
        };
    }
    let (rule, reason) = parse_details(&details);
    Observed {
        decision: if response.header("location").is_some() { "redirect" } else { "deny" }.to_owned(),
        status: response.status,
        rule: Some(rule),
        reason: Some(reason),
        reading: None,
        body: (response.header("grpc-status").is_none() && request.method != b"HEAD")
            .then_some(response.body),
        headers: response.headers,
        upstream: None,
        shadowed: None,
    }
}

/// The rule and the reason in `ringfence_path_policy_denied{admin}`; other details are a reason as they stand.
pub fn parse_details(details: &str) -> (Option<String>, String) {
    let (name, rule) = match details.split_once('{') {
        Some((name, rule)) => (name, Some(rule.trim_end_matches('}').to_owned())),
        None => (details, None),
    };
    let reason = Filter::ALL
        .iter()
        .find_map(|filter| name.strip_prefix("ringfence_")?.strip_prefix(filter.name())?.strip_prefix('_'));
    (rule, reason.unwrap_or(name).to_owned())
}

/// What filter state says was withheld: the last of each filter, so nothing is known where there are several.
fn withheld(response: &Response) -> Option<Vec<Withheld>> {
    let states = response.headers.iter().filter(|(name, _)| name.starts_with("x-state-"));
    let states: Vec<String> = states.map(|(_, value)| String::from_utf8_lossy(value).into_owned()).collect();
    let field = |state: &str, name: &str| {
        let found =
            state.split(';').find_map(|field| field.strip_prefix(name)?.strip_prefix('=').map(str::to_owned));
        found.filter(|value| !value.is_empty())
    };
    let told: Vec<Withheld> = states
        .iter()
        .filter_map(|state| Some(Withheld { rule: field(state, "rule"), reason: field(state, "reason")? }))
        .collect();
    (!told.is_empty()).then_some(told)
}

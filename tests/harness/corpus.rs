//! The cases, and what Envoy makes of one.

use crate::{client, root, tls};
use anyhow::{Context, Result};
use cases::{Case, CaseFile, Observed, Protocol};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

pub use wire::parse_details;

/// The case files of `tests/cases` and of the examples, with their names: `path-policy/dots`, `examples/demo`.
///
/// # Errors
/// What is wrong with one of them.
pub fn files() -> Result<Vec<(String, CaseFile)>> {
    let (folder, examples) = (root().join("tests/cases"), root().join("examples"));
    let mut files = Vec::new();
    for file in sorted(&folder)?.iter().map(|filter| sorted(filter)).collect::<Result<Vec<_>>>()?.concat() {
        files.push((file.strip_prefix(&folder)?.with_extension("").display().to_string(), read(&file)?));
    }
    for example in sorted(&examples)? {
        let file = example.join("cases.yaml");
        if file.is_file() {
            files.push((format!("examples/{}", example.strip_prefix(&examples)?.display()), read(&file)?));
        }
    }
    Ok(files)
}

fn read(file: &Path) -> Result<CaseFile> {
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
    let request = wire::request(case, protocol).map_err(anyhow::Error::msg)?;
    let certified = case.connection.certificate.is_some();
    let secure = |alpn| tls::connect(listeners.tls, case.connection.sni.as_deref(), alpn, certified);
    let response = match (case.connection.tls, protocol) {
        (false, Protocol::Http2) => client::http2(listeners.plain, &request),
        (false, _) => client::http1(listeners.plain, &request),
        (true, Protocol::Http2) => client::http2_over(&mut secure(b"h2")?, "https", &request),
        (true, _) => client::http1_over(&mut secure(b"http/1.1")?, &request),
    };
    Ok(response.ok().map(|response| wire::observed(&request, response)))
}

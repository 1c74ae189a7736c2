//! The case files, and cases run through Envoy.

use crate::workspace::root;
use crate::{case, http, tls};
use anyhow::{Context, Result};
use cases::{Case, CaseFile, Difference, Observed, Protocol};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Reads the case files of `tests/cases` and of the examples, with names such as `path-policy/dots` and `examples/demo`.
pub fn files() -> Result<Vec<(String, CaseFile)>> {
    paths()?.into_iter().map(|(name, file)| Ok((name, read(&file)?))).collect()
}

/// Returns the paths of the case files, with their names.
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

/// Returns the differences of a case, one per line.
pub fn lines(differences: &[Difference]) -> String {
    differences.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Reads a case file.
pub fn read(file: &Path) -> Result<CaseFile> {
    CaseFile::read(file).map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// The addresses of the two listeners with the same policy.
#[derive(Debug, Clone, Copy)]
pub struct Listeners {
    /// Plaintext.
    pub plain: SocketAddr,
    /// TLS.
    pub tls: SocketAddr,
}

/// Sends the request of a case. Returns `None` if Envoy closes the connection or the stream without a response.
pub fn run(case: &Case, protocol: Protocol, listeners: Listeners) -> Result<Option<Observed>> {
    let request = case::request(case, protocol).map_err(anyhow::Error::msg)?;
    let certified = case.connection.certificate.is_some();
    let secure = |alpn| tls::connect(listeners.tls, case.connection.sni.as_deref(), alpn, certified);
    let response = match (case.connection.tls, protocol) {
        (false, Protocol::Http2) => http::http2(listeners.plain, &request),
        (false, _) => http::http1(listeners.plain, &request),
        (true, Protocol::Http2) => http::http2_over(&mut secure(b"h2")?, "https", &request),
        (true, _) => http::http1_over(&mut secure(b"http/1.1")?, &request),
    };
    Ok(response.ok().map(|response| case::observed(&request, response)))
}

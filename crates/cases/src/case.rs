//! The format of case files.

use inspect::{HeaderLine, Loaded, Request, parse_header, sha256, unescape};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A case file: a policy and cases for it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseFile {
    /// The name of the module, such as `path-policy`.
    pub filter: String,
    /// The policy, or the path of its file relative to the case file.
    pub policy: Value,
    /// The file of the policy, if the case file names one.
    #[serde(skip)]
    pub policy_file: Option<PathBuf>,
    /// Client certificates by name: the SHA-256 of each, in hex.
    #[serde(default)]
    pub certificates: BTreeMap<String, String>,
    /// The cases.
    pub cases: Vec<Case>,
}

/// A request and the expected decision.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What the case shows.
    pub name: String,
    /// The method and the target: `GET /a?b`. The target may be omitted. `\xHH` is a byte, here and in `headers`.
    pub request: String,
    /// The authority; if empty, the request has none.
    #[serde(default = "default_host")]
    pub host: String,
    /// Header lines: `name: value`, or one of the short forms for long headers.
    #[serde(default)]
    pub headers: Vec<Line>,
    /// The connection; plaintext by default.
    #[serde(default)]
    pub connection: Connection,
    /// The protocols that the request is sent over.
    #[serde(default = "default_protocols")]
    pub protocols: Vec<Protocol>,
    /// The expected decision.
    pub expect: Expected,
    /// Cases in which Envoy itself replies, or changes the request before the filter.
    #[serde(default)]
    pub envoy: Vec<Exception>,
}

fn default_host() -> String {
    "shop.example.com".to_owned()
}

fn default_protocols() -> Vec<Protocol> {
    vec![Protocol::Http1, Protocol::Http2]
}

/// A header line.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Line {
    /// `name: value`.
    Text(String),
    /// A long value.
    Long {
        /// The name.
        name: String,
        /// The text that is repeated.
        repeat: String,
        /// The number of repetitions.
        times: usize,
    },
    /// Many lines whose names end in a number, from 1.
    Many {
        /// `name: value`.
        line: String,
        /// The number of lines.
        lines: usize,
    },
}

/// A connection.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Connection {
    /// True if it is TLS.
    #[serde(default)]
    pub tls: bool,
    /// The server name.
    pub sni: Option<String>,
    /// The name of the client's certificate in the file's `certificates`; after reading, its SHA-256 in hex.
    pub certificate: Option<String>,
}

/// A protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Protocol {
    /// HTTP/1.0.
    #[serde(rename = "http/1.0")]
    Http10,
    /// HTTP/1.1.
    #[serde(rename = "http/1.1")]
    Http1,
    /// HTTP/2.
    #[serde(rename = "http/2")]
    Http2,
}

/// The expected decision. Omitted fields are not compared, except `decision`, and `reason` of a denial.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// `allow`, `deny` or `redirect`.
    pub decision: String,
    /// The status that the client sees; 200 by default for an allowed request.
    pub status: Option<u16>,
    /// The rule that denied or redirected the request or, if it was allowed, the last rule that matched.
    pub rule: Option<String>,
    /// The reason of a denial or redirect.
    pub reason: Option<String>,
    /// The reading of the path that was denied; only the engine reports it.
    pub reading: Option<String>,
    /// Headers of the response; `null` for a header that must be absent.
    #[serde(default)]
    pub headers: BTreeMap<String, Option<String>>,
    /// The body of the response.
    pub body: Option<String>,
    /// The request that the upstream gets.
    pub upstream: Option<Upstream>,
    /// The shadowed decisions, in order.
    pub shadowed: Option<Vec<ShadowDecision>>,
}

/// The request that the upstream gets.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upstream {
    /// The authority: the host, with the port if the client sent one.
    pub authority: Option<String>,
    /// The target; `\xHH` is a byte.
    pub target: Option<String>,
    /// The values of headers, one for each line.
    #[serde(default)]
    pub headers: BTreeMap<String, Vec<String>>,
}

/// A shadowed denial or redirect.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShadowDecision {
    /// The rule.
    pub rule: Option<String>,
    /// The reason.
    pub reason: String,
}

/// A result that differs in Envoy.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// The protocol; every protocol by default.
    pub protocol: Option<Protocol>,
    /// The first version of Envoy with this exception, such as `"1.37"`; every version by default.
    pub since: Option<String>,
    /// The first version of Envoy without this exception.
    pub before: Option<String>,
    /// The status in Envoy; 0 if it closes the connection or the stream.
    pub status: Option<u16>,
    /// The reason for the exception.
    pub because: String,
}

impl CaseFile {
    /// Reads a case file, and the policy file that it names.
    ///
    /// # Errors
    /// Returns why the file cannot be read.
    pub fn read(file: &Path) -> Result<Self, String> {
        let mut read: Self = serde_json::from_value(document(file)?).map_err(|error| error.to_string())?;
        if let Value::String(policy) = &read.policy {
            let policy = file.parent().unwrap_or(Path::new("")).join(policy);
            read.policy = document(&policy)?;
            read.policy_file = Some(policy);
        }
        for (name, digest) in &mut read.certificates {
            *digest =
                sha256(digest).map_err(|help| format!("invalid certificate `{name}`: `{digest}`; {help}"))?;
        }
        for certificate in read.cases.iter_mut().filter_map(|case| case.connection.certificate.as_mut()) {
            let digest = read.certificates.get(certificate).cloned();
            *certificate = digest.ok_or_else(|| {
                format!("unknown certificate `{certificate}`; add its SHA-256 to `certificates`")
            })?;
        }
        Ok(read)
    }

    /// Loads the policy.
    ///
    /// # Errors
    /// Returns every problem of the policy.
    pub fn load(&self) -> Loaded {
        modules::load(&self.filter, self.policy.to_string().as_bytes())
    }
}

/// Reads the only YAML document of a file.
fn document(file: &Path) -> Result<Value, String> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|error| format!("{name}: {error}"))?;
    let documents = yaml::values(&name, &text).map_err(|problem| problem.to_string())?;
    let [document] =
        <[Value; 1]>::try_from(documents).map_err(|_| format!("{name}: expected one document"))?;
    Ok(document)
}

impl Case {
    /// Returns the method.
    pub fn method(&self) -> &str {
        self.request.split(' ').next().unwrap_or_default()
    }

    /// Returns the target.
    ///
    /// # Errors
    /// Returns the reason if the target has an invalid escape.
    pub fn target(&self) -> Result<Option<Vec<u8>>, String> {
        self.request.split_once(' ').map(|(_, target)| unescape(target)).transpose()
    }

    /// Returns the header lines.
    ///
    /// # Errors
    /// Returns the reason if a line has an invalid escape or no colon.
    pub fn lines(&self) -> Result<Vec<HeaderLine>, String> {
        let mut lines = Vec::new();
        for line in &self.headers {
            match line {
                Line::Text(line) => lines.push(parse_header(line)?),
                Line::Long { name, repeat, times } => {
                    lines.push((unescape(name)?, unescape(repeat)?.repeat(*times)));
                }
                Line::Many { line, lines: count } => {
                    let (name, value) = parse_header(line)?;
                    lines.extend(
                        (1..=*count).map(|n| ([&name[..], n.to_string().as_bytes()].concat(), value.clone())),
                    );
                }
            }
        }
        Ok(lines)
    }

    /// Returns the request.
    ///
    /// # Errors
    /// Returns the reason if the case has an invalid escape, or a header line without a colon.
    pub fn as_request(&self) -> Result<Request, String> {
        let host = unescape(&self.host)?;
        let connection = &self.connection;
        Ok(Request {
            method: self.method().as_bytes().to_vec(),
            target: self.target()?,
            host: (!host.is_empty()).then_some(host),
            headers: self.lines()?,
            tls: connection.tls,
            sni: connection.sni.as_ref().map(|sni| sni.as_bytes().to_vec()),
            certificate: connection.certificate.clone(),
        })
    }

    /// Returns the exception for a protocol and a version of Envoy.
    pub fn exception(&self, protocol: Protocol, version: &str) -> Option<&Exception> {
        let numbers = |text: &str| text.split('.').map_while(|part| part.parse().ok()).collect::<Vec<u32>>();
        let version = numbers(version);
        self.envoy.iter().find(|exception| {
            exception.protocol.is_none_or(|only| only == protocol)
                && exception.since.as_ref().is_none_or(|first| version >= numbers(first))
                && exception.before.as_ref().is_none_or(|first| version < numbers(first))
        })
    }
}

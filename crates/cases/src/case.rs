//! The format.

use crate::bytes::unescape;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// A case file: a policy and what is expected of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseFile {
    /// The filter, as its module is named with dashes: `path-policy`.
    pub filter: String,
    /// Its policy, or the file that it stands in, seen from the case file.
    pub policy: Value,
    /// The cases.
    pub cases: Vec<Case>,
}

/// A request and what is expected of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What the case shows.
    pub name: String,
    /// Method and target: `GET /a?b`; the target may be left out. `\xHH` stands for a byte, here and in `headers`.
    pub request: String,
    /// The authority; an empty one is none at all.
    #[serde(default = "default_host")]
    pub host: String,
    /// Further header lines, `name: value`; `{repeat: TEXT, times: N}` behind the name makes a long value.
    #[serde(default)]
    pub headers: Vec<Line>,
    /// The connection; absent: plaintext.
    #[serde(default)]
    pub connection: Connection,
    /// The protocols that it is sent over.
    #[serde(default = "default_protocols")]
    pub protocols: Vec<Protocol>,
    /// What is expected.
    pub expect: Expected,
    /// Where Envoy itself answers before the filter does, or changes what the filter sees.
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
    /// A value made of `repeat`, `times` times over.
    Long {
        /// The name.
        name: String,
        /// What is repeated.
        repeat: String,
        /// How often.
        times: usize,
    },
    /// The same line many times over, its name ending in a number from 1.
    Many {
        /// `name: value`.
        line: String,
        /// How often.
        lines: usize,
    },
}

/// The name and the value of a header line.
pub type HeaderLine = (Vec<u8>, Vec<u8>);

/// A connection.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Connection {
    /// Whether it is TLS.
    #[serde(default)]
    pub tls: bool,
    /// Its server name.
    #[serde(default)]
    pub sni: Option<String>,
    /// The client's certificate: `client` is that of `tests/harness/client-certificate.pem`.
    #[serde(default)]
    pub certificate: Option<Certificate>,
}

/// A certificate of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Certificate {
    /// The one that the tests have.
    Client,
}

impl Certificate {
    /// Its SHA-256, in hex.
    pub fn digest(self) -> &'static str {
        match self {
            Self::Client => CLIENT_DIGEST,
        }
    }
}

/// The SHA-256 of `tests/harness/client-certificate.pem`, in hex; a test of the harness holds them against each other.
const CLIENT_DIGEST: &str = "46746dfa3c0f1a20e96ab4e3d840ba2535a5a84ea536c0fbe9c2ed7edb0ef6d0";

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

/// What is expected; what is left out is not looked at, but `decision` always is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// `allow`, `deny` or `redirect`.
    pub decision: String,
    /// The status that the client sees; absent: 200 of an allowed request.
    pub status: Option<u16>,
    /// The rule that denied or redirected, or, of an allowed request, the last that matched.
    pub rule: Option<String>,
    /// Why it was denied or redirected; a denial must name it.
    pub reason: Option<String>,
    /// The reading of the path that was denied; the engine alone tells it.
    pub reading: Option<String>,
    /// Headers of the response: a value, or `null` for none.
    #[serde(default)]
    pub headers: BTreeMap<String, Option<String>>,
    /// The body of the response.
    pub body: Option<String>,
    /// What the upstream gets.
    pub upstream: Option<Upstream>,
    /// What shadow mode withheld, in order.
    pub shadowed: Option<Vec<Withheld>>,
}

/// What the upstream gets.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upstream {
    /// The target, `\xHH` standing for a byte.
    pub target: Option<String>,
    /// Headers: their values, one a line, or none.
    #[serde(default)]
    pub headers: BTreeMap<String, Vec<String>>,
}

/// A denial or redirect that shadow mode withheld.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withheld {
    /// The rule.
    pub rule: Option<String>,
    /// Why.
    pub reason: String,
}

/// Where Envoy itself makes the difference.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// Over which protocol; absent: over each.
    pub protocol: Option<Protocol>,
    /// The first version of Envoy that it holds for: `"1.37"`; absent: each.
    pub since: Option<String>,
    /// The first version of Envoy that it no longer holds for.
    pub before: Option<String>,
    /// What is seen instead: a status, or 0 for a connection or stream that is closed without one.
    pub status: Option<u16>,
    /// Why.
    pub because: String,
}

impl CaseFile {
    /// Reads a case file, and the policy that it names.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(file: &Path) -> Result<Self, String> {
        let mut read: Self = serde_json::from_value(document(file)?).map_err(|error| error.to_string())?;
        if let Value::String(policy) = &read.policy {
            read.policy = document(&file.parent().unwrap_or(Path::new("")).join(policy))?;
        }
        Ok(read)
    }
}

/// Reads the only YAML document of a file.
fn document(file: &Path) -> Result<Value, String> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|error| format!("{name}: {error}"))?;
    let mut documents = yaml::values(&name, &text).map_err(|error| error.to_string())?;
    match (documents.pop(), documents.is_empty()) {
        (Some(document), true) => Ok(document),
        _ => Err(format!("{name}: expected one document")),
    }
}

impl Case {
    /// The method.
    pub fn method(&self) -> &str {
        self.request.split(' ').next().unwrap_or_default()
    }

    /// The target, where there is one.
    ///
    /// # Errors
    /// A wrong escape.
    pub fn target(&self) -> Result<Option<Vec<u8>>, String> {
        self.request.split_once(' ').map(|(_, target)| unescape(target)).transpose()
    }

    /// The further header lines.
    ///
    /// # Errors
    /// A wrong escape, or a line without a colon.
    pub fn lines(&self) -> Result<Vec<HeaderLine>, String> {
        let split = |line: &str| {
            let (name, value) = line.split_once(':').ok_or_else(|| format!("`{line}` is no header line"))?;
            let value = value.strip_prefix(' ').unwrap_or(value);
            Ok::<_, String>((unescape(name)?, unescape(value)?))
        };
        let mut lines = Vec::new();
        for line in &self.headers {
            match line {
                Line::Text(line) => lines.push(split(line)?),
                Line::Long { name, repeat, times } => {
                    lines.push((unescape(name)?, unescape(repeat)?.repeat(*times)));
                }
                Line::Many { line, lines: count } => {
                    let (name, value) = split(line)?;
                    lines.extend(
                        (1..=*count).map(|n| ([&name[..], n.to_string().as_bytes()].concat(), value.clone())),
                    );
                }
            }
        }
        Ok(lines)
    }

    /// What is expected of this version of Envoy over a protocol, where it makes a difference itself.
    pub fn exception(&self, protocol: Protocol, version: &str) -> Option<&Exception> {
        let numbers = |text: &str| text.split('.').map_while(|part| part.parse().ok()).collect::<Vec<u32>>();
        let version = numbers(version);
        let (since, before) =
            (|first: &String| version >= numbers(first), |first: &String| version < numbers(first));
        self.envoy.iter().find(|exception| {
            exception.protocol.is_none_or(|only| only == protocol)
                && exception.since.as_ref().is_none_or(since)
                && exception.before.as_ref().is_none_or(before)
        })
    }
}

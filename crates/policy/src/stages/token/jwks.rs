//! Where the keys of a provider come from.

use crate::document::{Code, Document, Fields, Node, Problems};
use crate::http::Authority;
use crate::vocabulary::Duration;
use jose::{Algorithm, RefreshPolicy};

/// Where the keys of a provider come from.
#[derive(Clone)]
pub enum Jwks {
    /// They stand in the configuration.
    Inline(String),
    /// They are fetched.
    Remote(RemoteJwks),
}

document! {
    /// Keys that are fetched.
    pub struct RemoteJwks {
        /// The Envoy cluster that they are asked of.
        "cluster" cluster: String,
        /// Their URI.
        "uri" uri: JwksUri,
        /// How long an answer may take, and how long a request waits for the first keys.
        "timeout" timeout: Within<1, { 5 * MINUTE }> = Within(Duration::from_secs(5)),
        /// After how long they are fetched anew.
        "cacheDuration" cache_duration: Within<SECOND, { 30 * DAY }> = Within(Duration::from_secs(600)),
        /// How long they serve on where that fails (RFC 5861, section 4).
        "staleIfError" stale_if_error: Duration = Duration::from_secs(24 * 60 * 60),
        /// How long after a fetch for an unknown `kid` another may follow.
        "cooldownDuration" cooldown: Within<SECOND, DAY> = Within(Duration::from_secs(10)),
    }
}

/// A duration from `LEAST` to `MOST` milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Within<const LEAST: u64, const MOST: u64>(pub Duration);

const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;
const DAY: u64 = 24 * 60 * MINUTE;

impl<const LEAST: u64, const MOST: u64> Document for Within<LEAST, MOST> {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let duration = Duration::read(node, problems)?;
        if !(LEAST..=MOST).contains(&duration.as_millis()) {
            let help = format!("write `{LEAST}ms` to `{}m`", MOST / MINUTE);
            node.problem(problems, Code::DURATION, "too short or too long", help);
            return None;
        }
        Some(Self(duration))
    }
}

/// The URI of a key set, as what a request for it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JwksUri {
    /// Host and port.
    pub authority: String,
    /// Path and query.
    pub target: String,
}

impl JwksUri {
    fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
        let (authority, target) = match rest.find(['/', '?']) {
            Some(at) => rest.split_at_checked(at)?,
            None => (rest, "/"),
        };
        Authority::parse(authority.as_bytes()).ok()?;
        let plain = target.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
        plain.then(|| Self { authority: authority.to_owned(), target: target.to_owned() })
    }
}

impl Document for JwksUri {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let text = node.string(problems)?;
        let uri = Self::parse(text).filter(|uri| uri.target.starts_with('/'));
        if uri.is_none() {
            let help = "write scheme, host and path: `https://issuer.example/jwks.json`";
            // It may hold a password: it is not repeated.
            node.problem(problems, Code::URI, "no URI to fetch keys from", help);
        }
        uri
    }
}

impl Document for Jwks {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let fields = Fields::of(node, &["inline", "remote"], problems)?;
        let remote = fields.optional("remote", problems);
        match (fields.has("inline"), remote?) {
            (true, None) => node.value.get("inline").map(|keys| Self::Inline(keys.to_string())),
            (false, Some(remote)) => Some(Self::Remote(remote)),
            _ => {
                problems.add(
                    Code::JWKS,
                    fields.path,
                    "not one of `inline` and `remote`",
                    "keep one of the two",
                );
                None
            }
        }
    }
}

/// Without the keys themselves, which may be secrets.
impl std::fmt::Debug for Jwks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Inline(_) => f.write_str("Inline"),
            Self::Remote(remote) => f.debug_tuple("Remote").field(remote).finish(),
        }
    }
}

/// A set of keys that somebody has to fetch for a stage, and how.
#[derive(Debug, Clone)]
pub struct RemoteKeys {
    /// Its place in the stage.
    pub provider_index: usize,
    /// The provider whose keys they are.
    pub provider: String,
    /// The Envoy cluster that they are asked of.
    pub cluster: String,
    /// Where they are.
    pub uri: JwksUri,
    /// How they are fetched.
    pub pace: RefreshPolicy,
    /// What they are used for: keys for nothing of it are left out.
    pub algorithms: Vec<Algorithm>,
}

impl RemoteJwks {
    /// How somebody has to fetch them for the provider at this place.
    pub(super) fn keys(&self, provider_index: usize, provider: &str, algorithms: &[Algorithm]) -> RemoteKeys {
        let pace = RefreshPolicy {
            timeout: self.timeout.0.as_millis(),
            cache_duration: self.cache_duration.0.as_millis(),
            cooldown: self.cooldown.0.as_millis(),
        };
        RemoteKeys {
            provider_index,
            provider: provider.to_owned(),
            cluster: self.cluster.clone(),
            uri: self.uri.clone(),
            pace,
            algorithms: algorithms.to_vec(),
        }
    }

    /// For how many seconds a set serves after it was fetched.
    pub(super) fn serves(&self) -> u64 {
        let milliseconds = self.cache_duration.0.as_millis().saturating_add(self.stale_if_error.as_millis());
        milliseconds.div_ceil(SECOND)
    }

    /// After how many seconds a client that found no keys may try again.
    pub(super) fn retry_after(&self) -> u64 {
        self.timeout.0.as_secs().max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::JwksUri;
    use crate::document::read;
    use crate::test;

    #[test]
    fn a_uri_is_a_host_and_a_path() {
        for (text, authority, target) in [
            ("https://issuer.example/jwks.json", "issuer.example", "/jwks.json"),
            ("http://127.0.0.1:8081/a?b=c", "127.0.0.1:8081", "/a?b=c"),
            ("https://[::1]:8443", "[::1]:8443", "/"),
        ] {
            let uri = JwksUri { authority: authority.to_owned(), target: target.to_owned() };
            assert_eq!(read::<JwksUri>(format!("\"{text}\"").as_bytes()).unwrap(), uri);
        }
        for text in [
            "",
            "issuer.example/x",
            "ftp://a/x",
            "https://",
            "https://u@a/",
            "https://a/ b",
            "https://a/#b",
            "https://a?b",
        ] {
            assert!(read::<JwksUri>(format!("\"{text}\"").as_bytes()).is_err(), "{text}");
        }
    }
}

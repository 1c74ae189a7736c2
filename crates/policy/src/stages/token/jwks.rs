//! The source of a provider's keys.

use crate::document::{Code, Definitions, Document, Node, Problems, Schema};
use crate::http::Authority;
use crate::vocabulary::Duration;
use jose::{Algorithm, RefreshPolicy};

exactly_one! {
    /// The source of a provider's keys.
    pub enum Jwks or JWKS {
        /// The keys themselves: a key set (RFC 7517).
        "inline" Inline(InlineJwks),
        /// A key set that is fetched.
        "remote" Remote(RemoteJwks),
    }
}

/// An inline key set. [`Providers`](super::providers::Providers) reads the keys, which depend on the algorithms.
#[derive(Debug, Clone, Copy)]
pub struct InlineJwks;

impl Document for InlineJwks {
    fn read(_: Node<'_>, _: &mut Problems) -> Option<Self> {
        Some(Self)
    }

    fn describe(_: &mut Definitions) -> Schema {
        Schema::of_type("object")
            .with("properties", serde_json::json!({}))
            .required("keys", Schema::list(Schema::default()).about("The keys."))
    }
}

document! {
    /// A key set that is fetched.
    pub struct RemoteJwks {
        /// The Envoy cluster that serves it.
        "cluster" cluster: String,
        /// The URI.
        "uri" uri: JwksUri,
        /// The timeout of a fetch, and how long a request waits for the first keys.
        "timeout" timeout: Within<1, MAX_TIMEOUT> = Within(Duration::from_secs(5)),
        /// The time between fetches.
        "cacheDuration" cache_duration: Within<SECOND, { 30 * DAY }> = Within(Duration::from_secs(600)),
        /// How long the keys stay valid after `cacheDuration` if fetches fail (RFC 5861, section 4).
        "staleIfError" stale_if_error: Duration = Duration::from_secs(24 * 60 * 60),
        /// The minimum time between fetches for an unknown `kid`.
        "cooldownDuration" cooldown: Within<SECOND, DAY> = Within(Duration::from_secs(10)),
    }
}

/// A duration from `MIN` to `MAX` milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Within<const MIN: u64, const MAX: u64>(pub Duration);

const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;
const MAX_TIMEOUT: u64 = 5 * MINUTE;
const DAY: u64 = 24 * 60 * MINUTE;

impl<const MIN: u64, const MAX: u64> Document for Within<MIN, MAX> {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let duration = Duration::read(node, problems)?;
        if !(MIN..=MAX).contains(&duration.as_millis()) {
            return problems.invalid(Code::DURATION, node.path, "duration out of range", range(MAX));
        }
        Some(Self(duration))
    }

    fn describe(definitions: &mut Definitions) -> Schema {
        Duration::describe(definitions)
    }

    fn spelled(&self) -> Option<serde_json::Value> {
        self.0.spelled()
    }
}

/// Returns the help for a duration above this maximum, or below its minimum.
const fn range(max: u64) -> &'static str {
    match max {
        MAX_TIMEOUT => "write `1ms` to `5m`",
        DAY => "write `1s` to `24h`",
        _ => "write `1s` to `720h`",
    }
}

/// The URI of a key set, split for a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JwksUri {
    /// The host and port.
    pub authority: String,
    /// The path and query.
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
        let is_plain = target.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
        is_plain.then(|| Self { authority: authority.to_owned(), target: target.to_owned() })
    }
}

impl Document for JwksUri {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let text = node.string(problems)?;
        Self::parse(text).filter(|uri| uri.target.starts_with('/')).or_else(|| {
            let help = "write scheme, host and path: `https://issuer.example/jwks.json`";
            // The message does not repeat the URI, which may contain a password.
            problems.invalid(Code::URI, node.path, "invalid URI of a key set", help)
        })
    }

    fn describe(_: &mut Definitions) -> Schema {
        Schema::of_type("string").with("pattern", "^https?://")
    }
}

/// A key set that the host must fetch.
#[derive(Debug, Clone)]
pub struct RemoteKeys {
    /// The index of the provider.
    pub provider_index: usize,
    /// The name of the provider.
    pub provider: String,
    /// The Envoy cluster that serves the key set.
    pub cluster: String,
    /// The URI of the key set.
    pub uri: JwksUri,
    /// When it is fetched.
    pub refresh: RefreshPolicy,
    /// The accepted algorithms. Keys for other algorithms are skipped.
    pub algorithms: Vec<Algorithm>,
}

impl RemoteJwks {
    /// Returns how to fetch the key set of a provider.
    pub(super) fn keys(&self, provider_index: usize, provider: &str, algorithms: &[Algorithm]) -> RemoteKeys {
        let refresh = RefreshPolicy {
            timeout: self.timeout.0.as_millis(),
            cache_duration: self.cache_duration.0.as_millis(),
            cooldown: self.cooldown.0.as_millis(),
        };
        RemoteKeys {
            provider_index,
            provider: provider.to_owned(),
            cluster: self.cluster.clone(),
            uri: self.uri.clone(),
            refresh,
            algorithms: algorithms.to_vec(),
        }
    }

    /// Returns how many seconds a key set is valid after its fetch.
    pub(super) fn max_age(&self) -> u64 {
        let milliseconds = self.cache_duration.0.as_millis().saturating_add(self.stale_if_error.as_millis());
        milliseconds.div_ceil(SECOND)
    }

    /// Returns after how many seconds a client may retry if there are no keys.
    pub(super) fn retry_after(&self) -> u64 {
        self.timeout.0.as_secs().max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::{JwksUri, RemoteJwks};
    use crate::document::read;
    use crate::test;

    #[test]
    fn a_uri_has_a_host_and_a_path() {
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

    #[test]
    fn the_help_for_a_duration_has_its_limits() {
        for (field, invalid, limits) in [
            ("timeout", "6m", ["1ms", "5m"]),
            ("cacheDuration", "0s", ["1s", "720h"]),
            ("cooldownDuration", "25h", ["1s", "24h"]),
        ] {
            let read = |duration: &str| {
                let remote = format!(r#"{{"cluster": "a", "uri": "https://a/", "{field}": "{duration}"}}"#);
                read::<RemoteJwks>(remote.as_bytes())
            };
            let help = format!("write `{}` to `{}`", limits[0], limits[1]);
            assert!(read(invalid).unwrap_err()[0].to_string().ends_with(&help), "{field}");
            assert!(limits.iter().all(|limit| read(limit).is_ok()), "{field}");
        }
    }
}

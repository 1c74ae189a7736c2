//! A set of keys (RFC 7517, section 5).

use super::{Key, SkippedKey, jwk};
use crate::algorithm::Algorithm;
use crate::json::parse_json;
use serde_json::Value;

/// The most bytes of a set.
pub const MAX_SET_BYTES: usize = 1024 * 1024;

/// The most keys of a set.
pub const MAX_KEYS: usize = 200;

/// How many lists and objects may stand in each other in a set.
const MAX_DEPTH: usize = 16;

/// The keys of an issuer that can be used. It may be empty: whether that is an error is for the caller to say.
#[derive(Debug, Clone, Default)]
pub struct KeySet {
    keys: Vec<Key>,
}

/// Why a set cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeySetError {
    /// It has more bytes than [`MAX_SET_BYTES`].
    TooLong,
    /// It is no JSON, an object in it has a name twice, or it is nested too deep.
    Json,
    /// It is no object with a list `keys` (RFC 7517, section 5.1).
    NoKeys,
    /// It has more keys than [`MAX_KEYS`].
    TooManyKeys,
}

impl KeySetError {
    /// What is wrong, for a log.
    pub fn reason(self) -> &'static str {
        match self {
            Self::TooLong => "the key set has more than 1 MiB",
            Self::Json => "the key set is no JSON object with unique names",
            Self::NoKeys => "the key set has no list `keys`",
            Self::TooManyKeys => "the key set has more than 200 keys",
        }
    }
}

impl std::fmt::Display for KeySetError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.reason())
    }
}

impl std::error::Error for KeySetError {}

impl KeySet {
    /// Reads a set for the algorithms that the configuration allows. Keys that cannot be used with one of them are
    /// left out (RFC 7517, section 5), and it is said which and why.
    ///
    /// # Errors
    /// What is wrong with the set as a whole.
    pub fn parse(json: &[u8], algorithms: &[Algorithm]) -> Result<(Self, Vec<SkippedKey>), KeySetError> {
        if json.len() > MAX_SET_BYTES {
            return Err(KeySetError::TooLong);
        }
        let set = parse_json(json, MAX_DEPTH).map_err(|_| KeySetError::Json)?;
        let jwks = set.get("keys").and_then(Value::as_array).ok_or(KeySetError::NoKeys)?;
        if jwks.len() > MAX_KEYS {
            return Err(KeySetError::TooManyKeys);
        }
        let (mut keys, mut left_out) = (Vec::new(), Vec::new());
        for (index, jwk) in jwks.iter().enumerate() {
            match jwk::read(jwk, algorithms) {
                Ok(key) => keys.push(key),
                Err(why) => {
                    let kid = jwk.get("kid").and_then(Value::as_str).map(str::to_owned);
                    left_out.push(SkippedKey { index, kid, why });
                }
            }
        }
        Ok((Self { keys }, left_out))
    }

    /// The keys to try for a token, in the order of the set.
    ///
    /// A key serves only the algorithms that it was bound to. A token that names a key is tried with the keys of that
    /// name, all of them if several have it (RFC 7517, section 4.5), and with those that have none: `kid` is a hint
    /// (RFC 7515, section 4.1.4), and keys without it are in use where an issuer has just one. It is never tried with
    /// a key of another name. A token that names no key is tried with all.
    ///
    /// Each costs a signature check, so a caller may want to take the first few only.
    pub fn candidates(&self, algorithm: Algorithm, kid: Option<&str>) -> impl Iterator<Item = &Key> {
        self.keys.iter().filter(move |key| {
            let named = kid.zip(key.kid());
            key.algorithms().contains(&algorithm) && named.is_none_or(|(wanted, kid)| wanted == kid)
        })
    }

    /// Whether there is a key of this name: where there is none, the issuer may have new keys.
    pub fn has_kid(&self, kid: &str) -> bool {
        self.keys.iter().any(|key| key.kid() == Some(kid))
    }

    /// All keys, in the order of the set.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// Whether there is no key that can be used.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::{KeySet, KeySetError as E, MAX_KEYS, MAX_SET_BYTES};
    use crate::algorithm::Algorithm;
    use crate::test;

    const SECRET: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";

    fn parse(json: &str) -> Result<KeySet, E> {
        KeySet::parse(json.as_bytes(), &Algorithm::ALL).map(|(keys, _)| keys)
    }

    fn oct(kid: &str) -> String {
        format!(r#"{{"kty":"oct","kid":"{kid}","k":"{SECRET}"}}"#)
    }

    #[test]
    fn garbage_is_no_set() {
        for json in ["", "<html>", "{\"keys\":[", "{\"keys\":[],\"keys\":[]}"] {
            assert_eq!(parse(json).err(), Some(E::Json), "{json}");
        }
        assert_eq!(parse(&"[".repeat(100_000)).err(), Some(E::Json));
        for json in ["{}", "[]", "null", "7", "{\"keys\":{}}", "{\"keys\":null}", r#"{"kty":"oct"}"#] {
            assert_eq!(parse(json).err(), Some(E::NoKeys), "{json}");
        }
    }

    #[test]
    fn a_set_is_bounded() {
        let padded = |bytes: usize| format!("{{\"keys\":[]{}}}", " ".repeat(bytes - 11));
        assert!(parse(&padded(MAX_SET_BYTES)).unwrap().is_empty());
        assert_eq!(parse(&padded(MAX_SET_BYTES + 1)).err(), Some(E::TooLong));
        let many = |count: usize| format!("{{\"keys\":[{}]}}", vec![oct("a"); count].join(","));
        assert_eq!(parse(&many(MAX_KEYS)).unwrap().keys().len(), MAX_KEYS);
        assert_eq!(parse(&many(MAX_KEYS + 1)).err(), Some(E::TooManyKeys));
    }

    #[test]
    fn what_is_left_out_is_named() {
        let json = format!(
            r#"{{"keys":[7,{{"kty":"oct","kid":"s\n","k":"AA"}},{},{{"kty":"EC","crv":"P-256K","kid":"c"}}]}}"#,
            oct("a")
        );
        let (keys, left_out) = KeySet::parse(json.as_bytes(), &Algorithm::ALL).unwrap();
        assert_eq!(keys.keys().len(), 1);
        let lines: Vec<_> = left_out.iter().map(ToString::to_string).collect();
        let expected = [
            "key 0 is left out: it is no object",
            "key 1 (`s\\n`) is left out: `k` has fewer than 32 bytes",
            "key 3 (`c`) is left out: `crv` is not known",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn a_token_is_tried_with_the_keys_it_may_be_signed_with() {
        let unnamed = format!(r#"{{"kty":"oct","k":"{SECRET}"}}"#);
        let keys =
            parse(&format!("{{\"keys\":[{},{},{unnamed},{}]}}", oct("a"), oct("b"), oct("a"))).unwrap();
        let count = |algorithm, kid| keys.candidates(algorithm, kid).count();
        assert_eq!(count(Algorithm::HS256, Some("a")), 3);
        assert_eq!(count(Algorithm::HS256, Some("b")), 2);
        assert_eq!(count(Algorithm::HS256, Some("c")), 1);
        assert_eq!(count(Algorithm::HS256, Some("")), 1);
        assert_eq!(count(Algorithm::HS256, None), 4);
        // The secret has 32 bytes.
        assert_eq!(count(Algorithm::HS512, Some("a")), 0);
        assert_eq!(count(Algorithm::RS256, Some("a")), 0);
        assert!(keys.has_kid("a") && !keys.has_kid("c") && !keys.has_kid(""));
    }
}

//! Key sets (RFC 7517, section 5).

use super::jwk;
use super::key::Key;
use super::skipped_key::SkippedKey;
use crate::algorithm::Algorithm;
use encoding::json;
use serde_json::Value;

/// The maximum size of a key set, in bytes.
pub const MAX_SET_BYTES: usize = 1024 * 1024;

/// The maximum number of keys in a set.
pub const MAX_KEYS: usize = 200;

/// The maximum depth of arrays and objects in a set.
const MAX_DEPTH: usize = 16;

/// The usable keys of an issuer. The set may be empty; the caller decides whether that is an error.
#[derive(Debug, Clone, Default)]
pub struct KeySet {
    keys: Vec<Key>,
}

/// Why a key set is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeySetError {
    /// It is longer than [`MAX_SET_BYTES`].
    TooLong,
    /// It is not JSON, has a duplicate key in an object, or is nested too deep.
    Json,
    /// It is not an object with an array `keys` (RFC 7517, section 5.1).
    NoKeys,
    /// It has more keys than [`MAX_KEYS`].
    TooManyKeys,
}

impl KeySetError {
    /// Returns the description for a log.
    pub fn reason(self) -> &'static str {
        match self {
            Self::TooLong => "the key set is larger than 1 MiB",
            Self::Json => "the key set is not valid JSON, or has a duplicate key",
            Self::NoKeys => "the key set has no array `keys`",
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
    /// skipped (RFC 7517, section 5) and returned with the reason.
    ///
    /// # Errors
    /// Returns the reason if the set as a whole is invalid.
    pub fn parse(json: &[u8], algorithms: &[Algorithm]) -> Result<(Self, Vec<SkippedKey>), KeySetError> {
        if json.len() > MAX_SET_BYTES {
            return Err(KeySetError::TooLong);
        }
        let set = json::parse(json, MAX_DEPTH).map_err(|_| KeySetError::Json)?;
        let jwks = set.get("keys").and_then(Value::as_array).ok_or(KeySetError::NoKeys)?;
        if jwks.len() > MAX_KEYS {
            return Err(KeySetError::TooManyKeys);
        }
        let (mut keys, mut skipped) = (Vec::new(), Vec::new());
        for (index, jwk) in jwks.iter().enumerate() {
            match jwk::read(jwk, algorithms) {
                Ok(key) => keys.push(key),
                Err(why) => {
                    let kid = jwk.get("kid").and_then(Value::as_str).map(str::to_owned);
                    skipped.push(SkippedKey { index, kid, why });
                }
            }
        }
        Ok((Self { keys }, skipped))
    }

    /// Returns the keys to try for a token, in the order of the set.
    ///
    /// They are bound to the algorithm. For a token with a `kid` they are the keys with that key ID, all of them if several
    /// have it (RFC 7517, section 4.5), and the keys without a key ID: `kid` is a hint (RFC 7515, section 4.1.4), and an
    /// issuer with a single key may omit it. For a token without a `kid` they are all keys.
    ///
    /// Each key costs a signature check: a caller may limit the number.
    pub fn candidates(&self, algorithm: Algorithm, kid: Option<&str>) -> impl Iterator<Item = &Key> {
        self.keys.iter().filter(move |key| {
            let named = kid.zip(key.kid());
            key.algorithms().contains(&algorithm) && named.is_none_or(|(wanted, kid)| wanted == kid)
        })
    }

    /// Returns true if a key has this key ID. If none has it, the issuer may have new keys.
    pub fn has_kid(&self, kid: &str) -> bool {
        self.keys.iter().any(|key| key.kid() == Some(kid))
    }

    /// Returns all keys, in the order of the set.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// Returns true if no key can be used.
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
    fn an_invalid_set_is_rejected() {
        for json in ["", "<html>", "{\"keys\":[", "{\"keys\":[],\"keys\":[]}"] {
            assert_eq!(parse(json).err(), Some(E::Json), "{json}");
        }
        assert_eq!(parse(&"[".repeat(100_000)).err(), Some(E::Json));
        for json in ["{}", "[]", "null", "7", "{\"keys\":{}}", "{\"keys\":null}", r#"{"kty":"oct"}"#] {
            assert_eq!(parse(json).err(), Some(E::NoKeys), "{json}");
        }
    }

    #[test]
    fn size_and_number_of_keys_are_bounded() {
        let padded = |bytes: usize| format!("{{\"keys\":[]{}}}", " ".repeat(bytes - 11));
        assert!(parse(&padded(MAX_SET_BYTES)).unwrap().is_empty());
        assert_eq!(parse(&padded(MAX_SET_BYTES + 1)).err(), Some(E::TooLong));
        let many = |count: usize| format!("{{\"keys\":[{}]}}", vec![oct("a"); count].join(","));
        assert_eq!(parse(&many(MAX_KEYS)).unwrap().keys().len(), MAX_KEYS);
        assert_eq!(parse(&many(MAX_KEYS + 1)).err(), Some(E::TooManyKeys));
    }

    #[test]
    fn each_skipped_key_has_a_reason() {
        let json = format!(
            r#"{{"keys":[7,{{"kty":"oct","kid":"s\n","k":"AA"}},{},{{"kty":"EC","crv":"P-256K","kid":"c"}}]}}"#,
            oct("a")
        );
        let (keys, skipped) = KeySet::parse(json.as_bytes(), &Algorithm::ALL).unwrap();
        assert_eq!(keys.keys().len(), 1);
        let lines: Vec<_> = skipped.iter().map(ToString::to_string).collect();
        let expected = [
            "key 0 is skipped: not an object",
            "key 1 (`s\\n`) is skipped: `k` has fewer than 32 bytes",
            "key 3 (`c`) is skipped: unknown `crv`",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn candidates_match_algorithm_and_kid() {
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

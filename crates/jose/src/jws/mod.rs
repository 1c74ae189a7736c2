//! Signed tokens in compact serialization (RFC 7515, section 7.1) whose payload is a set of claims (RFC 7519).

mod error;
mod header;

use crate::algorithm::Algorithm;
use encoding::{base64url, json};
use header::Header;
use serde_json::{Map, Value};
use std::fmt;

pub use error::JwsError;

/// The maximum size of a token, in bytes.
pub const MAX_TOKEN_BYTES: usize = 16_384;

/// The maximum depth of arrays and objects in a token.
const MAX_DEPTH: usize = 16;

/// A well-formed token. Its content is untrusted until its signature is verified.
#[derive(Clone, PartialEq)]
pub struct Jws<'a> {
    /// The algorithm that the header names (RFC 7515, section 4.1.1).
    pub algorithm: Algorithm,
    /// The key that the header names (RFC 7515, section 4.1.4).
    pub kid: Option<String>,
    /// The media type (RFC 7515, section 4.1.9).
    pub typ: Option<String>,
    /// The claims (RFC 7519, section 4).
    pub claims: Map<String, Value>,
    /// The signed text: header and payload as received, with the dot (RFC 7515, section 5.1).
    pub message: &'a [u8],
    /// The signature.
    pub signature: Vec<u8>,
    /// The payload in base64url, as received.
    pub payload: &'a str,
}

impl<'a> Jws<'a> {
    /// Parses a token.
    ///
    /// `jku`, `x5u`, `jwk` and `x5c` are ignored: a token cannot select a key that the configuration does not trust.
    ///
    /// # Errors
    /// Returns the reason if the token is malformed or unsigned.
    pub fn parse(token: &'a str) -> Result<Self, JwsError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(JwsError::TooLong);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(JwsError::Parts)?;
        let (header, payload) = message.split_once('.').ok_or(JwsError::Parts)?;
        if payload.contains('.') || header.is_empty() || payload.is_empty() {
            return Err(JwsError::Parts);
        }
        let Header { algorithm, kid, typ } = Header::read(&object(header, JwsError::Header)?)?;
        let claims = object(payload, JwsError::Claims)?;
        let signature = base64url::decode(signature).ok_or(JwsError::Base64)?;
        Ok(Self { algorithm, kid, typ, claims, message: message.as_bytes(), signature, payload })
    }
}

/// Decodes a part that is a JSON object.
fn object(part: &str, otherwise: JwsError) -> Result<Map<String, Value>, JwsError> {
    let text = base64url::decode(part).ok_or(JwsError::Base64)?;
    match json::parse(&text, MAX_DEPTH).map_err(|error| error.fault) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) | Err(json::Fault::Syntax) => Err(otherwise),
        Err(json::Fault::Duplicate) => Err(JwsError::Duplicate),
        Err(json::Fault::TooDeep) => Err(JwsError::TooDeep),
    }
}

/// Leaves out the claims, the payload and the signature: the output may be logged.
impl fmt::Debug for Jws<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { algorithm, kid, typ, .. } = self;
        f.debug_struct("Jws")
            .field("algorithm", algorithm)
            .field("kid", kid)
            .field("typ", typ)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{Jws, JwsError as E, MAX_TOKEN_BYTES};
    use crate::algorithm::Algorithm;
    use crate::test;
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};

    fn token(header: &str, payload: &str) -> String {
        format!("{}.{}.AAAA", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload))
    }

    fn error(header: &str, payload: &str) -> Option<E> {
        Jws::parse(&token(header, payload)).err()
    }

    const RS256: &str = r#"{"alg":"RS256"}"#;

    #[test]
    fn a_token_is_parsed() {
        let header =
            r#"{"alg":"ES256","kid":"a\u00e9","typ":"at+jwt","cty":"x","x5u":7,"jwk":{},"zip":"DEF"}"#;
        let token = token(header, r#"{"sub":"x","roles":["a"]}"#);
        let jws = Jws::parse(&token).unwrap();
        assert_eq!(jws.algorithm, Algorithm::ES256);
        assert_eq!((jws.kid.as_deref(), jws.typ.as_deref()), (Some("a\u{e9}"), Some("at+jwt")));
        assert_eq!(jws.claims["roles"][0], "a");
        assert_eq!(jws.signature, [0, 0, 0]);
        let (message, _) = token.rsplit_once('.').unwrap();
        assert_eq!((jws.message, jws.payload), (message.as_bytes(), message.split_once('.').unwrap().1));
        let shown = format!("{jws:?}");
        assert_eq!(shown, "Jws { algorithm: ES256, kid: Some(\"a\u{e9}\"), typ: Some(\"at+jwt\"), .. }");
    }

    #[test]
    fn a_token_has_three_parts() {
        for token in [
            "",
            ".",
            "..",
            "...",
            "a",
            "a.b",
            "eyJhbGciOiJSUzI1NiJ9..AAAA",
            ".e30.AAAA",
            "a.b.c.d",
            "a.b.c.d.e",
        ] {
            assert_eq!(Jws::parse(token).err(), Some(E::Parts), "{token}");
        }
        // The JSON serializations (RFC 7515, section 7.2) are not accepted.
        assert_eq!(
            Jws::parse(r#"{"payload":"e30","protected":"e30","signature":"AA"}"#).err(),
            Some(E::Parts)
        );
    }

    #[test]
    fn parts_are_strict_base64url() {
        let header = URL_SAFE_NO_PAD.encode(RS256);
        let good = format!("{header}.e30.AAAA");
        assert!(Jws::parse(&good).is_ok());
        let padded = URL_SAFE.encode(r#"{"alg":"RS256"} "#);
        assert!(padded.ends_with('='));
        let standard = STANDARD.encode(r#"{"alg":"RS256","a":"???>>>"}"#);
        assert!(standard.contains(['+', '/']));
        let all = [
            format!("{padded}.e30.AAAA"),
            format!("{standard}.e30.AAAA"),
            format!("{header}.e30=.AAAA"),
            format!("{header}.e31.AA\n"),
            format!("{header}.e30.AB"),
            format!("{header}.e30.AAAA="),
            format!("{header}.e30.AAAA "),
            format!(" {header}.e30.AAAA"),
            format!("{header}.e30.AA\u{e9}"),
            format!("{header}.e3\0.AAAA"),
        ];
        for token in all {
            assert_eq!(Jws::parse(&token).err(), Some(E::Base64), "{token:?}");
        }
    }

    #[test]
    fn an_unknown_algorithm_is_rejected() {
        for alg in ["none", "None", "NONE", "nOnE"] {
            assert_eq!(error(&format!(r#"{{"alg":"{alg}"}}"#), "{}"), Some(E::Unsigned), "{alg}");
        }
        let unknown = ["{}", r#"{"alg":7}"#, r#"{"alg":null}"#, r#"{"alg":""}"#, r#"{"alg":["RS256"]}"#];
        let near = [r#"{"alg":"rs256"}"#, r#"{"alg":"RS256 "}"#, r#"{"alg":"none "}"#, r#"{"alg":"ES256K"}"#];
        for header in unknown.into_iter().chain(near) {
            assert_eq!(error(header, "{}"), Some(E::Algorithm), "{header}");
        }
    }

    #[test]
    fn ambiguous_and_critical_headers_are_rejected() {
        let table = [
            (r#"{"alg":"RS256","alg":"none"}"#, E::Duplicate),
            (r#"{"alg":"RS256","\u0061lg":"HS256"}"#, E::Duplicate),
            (r#"{"alg":"RS256","jwk":{"a":1,"a":2}}"#, E::Duplicate),
            (r#"{"alg":"RS256","crit":["exp"],"exp":1}"#, E::Critical),
            (r#"{"alg":"RS256","crit":[]}"#, E::Critical),
            (r#"{"alg":"RS256","crit":null}"#, E::Critical),
            (r#"{"alg":"RS256","b64":false}"#, E::Unencoded),
            (r#"{"alg":"RS256","b64":true}"#, E::Unencoded),
            (r#"{"alg":"RS256","b64":false,"crit":["b64"]}"#, E::Critical),
            (r#"{"alg":"RS256","typ":1}"#, E::HeaderMember),
            (r#"{"alg":"RS256","kid":null}"#, E::HeaderMember),
            (r#"{"alg":"RS256","cty":{}}"#, E::HeaderMember),
            (r#"["alg","RS256"]"#, E::Header),
            (r#""RS256""#, E::Header),
            (r#"{"alg":"RS256"}}"#, E::Header),
            ("\u{feff}{\"alg\":\"RS256\"}", E::Header),
        ];
        for (header, expected) in table {
            assert_eq!(error(header, "{}"), Some(expected), "{header}");
        }
    }

    #[test]
    fn claims_are_a_json_object() {
        let table = [
            ("[]", E::Claims),
            ("null", E::Claims),
            ("\"{}\"", E::Claims),
            ("Example of Ed25519 signing", E::Claims),
            (r#"{"exp":1e999}"#, E::Claims),
            (r#"{"sub":"a","sub":"b"}"#, E::Duplicate),
            (r#"{"realm_access":{"roles":[],"roles":["admin"]}}"#, E::Duplicate),
        ];
        for (payload, expected) in table {
            assert_eq!(error(RS256, payload), Some(expected), "{payload}");
        }
        let invalid =
            format!("{}.{}.AAAA", URL_SAFE_NO_PAD.encode(RS256), URL_SAFE_NO_PAD.encode(b"{\"a\":\"\xff\"}"));
        assert_eq!(Jws::parse(&invalid).err(), Some(E::Claims));
    }

    #[test]
    fn size_and_depth_are_bounded() {
        assert_eq!(Jws::parse(&"a".repeat(17 * 1024)).err(), Some(E::TooLong));
        let prefix = format!("{}.e30.", URL_SAFE_NO_PAD.encode(RS256));
        let filled = |bytes: usize| [prefix.as_str(), "A".repeat(bytes - prefix.len()).as_str()].concat();
        assert!(Jws::parse(&filled(MAX_TOKEN_BYTES)).is_ok());
        assert_eq!(Jws::parse(&filled(MAX_TOKEN_BYTES + 1)).err(), Some(E::TooLong));
        let deep =
            |depth: usize| format!(r#"{{"alg":"RS256","a":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
        assert_eq!(error(&deep(15), &deep(15)), None);
        assert_eq!(error(&deep(16), "{}"), Some(E::TooDeep));
        assert_eq!(error(RS256, &deep(16)), Some(E::TooDeep));
        assert_eq!(error(RS256, &"[".repeat(12_000)), Some(E::TooDeep));
        assert_eq!(error(RS256, &"[".repeat(100_000)), Some(E::TooLong));
    }
}

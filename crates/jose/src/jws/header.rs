//! The header of a token (RFC 7515, section 4).

use super::error::JwsError;
use crate::algorithm::Algorithm;
use serde_json::{Map, Value};

/// The members of a header that are used.
pub(super) struct Header {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<String>,
    pub(super) typ: Option<String>,
}

impl Header {
    /// Checks the members of a header.
    pub(super) fn read(members: &Map<String, Value>) -> Result<Self, JwsError> {
        // "If any of the listed extension Header Parameters are not understood and supported by the recipient, then
        // the JWS is invalid" (RFC 7515, section 4.1.11); none are, and an empty list must not be sent.
        if members.contains_key("crit") {
            return Err(JwsError::Critical);
        }
        // RFC 7797, section 3. `true` is the default, but readers that support `b64` and readers that do not may
        // differ.
        if members.contains_key("b64") {
            return Err(JwsError::Unencoded);
        }
        let algorithm = algorithm(members)?;
        string(members, "cty")?;
        Ok(Self { algorithm, kid: string(members, "kid")?, typ: string(members, "typ")? })
    }
}

/// Reads `alg`, which is required (RFC 7515, section 4.1.1).
fn algorithm(members: &Map<String, Value>) -> Result<Algorithm, JwsError> {
    let name = members.get("alg").and_then(Value::as_str).ok_or(JwsError::Algorithm)?;
    if name.eq_ignore_ascii_case("none") {
        return Err(JwsError::Unsigned);
    }
    Algorithm::parse(name).ok_or(JwsError::Algorithm)
}

/// Reads an optional string.
fn string(members: &Map<String, Value>, name: &str) -> Result<Option<String>, JwsError> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(JwsError::HeaderMember),
    }
}

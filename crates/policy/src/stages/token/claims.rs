//! Checks of the registered claims of a token (RFC 7519, section 4.1).

use super::provider::Provider;
use crate::decision::Reason;
use crate::http::hex_byte;
use serde_json::{Map, Value};

/// Checks the claims of a token of this provider at the time `now`.
pub(super) fn check(claims: &Map<String, Value>, provider: &Provider, now: u64) -> Result<(), Reason> {
    #[expect(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
    let seconds = |seconds: u64| seconds as f64;
    let (now, skew) = (seconds(now), seconds(provider.clock_skew.as_secs()));
    let expires = date(claims, "exp")?;
    let begins = date(claims, "nbf")?;
    let issued = date(claims, "iat")?;
    match expires {
        None if provider.require_expiration => return Err(Reason::TOKEN_EXP_MISSING),
        Some(expires) if now >= expires + skew => return Err(Reason::TOKEN_EXPIRED),
        _ => {}
    }
    if begins.is_some_and(|begins| now + skew < begins) || issued.is_some_and(|issued| now + skew < issued) {
        return Err(Reason::TOKEN_NOT_YET);
    }
    if let Some(most) = provider.max_lifetime {
        match (issued.or(begins), expires) {
            (Some(from), Some(to)) if (0.0..=seconds(most.as_secs())).contains(&(to - from)) => {}
            _ => return Err(Reason::TOKEN_LIFETIME),
        }
    }
    if claims.get("iss").and_then(Value::as_str) != Some(&provider.issuer) {
        return Err(Reason::TOKEN_ISSUER);
    }
    match &provider.audiences {
        Some(audiences) if !is_for(claims.get("aud"), audiences) => Err(Reason::TOKEN_AUDIENCE),
        _ => Ok(()),
    }
}

/// Checks that the token is bound to the client certificate, given as its SHA-256 in hex: `cnf.x5t#S256` is the same digest
/// in base64url (RFC 8705, section 3.1).
pub(super) fn confirm(claims: &Map<String, Value>, certificate: Option<&[u8]>) -> Result<(), Reason> {
    let bound_to = claims.get("cnf").and_then(|cnf| cnf.get("x5t#S256")).and_then(Value::as_str);
    let bound_to = bound_to.and_then(encoding::base64url::decode).filter(|digest| digest.len() == 32);
    match (bound_to, certificate) {
        (Some(digest), Some(hex)) if is_hex_of(hex, &digest) => Ok(()),
        _ => Err(Reason::TOKEN_CONFIRMATION),
    }
}

fn is_hex_of(hex: &[u8], bytes: &[u8]) -> bool {
    let (pairs, rest) = hex.as_chunks();
    rest.is_empty()
        && pairs.iter().map(|[high, low]| hex_byte(*high, *low)).eq(bytes.iter().copied().map(Some))
}

/// Returns a NumericDate (RFC 7519, section 2): seconds since 1970, with an optional fraction.
fn date(claims: &Map<String, Value>, name: &str) -> Result<Option<f64>, Reason> {
    match claims.get(name) {
        None => Ok(None),
        Some(value) => {
            let date = value.as_f64().filter(|date| (0.0..9_007_199_254_740_992.0).contains(date));
            date.map(Some).ok_or(Reason::TOKEN_DATE)
        }
    }
}

/// Returns true if `aud`, a string or a list of strings, contains one of the audiences.
fn is_for(audience: Option<&Value>, audiences: &[String]) -> bool {
    let is_named =
        |value: &Value| value.as_str().is_some_and(|text| audiences.iter().any(|other| other == text));
    match audience {
        Some(Value::Array(items)) => items.iter().all(Value::is_string) && items.iter().any(is_named),
        Some(value) => is_named(value),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{check, confirm};
    use crate::decision::Reason;
    use crate::document::read;
    use crate::test;
    use serde_json::{Value, json};

    fn result(claims: Value, max_lifetime: Option<&str>) -> Result<(), Reason> {
        let Value::Object(claims) = claims else { unreachable!() };
        let mut provider = json!({
            "issuer": "i",
            "audiences": ["api"],
            "algorithms": ["ES256"],
            "jwks": {"inline": {"keys": []}},
            "clockSkew": "10s",
        });
        if let Some(most) = max_lifetime {
            provider["maxLifetime"] = most.into();
        }
        check(&claims, &read(provider.to_string().as_bytes()).unwrap(), 1000)
    }

    #[test]
    fn claims_are_valid_within_the_skew() {
        let table = [
            (json!({"iss": "i", "aud": "api", "exp": 1001}), Ok(())),
            (json!({"iss": "i", "aud": ["x", "api"], "exp": 990.5}), Ok(())),
            (json!({"iss": "i", "aud": "api", "exp": 990}), Err(Reason::TOKEN_EXPIRED)),
            (json!({"iss": "i", "aud": "api"}), Err(Reason::TOKEN_EXP_MISSING)),
            (json!({"iss": "i", "aud": "api", "exp": "1001"}), Err(Reason::TOKEN_DATE)),
            (json!({"iss": "i", "aud": "api", "exp": -1}), Err(Reason::TOKEN_DATE)),
            (json!({"iss": "i", "aud": "api", "exp": 1e300}), Err(Reason::TOKEN_DATE)),
            (json!({"iss": "i", "aud": "api", "exp": null}), Err(Reason::TOKEN_DATE)),
            (json!({"iss": "i", "aud": "api", "exp": 2000, "nbf": 1010}), Ok(())),
            (json!({"iss": "i", "aud": "api", "exp": 2000, "nbf": 1011}), Err(Reason::TOKEN_NOT_YET)),
            (json!({"iss": "i", "aud": "api", "exp": 2000, "iat": 1011}), Err(Reason::TOKEN_NOT_YET)),
            (json!({"iss": "I", "aud": "api", "exp": 2000}), Err(Reason::TOKEN_ISSUER)),
            (json!({"aud": "api", "exp": 2000}), Err(Reason::TOKEN_ISSUER)),
            (json!({"iss": "i", "aud": "API", "exp": 2000}), Err(Reason::TOKEN_AUDIENCE)),
            (json!({"iss": "i", "aud": ["api", 1], "exp": 2000}), Err(Reason::TOKEN_AUDIENCE)),
            (json!({"iss": "i", "exp": 2000}), Err(Reason::TOKEN_AUDIENCE)),
        ];
        for (claims, expected) in table {
            assert_eq!(result(claims.clone(), None), expected, "{claims}");
        }
    }

    #[test]
    fn a_token_is_bound_to_a_certificate() {
        // The SHA-256 of the empty string.
        let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let bound = json!({"cnf": {"x5t#S256": "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"}});
        let table = [
            (bound.clone(), Some(hex), true),
            (bound.clone(), hex.get(..62), false),
            (bound.clone(), Some("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b856"), false),
            (bound.clone(), Some(""), false),
            (bound, None, false),
            (json!({}), Some(hex), false),
            (json!({"cnf": {"x5t#S256": ""}}), Some(""), false),
            (json!({"cnf": "x5t#S256"}), Some(hex), false),
        ];
        for (claims, certificate, expected) in table {
            let Value::Object(claims) = claims else { unreachable!() };
            assert_eq!(confirm(&claims, certificate.map(str::as_bytes)).is_ok(), expected, "{claims:?}");
        }
    }

    #[test]
    fn a_lifetime_has_two_ends() {
        let table = [
            (json!({"iss": "i", "aud": "api", "iat": 900, "exp": 1100}), Ok(())),
            (json!({"iss": "i", "aud": "api", "iat": 900, "exp": 1101}), Err(Reason::TOKEN_LIFETIME)),
            (json!({"iss": "i", "aud": "api", "iat": 1005, "exp": 1004}), Err(Reason::TOKEN_LIFETIME)),
            (json!({"iss": "i", "aud": "api", "nbf": 950, "exp": 1100}), Ok(())),
            (json!({"iss": "i", "aud": "api", "exp": 1100}), Err(Reason::TOKEN_LIFETIME)),
        ];
        for (claims, expected) in table {
            assert_eq!(result(claims.clone(), Some("200s")), expected, "{claims}");
        }
    }
}

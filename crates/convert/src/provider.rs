//! Providers of tokens.

use crate::draft::{Rule, without_null};
use crate::field::{self, is_true, list, text, texts};
use serde_json::{Value, json};

/// The algorithms for public keys.
const PUBLIC: [&str; 10] =
    ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

/// The names of fields that differ between the sources.
#[derive(Debug)]
pub struct FieldNames {
    /// The prefix of a token in a header.
    pub prefix: &'static str,
    /// True if the token is forwarded.
    pub forward: &'static str,
    /// The claims that are forwarded, and the fields with the claim and the header.
    pub claims: [&'static str; 3],
    /// The header with the payload.
    pub payload: &'static str,
}

/// Returns the names of the fields that are neither converted nor among `more`.
pub fn others(value: &Value, names: &FieldNames, more: &[&str]) -> Vec<String> {
    let [claims, ..] = names.claims;
    let shared = ["issuer", "audiences", "from_headers", "from_params", "from_cookies"];
    let named = [names.forward, claims, names.payload];
    field::others(value, &[&shared[..], &named, more].concat())
}

/// Returns the provider of the policy; `jwks` is its field with the keys.
///
/// # Errors
/// Returns why the keys cannot be used.
pub fn rule(
    value: &Value,
    names: &FieldNames,
    jwks: Value,
    mut comments: Vec<String>,
) -> Result<Rule, String> {
    let issuer = text(value, "issuer").unwrap_or_default();
    let algorithms = match jwks.get("inline") {
        Some(keys) => of_keys(keys, &mut comments),
        None => {
            let cluster = jwks.pointer("/remote/cluster").and_then(Value::as_str).unwrap_or_default();
            comments
                .push(format!("the keys are fetched through the cluster `{cluster}`, which Envoy must have"));
            PUBLIC.to_vec()
        }
    };
    if algorithms.is_empty() {
        return Err(format!("`{issuer}` has no usable key"));
    }
    let expires = is_true(value, "require_expiration");
    if !expires {
        let comment =
            "tokens without an expiration are accepted, as in the source; remove this if there are none";
        comments.push(comment.to_owned());
    }
    let [claims, claim, header] = names.claims;
    let claim = |item: &Value| {
        let header = text(item, header).unwrap_or_default().to_ascii_lowercase();
        json!({"claim": text(item, claim).unwrap_or_default(), "header": header})
    };
    let claims: Vec<Value> = list(value, claims).iter().map(claim).collect();
    let audiences = texts(value, "audiences");
    let rule = json!({
        "issuer": issuer,
        "audiences": (!audiences.is_empty()).then_some(audiences),
        "algorithms": algorithms,
        "jwks": jwks,
        "from": from(value, names.prefix),
        "forward": is_true(value, names.forward).then_some(true),
        "requireExpiration": (!expires).then_some(false),
        "claimToHeaders": (!claims.is_empty()).then_some(claims),
        "payloadHeader": text(value, names.payload).map(str::to_ascii_lowercase),
    });
    Ok(Rule { comments, rule: without_null(rule) })
}

/// Returns the field `jwks` with the keys of a text.
///
/// # Errors
/// The text is not valid JSON.
pub fn inline(text: &str) -> Result<Value, String> {
    let keys: Value =
        serde_json::from_str(text).map_err(|error| format!("the keys are not valid JSON: {error}"))?;
    Ok(json!({"inline": keys}))
}

/// Returns the places of a token.
fn from(value: &Value, prefix: &str) -> Value {
    let header = |item: &Value| {
        let name = text(item, "name").unwrap_or_default().to_ascii_lowercase();
        match text(item, prefix).unwrap_or_default() {
            "" => json!({"name": name}),
            prefix => json!({"name": name, "prefix": prefix}),
        }
    };
    let headers: Vec<Value> = list(value, "from_headers").iter().map(header).collect();
    let (cookies, params) = (texts(value, "from_cookies"), texts(value, "from_params"));
    if headers.is_empty() && cookies.is_empty() && params.is_empty() {
        // The default of both sources.
        let headers = [json!({"name": "authorization", "prefix": "Bearer "})];
        return json!({"headers": headers, "cookies": [], "query": ["access_token"]});
    }
    json!({"headers": headers, "cookies": cookies, "query": params})
}

/// Returns the algorithms of a key set.
fn of_keys(keys: &Value, comments: &mut Vec<String>) -> Vec<&'static str> {
    let mut found: Vec<&str> = Vec::new();
    for key in list(keys, "keys") {
        let field = |name: &str| text(key, name).unwrap_or_default();
        let families: &[&str] = match (field("kty"), field("crv")) {
            ("RSA", _) => &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
            ("EC", "P-256") => &["ES256"],
            ("EC", "P-384") => &["ES384"],
            ("EC", "P-521") => &["ES512"],
            ("OKP", _) => &["EdDSA"],
            ("oct", _) => &["HS256", "HS384", "HS512"],
            _ => &[],
        };
        let alg = field("alg");
        found.extend(families.iter().copied().filter(|family| alg.is_empty() || *family == alg));
    }
    found.sort_unstable();
    found.dedup();
    let secrets = found.iter().filter(|name| name.starts_with("HS")).count();
    if secrets > 0 && secrets < found.len() {
        let comment =
            "not carried over: the secrets of a key set with public keys; tokens with HS* are rejected";
        comments.push(comment.to_owned());
        found.retain(|name| !name.starts_with("HS"));
    }
    found
}

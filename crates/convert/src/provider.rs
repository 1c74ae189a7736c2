//! Providers of tokens.

use crate::draft::{Rule, without_null};
use crate::field::{self, is_true, list, text, texts};
use jose::{Algorithm, KeySet};
use serde_json::{Value, json};

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
pub fn unknown_fields(value: &Value, names: &FieldNames, more: &[&str]) -> Vec<String> {
    let [claims, ..] = names.claims;
    let shared = ["issuer", "audiences", "from_headers", "from_params", "from_cookies"];
    let named = [names.forward, claims, names.payload];
    field::unknown_fields(value, &[&shared[..], &named, more].concat())
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
    let algorithms: Vec<Algorithm> = match jwks.get("inline") {
        Some(keys) => {
            usable_algorithms(keys, &mut comments).map_err(|why| format!("the keys of `{issuer}`: {why}"))?
        }
        None => {
            let cluster = jwks.pointer("/remote/cluster").and_then(Value::as_str).unwrap_or_default();
            comments
                .push(format!("the keys are fetched through the cluster `{cluster}`, which Envoy must have"));
            Algorithm::ALL.into_iter().filter(|algorithm| !algorithm.is_symmetric()).collect()
        }
    };
    let algorithms: Vec<&str> = algorithms.into_iter().map(Algorithm::name).collect();
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
/// Returns why the text is not valid JSON.
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

/// Returns the algorithms of the keys that can be used, sorted by name.
///
/// # Errors
/// Returns the reason if the key set is malformed or has no usable key.
fn usable_algorithms(keys: &Value, comments: &mut Vec<String>) -> Result<Vec<Algorithm>, String> {
    let (set, skipped) = KeySet::parse(keys.to_string().as_bytes(), &Algorithm::ALL)
        .map_err(|error| error.reason().to_owned())?;
    if set.is_empty() {
        let why: Vec<String> = skipped.iter().map(ToString::to_string).collect();
        let why = if why.is_empty() { "the key set is empty" } else { &why.join("; ") };
        return Err(why.to_owned());
    }
    comments.extend(skipped.iter().map(|key| format!("not carried over: {key}")));
    let mut found: Vec<Algorithm> = set.keys().iter().flat_map(|key| key.algorithms()).copied().collect();
    found.sort_unstable_by_key(|algorithm| algorithm.name());
    found.dedup();
    let secrets = found.iter().filter(|algorithm| algorithm.is_symmetric()).count();
    if secrets > 0 && secrets < found.len() {
        let comment =
            "not carried over: the secrets of a key set with public keys; tokens with HS* are rejected";
        comments.push(comment.to_owned());
        found.retain(|algorithm| !algorithm.is_symmetric());
    }
    Ok(found)
}

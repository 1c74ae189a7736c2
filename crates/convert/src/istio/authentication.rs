//! Converts the providers of a RequestAuthentication.

use crate::field::{get, list, others, text};
use crate::provider::{FieldNames, Keys, Provider};
use serde_json::Value;

/// Returns the providers; `before` is the number of providers of earlier documents.
pub fn providers(document: &Value, before: usize) -> Result<Vec<Provider>, String> {
    let spec = document.get("spec").unwrap_or(&Value::Null);
    let rules = list(spec, "jwtRules").iter().enumerate();
    rules.map(|(place, rule)| provider(rule, before + place + 1)).collect()
}

/// The fields of a rule that are converted or can be ignored.
const KNOWN: [&str; 13] = [
    "issuer",
    "audiences",
    "jwks",
    "jwks_uri",
    "fromHeaders",
    "fromParams",
    "fromCookies",
    "forwardOriginalToken",
    "outputClaimToHeaders",
    "outputPayloadToHeader",
    "timeout",
    "presence",
    "spaceDelimitedClaims",
];

const NAMES: FieldNames = FieldNames {
    headers: ("fromHeaders", "prefix"),
    cookies: "fromCookies",
    params: "fromParams",
    forward: "forwardOriginalToken",
    claims: ("outputClaimToHeaders", "claim", "header"),
    payload: "outputPayloadToHeader",
};

fn provider(rule: &Value, number: usize) -> Result<Provider, String> {
    let issuer = text(rule, "issuer").ok_or("an item of `jwtRules` has no issuer")?;
    let mut comments: Vec<String> =
        others(rule, &KNOWN).iter().map(|name| format!("not carried over: `{name}`")).collect();
    if text(rule, "presence") == Some("REQUIRED") {
        comments.push("a token is required: each rule below requires one".to_owned());
    }
    Ok(Provider {
        name: Provider::name_of(issuer, number),
        issuer: issuer.to_owned(),
        keys: keys(rule)?,
        required: text(rule, "presence") == Some("REQUIRED"),
        comments,
        ..Provider::read(rule, &NAMES)
    })
}

fn keys(rule: &Value) -> Result<Option<Keys>, String> {
    if let Some(jwks) = text(rule, "jwks") {
        let keys =
            serde_json::from_str(jwks).map_err(|error| format!("`jwks` is not valid JSON: {error}"))?;
        return Ok(Some(Keys::Inline(keys)));
    }
    let Some(uri) = text(rule, "jwks_uri").or(get(rule, "jwksUri").and_then(Value::as_str)) else {
        return Ok(None);
    };
    let tls = uri.starts_with("https://");
    let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => (host, port),
        None => (authority, if tls { "443" } else { "80" }),
    };
    // The name that Istio gives to the cluster of a ServiceEntry for this host.
    Ok(Some(Keys::Remote { cluster: format!("outbound|{port}||{host}"), uri: uri.to_owned() }))
}

//! The providers of a RequestAuthentication.

use crate::field::{get, is_true, list, others, text, texts};
use crate::provider::{Keys, Provider};
use serde_json::Value;

/// Its providers; `before` were read already.
pub fn providers(document: &Value, before: usize) -> Result<Vec<Provider>, String> {
    let spec = document.get("spec").unwrap_or(&Value::Null);
    let rules = list(spec, "jwtRules").iter().enumerate();
    rules.map(|(place, rule)| provider(rule, before + place + 1)).collect()
}

/// What a policy has no word for, besides the fields that are read here.
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

fn provider(rule: &Value, number: usize) -> Result<Provider, String> {
    let issuer = text(rule, "issuer").ok_or("a rule of tokens has no issuer")?;
    let strings = |name: &str| texts(rule, name).into_iter().map(str::to_owned).collect::<Vec<_>>();
    let mut headers: Vec<(String, String)> = list(rule, "fromHeaders").iter().map(header).collect();
    let (cookies, mut params) = (strings("fromCookies"), strings("fromParams"));
    // Without a word about where tokens are they are in these two places.
    if headers.is_empty() && cookies.is_empty() && params.is_empty() {
        headers.push(("authorization".to_owned(), "Bearer ".to_owned()));
        params.push("access_token".to_owned());
    }
    let claim = |to: &Value| {
        let field = |name: &str| text(to, name).unwrap_or_default();
        (field("claim").to_owned(), field("header").to_ascii_lowercase())
    };
    let mut comments: Vec<String> =
        others(rule, &KNOWN).iter().map(|name| format!("not carried over: `{name}`")).collect();
    if text(rule, "presence") == Some("REQUIRED") {
        comments.push("a token is required: each rule below asks for one".to_owned());
    }
    Ok(Provider {
        name: Provider::name_of(issuer, number),
        issuer: issuer.to_owned(),
        audiences: strings("audiences"),
        keys: keys(rule)?,
        headers,
        cookies,
        params,
        forward: is_true(rule, "forwardOriginalToken"),
        claims: list(rule, "outputClaimToHeaders").iter().map(claim).collect(),
        payload: text(rule, "outputPayloadToHeader").map(str::to_ascii_lowercase),
        expires: false,
        skew: None,
        required: text(rule, "presence") == Some("REQUIRED"),
        comments,
    })
}

/// A header, and what stands before the token in it.
fn header(from: &Value) -> (String, String) {
    let field = |name: &str| text(from, name).unwrap_or_default();
    (field("name").to_ascii_lowercase(), field("prefix").to_owned())
}

fn keys(rule: &Value) -> Result<Option<Keys>, String> {
    if let Some(jwks) = text(rule, "jwks") {
        let keys = serde_json::from_str(jwks).map_err(|error| format!("`jwks` is no JSON: {error}"))?;
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
    // As Istio names the cluster of a ServiceEntry for this host.
    Ok(Some(Keys::Remote { cluster: format!("outbound|{port}||{host}"), uri: uri.to_owned() }))
}

//! Converts the providers of a RequestAuthentication.

use crate::draft::{Rule, rule_name};
use crate::field::{list, text};
use crate::provider::{self, FieldNames};
use serde_json::{Value, json};

/// A provider of tokens.
#[derive(Debug)]
pub struct Provider {
    /// The name in the policy.
    pub name: String,
    /// The issuer (`iss`).
    pub issuer: String,
    /// True if every request needs a token of this provider.
    pub required: bool,
    /// The provider of the policy.
    pub rule: Rule,
}

/// More fields of a rule that are converted or can be ignored.
const MORE: [&str; 5] = ["jwks", "jwks_uri", "timeout", "presence", "space_delimited_claims"];

const NAMES: FieldNames = FieldNames {
    prefix: "prefix",
    forward: "forward_original_token",
    claims: ["output_claim_to_headers", "claim", "header"],
    payload: "output_payload_to_header",
};

/// Returns the providers; `before` is the number of providers of earlier documents.
pub fn providers(document: &Value, before: usize) -> Result<Vec<Provider>, String> {
    let spec = document.get("spec").unwrap_or(&Value::Null);
    let rules = list(spec, "jwt_rules").iter().enumerate();
    rules.map(|(place, rule)| provider(rule, before + place + 1)).collect()
}

fn provider(rule: &Value, number: usize) -> Result<Provider, String> {
    let issuer = text(rule, "issuer").ok_or("an item of `jwtRules` has no issuer")?;
    let unknown = provider::unknown_fields(rule, &NAMES, &MORE);
    let mut comments: Vec<String> =
        unknown.iter().map(|name| format!("not carried over: `{name}`")).collect();
    let required = text(rule, "presence") == Some("REQUIRED");
    if required {
        comments.push("a token is required: each rule below requires one".to_owned());
    }
    Ok(Provider {
        name: rule_name(issuer.trim_start_matches("https://").trim_start_matches("http://"), number),
        issuer: issuer.to_owned(),
        required,
        rule: provider::rule(rule, &NAMES, keys(rule, issuer)?, comments)?,
    })
}

fn keys(rule: &Value, issuer: &str) -> Result<Value, String> {
    if let Some(jwks) = text(rule, "jwks") {
        return provider::inline(jwks);
    }
    let missing = || format!("the keys of `{issuer}` are found by discovery; add `jwksUri` or `jwks`");
    let uri = text(rule, "jwks_uri").ok_or_else(missing)?;
    let (scheme, rest) = uri.split_once("://").unwrap_or(("", uri));
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let default = if scheme == "https" { "443" } else { "80" };
    let (host, port) = authority.rsplit_once(':').unwrap_or((authority, default));
    // The name that Istio gives to the cluster of a ServiceEntry for this host.
    Ok(json!({"remote": {"cluster": format!("outbound|{port}||{host}"), "uri": uri}}))
}

//! Providers of tokens.

use crate::draft::{Rule, rule_name};
use serde_json::{Map, Value, json};

/// A provider, as either source describes it.
#[derive(Debug, Clone, Default)]
pub struct Provider {
    /// Its name in the policy.
    pub name: String,
    /// `iss`.
    pub issuer: String,
    /// `aud`.
    pub audiences: Vec<String>,
    /// Its keys.
    pub keys: Option<Keys>,
    /// Where tokens are: headers with what stands before the token, cookies, query parameters.
    pub headers: Vec<(String, String)>,
    /// Cookies.
    pub cookies: Vec<String>,
    /// Query parameters.
    pub params: Vec<String>,
    /// Whether the token goes on.
    pub forward: bool,
    /// Claims and the headers that they become.
    pub claims: Vec<(String, String)>,
    /// The header of the payload.
    pub payload: Option<String>,
    /// Whether a token must expire.
    pub expires: bool,
    /// By how many seconds clocks may differ, where it is not the default.
    pub skew: Option<u64>,
    /// Whether no request passes without one of its tokens.
    pub required: bool,
    /// What does not carry over.
    pub comments: Vec<String>,
}

/// Keys.
#[derive(Debug, Clone)]
pub enum Keys {
    /// They stand in the configuration.
    Inline(Value),
    /// They are fetched from this URI through this cluster.
    Remote { cluster: String, uri: String },
}

/// The algorithms of public keys.
const PUBLIC: [&str; 10] =
    ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

impl Provider {
    /// A name for the provider of this issuer.
    pub fn name_of(issuer: &str, number: usize) -> String {
        rule_name(issuer.trim_start_matches("https://").trim_start_matches("http://"), number)
    }

    /// The provider as a policy has it; nothing where it has no keys that can be used.
    pub fn rule(&self) -> Result<Rule, String> {
        let mut comments = self.comments.clone();
        let (jwks, algorithms) = self.jwks(&mut comments)?;
        let mut rule = Map::new();
        let mut put = |name: &str, value: Value| drop(rule.insert(name.to_owned(), value));
        put("issuer", self.issuer.as_str().into());
        if !self.audiences.is_empty() {
            put("audiences", self.audiences.clone().into());
        }
        put("algorithms", algorithms.into());
        put("jwks", jwks);
        put("from", self.from());
        if self.forward {
            put("forward", true.into());
        }
        if !self.expires {
            comments.push("tokens that never expire pass, as in the source: better have none".to_owned());
            put("requireExpiration", false.into());
        }
        if let Some(skew) = self.skew {
            put("clockSkew", format!("{skew}s").into());
        }
        if !self.claims.is_empty() {
            let claim = |(claim, header): &(String, String)| json!({"claim": claim, "header": header});
            put("claimToHeaders", self.claims.iter().map(claim).collect());
        }
        if let Some(header) = &self.payload {
            put("payloadHeader", header.as_str().into());
        }
        Ok(Rule { comments, rule: rule.into() })
    }

    /// Where its keys come from, and the algorithms that they are for.
    fn jwks(&self, comments: &mut Vec<String>) -> Result<(Value, Vec<String>), String> {
        let (jwks, algorithms) = match &self.keys {
            None => return Err(format!("the keys of `{}` are found by discovery: name them", self.issuer)),
            Some(Keys::Inline(keys)) => (json!({"inline": keys}), of_keys(keys, comments)),
            Some(Keys::Remote { cluster, uri }) => {
                comments.push(format!(
                    "the keys are fetched through Envoy's cluster `{cluster}`: it must be there"
                ));
                (json!({"remote": {"cluster": cluster, "uri": uri}}), PUBLIC.map(str::to_owned).to_vec())
            }
        };
        if algorithms.is_empty() {
            return Err(format!("no key of `{}` can be used", self.issuer));
        }
        Ok((jwks, algorithms))
    }

    fn from(&self) -> Value {
        let header = |(name, prefix): &(String, String)| match prefix.as_str() {
            "" => json!({"name": name}),
            prefix => json!({"name": name, "prefix": prefix}),
        };
        json!({
            "headers": self.headers.iter().map(header).collect::<Vec<_>>(),
            "cookies": self.cookies,
            "query": self.params,
        })
    }
}

/// The algorithms that keys are for.
fn of_keys(keys: &Value, comments: &mut Vec<String>) -> Vec<String> {
    let mut found: Vec<&str> = Vec::new();
    for key in keys.get("keys").and_then(Value::as_array).into_iter().flatten() {
        let text = |name: &str| key.get(name).and_then(Value::as_str).unwrap_or_default();
        let families: &[&str] = match (text("kty"), text("crv")) {
            ("RSA", _) => &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
            ("EC", "P-256") => &["ES256"],
            ("EC", "P-384") => &["ES384"],
            ("EC", "P-521") => &["ES512"],
            ("OKP", _) => &["EdDSA"],
            ("oct", _) => &["HS256", "HS384", "HS512"],
            _ => &[],
        };
        let alg = text("alg");
        found.extend(families.iter().copied().filter(|family| alg.is_empty() || *family == alg));
    }
    found.sort_unstable();
    found.dedup();
    let secrets = found.iter().filter(|name| name.starts_with("HS")).count();
    if secrets > 0 && secrets < found.len() {
        comments.push("not carried over: secrets beside public keys; tokens by HS* are refused".to_owned());
        found.retain(|name| !name.starts_with("HS"));
    }
    found.into_iter().map(str::to_owned).collect()
}

//! Providers of tokens.

use crate::draft::{Rule, rule_name};
use crate::field::{is_true, list, text, texts};
use serde_json::{Map, Value, json};

/// A provider of either source.
#[derive(Debug, Clone, Default)]
pub struct Provider {
    /// The name in the policy.
    pub name: String,
    /// The issuer (`iss`).
    pub issuer: String,
    /// The audiences (`aud`).
    pub audiences: Vec<String>,
    /// The keys.
    pub keys: Option<Keys>,
    /// The headers that may contain a token, with the prefix of the token.
    pub headers: Vec<(String, String)>,
    /// The cookies that may contain a token.
    pub cookies: Vec<String>,
    /// The query parameters that may contain a token.
    pub params: Vec<String>,
    /// True if the token is forwarded.
    pub forward: bool,
    /// The claims that are forwarded as headers.
    pub claims: Vec<(String, String)>,
    /// The header with the payload.
    pub payload: Option<String>,
    /// True if a token must have an expiration.
    pub expires: bool,
    /// The clock skew in seconds, if it is not the default.
    pub skew: Option<u64>,
    /// True if every request needs a token of this provider.
    pub required: bool,
    /// Comments about what is not carried over.
    pub comments: Vec<String>,
}

/// The keys of a provider.
#[derive(Debug, Clone)]
pub enum Keys {
    /// A key set in the configuration.
    Inline(Value),
    /// A key set that is fetched.
    Remote { cluster: String, uri: String },
}

/// The algorithms for public keys.
const PUBLIC: [&str; 10] =
    ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

/// The names of the fields that both sources have.
#[derive(Debug)]
pub struct FieldNames {
    /// Headers that may contain a token, and the field with the prefix of the token.
    pub headers: (&'static str, &'static str),
    /// Cookies that may contain a token.
    pub cookies: &'static str,
    /// Query parameters that may contain a token.
    pub params: &'static str,
    /// True if the token is forwarded.
    pub forward: &'static str,
    /// Claims that are forwarded, and the fields with the claim and the header.
    pub claims: (&'static str, &'static str, &'static str),
    /// The header with the payload.
    pub payload: &'static str,
}

impl Provider {
    /// Reads the fields that both sources have.
    pub fn read(value: &Value, names: &FieldNames) -> Self {
        let strings = |name: &str| texts(value, name).into_iter().map(str::to_owned).collect::<Vec<_>>();
        let pairs = |list: &str, first: &str, second: &str| -> Vec<(String, String)> {
            let field = |item: &Value, name: &str| text(item, name).unwrap_or_default().to_owned();
            self::list(value, list).iter().map(|item| (field(item, first), field(item, second))).collect()
        };
        let mut headers = pairs(names.headers.0, "name", names.headers.1);
        headers.iter_mut().for_each(|(name, _)| name.make_ascii_lowercase());
        let mut claims = pairs(names.claims.0, names.claims.1, names.claims.2);
        claims.iter_mut().for_each(|(_, header)| header.make_ascii_lowercase());
        let (cookies, mut params) = (strings(names.cookies), strings(names.params));
        // The default of both sources.
        if headers.is_empty() && cookies.is_empty() && params.is_empty() {
            headers.push(("authorization".to_owned(), "Bearer ".to_owned()));
            params.push("access_token".to_owned());
        }
        Self {
            audiences: strings("audiences"),
            headers,
            cookies,
            params,
            forward: is_true(value, names.forward),
            claims,
            payload: text(value, names.payload).map(str::to_ascii_lowercase),
            ..Self::default()
        }
    }

    /// Returns a name for the provider of an issuer.
    pub fn name_of(issuer: &str, number: usize) -> String {
        rule_name(issuer.trim_start_matches("https://").trim_start_matches("http://"), number)
    }

    /// Returns the provider of the policy.
    ///
    /// # Errors
    /// Returns why the keys cannot be used.
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
            comments.push(
                "tokens without an expiration are accepted, as in the source; remove this if there are none"
                    .to_owned(),
            );
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

    /// Returns the source of the keys, and their algorithms.
    fn jwks(&self, comments: &mut Vec<String>) -> Result<(Value, Vec<String>), String> {
        let (jwks, algorithms) = match &self.keys {
            None => {
                return Err(format!(
                    "the keys of `{}` are found by discovery; add `jwksUri` or `jwks`",
                    self.issuer
                ));
            }
            Some(Keys::Inline(keys)) => (json!({"inline": keys}), of_keys(keys, comments)),
            Some(Keys::Remote { cluster, uri }) => {
                comments.push(format!(
                    "the keys are fetched through the cluster `{cluster}`, which Envoy must have"
                ));
                (json!({"remote": {"cluster": cluster, "uri": uri}}), PUBLIC.map(str::to_owned).to_vec())
            }
        };
        if algorithms.is_empty() {
            return Err(format!("`{}` has no usable key", self.issuer));
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

/// Returns the algorithms of a key set.
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
        comments.push(
            "not carried over: the secrets of a key set with public keys; tokens with HS* are rejected"
                .to_owned(),
        );
        found.retain(|name| !name.starts_with("HS"));
    }
    found.into_iter().map(str::to_owned).collect()
}

//! The document of token-validation.

use super::cache::CacheBytes;
use super::jwks::Jwks;
use super::source::Sources;
use crate::document::{Code, Document, FieldPath, Fields, Node, Problems};
use crate::vocabulary::{
    ClaimMatch, ClaimPath, DenyResponse, Duration, HeaderText, Mode, MutableHeaderName, NonEmpty,
    RequestMatch, RuleName, Rules,
};
use jose::{Algorithm, Family, KeySet};

document! {
    /// JWT validation and claim rules.
    pub struct TokenPolicy {
        /// Whether the filter acts.
        "mode" mode: Mode = Mode::default(),
        /// The realm of challenges (RFC 9110, section 11.5).
        "realm" realm: Realm = Realm("ringfence".to_owned()),
        /// Who issues tokens, by name.
        "providers" providers: Providers,
        /// The rules; the first match wins, and no match is 401.
        "rules" rules: Rules<Rule>,
        /// How many bytes of verified tokens are kept; `off`: none.
        "cache" cache: CacheBytes = CacheBytes::DEFAULT,
        /// What a denied client is told.
        "response" response: Option<DenyResponse> = None,
    }
}

document! {
    /// Who issues tokens, and what they must be.
    pub struct Provider {
        /// `iss`, as it stands in the tokens.
        "issuer" issuer: String,
        /// `aud`: one of these; absent: not checked.
        "audiences" audiences: Option<NonEmpty<String>> = None,
        /// The algorithms of its signatures.
        "algorithms" algorithms: Algorithms,
        /// Its keys.
        "jwks" jwks: Jwks,
        /// Where its tokens are.
        "from" from: Sources = Sources::default(),
        /// Whether the token goes on to the upstream.
        "forward" forward: bool = false,
        /// By how much clocks may differ.
        "clockSkew" clock_skew: Duration = Duration::from_secs(60),
        /// Whether a token must expire.
        "requireExpiration" require_expiration: bool = true,
        /// The longest life of a token; absent: no limit.
        "maxLifetime" max_lifetime: Option<Duration> = None,
        /// `typ` of the header: one of these; absent: any.
        "types" types: Option<NonEmpty<String>> = None,
        /// What binds a token to whoever may use it; absent: nothing.
        "confirmation" confirmation: Option<Confirmation> = None,
        /// Claims that the upstream gets as headers.
        "claimToHeaders" claim_to_headers: Vec<ClaimToHeader> = Vec::new(),
        /// The header that the upstream gets the payload in, as base64url.
        "payloadHeader" payload_header: Option<MutableHeaderName> = None,
    }
}

choice! {
    /// What binds a token to whoever may use it.
    pub enum Confirmation {
        /// The certificate of the client: `cnf.x5t#S256` is its digest (RFC 8705, section 3.1).
        Mtls = "mtls",
    }
}

document! {
    /// A claim that the upstream gets as a header.
    pub struct ClaimToHeader {
        /// The claim.
        "claim" claim: ClaimPath,
        /// The header.
        "header" header: MutableHeaderName,
    }
}

document! {
    /// A rule.
    pub struct Rule {
        /// Its name, for metrics and logs.
        "name" name: RuleName,
        /// Whether it acts.
        "mode" mode: Option<Mode> = None,
        /// Which requests it is for; absent: all.
        "match" matches: RequestMatch = RequestMatch::default(),
        /// What they need.
        "require" require: Require,
        /// What a denied client is told.
        "response" response: Option<DenyResponse> = None,
    }
}

/// What a request needs.
#[derive(Debug, Clone)]
pub enum Require {
    /// Nothing.
    None,
    /// A token.
    Token(TokenRequirement),
}

/// The token that a request needs.
#[derive(Debug, Clone)]
pub struct TokenRequirement {
    /// The names of the providers whose tokens do.
    pub providers: Vec<String>,
    /// Whether a request without a token passes; one that is there must be valid.
    pub optional: bool,
    /// All of these in `scope` or `scp`.
    pub scopes: Vec<Scope>,
    /// All of these.
    pub claims: Vec<ClaimMatch>,
}

impl Document for Require {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        if node.value.as_str() == Some("none") {
            return Some(Self::None);
        }
        let fields = Fields::of(node, &["provider", "anyOf", "optional", "scopes", "claims"], problems)?;
        let provider = fields.optional::<String>("provider", problems);
        let any_of = fields.optional::<NonEmpty<String>>("anyOf", problems);
        let optional = fields.optional("optional", problems);
        let scopes = fields.optional("scopes", problems);
        let claims = fields.optional("claims", problems);
        let providers = match (provider?, any_of?) {
            (Some(provider), None) => vec![provider],
            (None, Some(NonEmpty(providers))) => providers,
            _ => {
                let help = "write `provider: NAME`, or `anyOf: [NAME, …]`";
                problems.add(Code::PROVIDER, fields.path, "not one of `provider` and `anyOf`", help);
                return None;
            }
        };
        Some(Self::Token(TokenRequirement {
            providers,
            optional: optional?.unwrap_or_default(),
            scopes: scopes?.unwrap_or_default(),
            claims: claims?.unwrap_or_default(),
        }))
    }
}

/// A scope (RFC 6749, section 3.3): it stands in challenges as it is.
#[derive(Debug, Clone)]
pub struct Scope(pub String);

impl Document for Scope {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let text = node.string(problems)?;
        if text.is_empty()
            || !text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'))
        {
            node.problem(
                problems,
                Code::SCOPE,
                format!("`{text}` is no scope"),
                "one scope an item, without blanks or quotes",
            );
            return None;
        }
        Some(Self(text.to_owned()))
    }
}

/// The realm of a challenge: what a quoted string may hold without escapes (RFC 9110, section 5.6.4).
#[derive(Debug, Clone)]
pub struct Realm(pub String);

impl Document for Realm {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let HeaderText(text) = HeaderText::read(node, problems)?;
        if !text.is_ascii() || text.contains(['"', '\\']) {
            node.problem(
                problems,
                Code::REALM,
                "a quote, a backslash or a byte beyond ASCII",
                "leave it out",
            );
            return None;
        }
        Some(Self(text))
    }
}

/// The providers, in the order of their names.
#[derive(Debug, Clone)]
pub struct Providers(pub Vec<(String, Provider)>);

impl Document for Providers {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let Some(object) = node.value.as_object() else {
            return node.unexpected(problems, "providers by name");
        };
        if object.is_empty() {
            node.problem(
                problems,
                Code::EMPTY_LIST,
                "there is no provider",
                "add one: `corporate: {issuer: …}`",
            );
        }
        let read = object.iter().map(|(name, value)| {
            let path = node.path.field(name);
            Provider::read(Node { value, path: &path }, problems).map(|provider| (name.clone(), provider))
        });
        read.collect::<Vec<_>>().into_iter().collect::<Option<Vec<_>>>().map(Self)
    }
}

/// The algorithms of a provider: secrets and public keys never together (RFC 8725, section 3.1).
#[derive(Debug, Clone)]
pub struct Algorithms(pub Vec<Algorithm>);

impl Document for Algorithms {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let NonEmpty(algorithms) = NonEmpty::<AlgorithmName>::read(node, problems)?;
        let algorithms: Vec<Algorithm> = algorithms.into_iter().map(|name| name.0).collect();
        let secrets = algorithms.iter().filter(|algorithm| algorithm.family() == Family::Hmac).count();
        if secrets > 0 && secrets < algorithms.len() {
            let message = "HS* beside algorithms of public keys: a public key could pass for a secret";
            node.problem(problems, Code::ALGORITHMS, message, "make two providers of it");
            return None;
        }
        Some(Self(algorithms))
    }
}

struct AlgorithmName(Algorithm);

impl Document for AlgorithmName {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let text = node.string(problems)?;
        let known: Vec<&str> = Algorithm::ALL.iter().map(|algorithm| algorithm.name()).collect();
        let parsed = Algorithm::parse(text).map(Self);
        if parsed.is_none() {
            let help = crate::document::did_you_mean(text, &known);
            node.problem(
                problems,
                Code::UNKNOWN_VALUE,
                format!("`{text}` is no algorithm of signatures"),
                help,
            );
        }
        parsed
    }
}

/// A policy in which each rule names providers that are there, and each provider has keys.
#[derive(Debug, Clone)]
pub struct ValidatedTokenPolicy(pub TokenPolicy);

impl Document for ValidatedTokenPolicy {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let policy = TokenPolicy::read(node, problems)?;
        let names: Vec<&str> = policy.providers.0.iter().map(|(name, _)| name.as_str()).collect();
        let rules = node.path.field("rules");
        for (index, rule) in policy.rules.0.iter().enumerate() {
            let Require::Token(required) = &rule.require else { continue };
            for unknown in required.providers.iter().filter(|name| !names.contains(&name.as_str())) {
                let help = crate::document::did_you_mean(unknown, &names);
                problems.add(
                    Code::UNKNOWN_PROVIDER,
                    &rules.item(index).field("require"),
                    format!("`{unknown}` is no provider"),
                    help,
                );
            }
        }
        let providers = node.path.field("providers");
        for (name, provider) in &policy.providers.0 {
            provider.check_keys(&providers.field(name), problems);
        }
        Some(Self(policy))
    }
}

impl Provider {
    fn check_keys(&self, path: &FieldPath<'_>, problems: &mut Problems) {
        let Jwks::Inline(text) = &self.jwks else { return };
        let path = path.field("jwks");
        match KeySet::parse(text.as_bytes(), &self.algorithms.0) {
            Err(error) => problems.add(Code::JWKS, &path, error.reason(), "write `{keys: [...]}` (RFC 7517)"),
            Ok((keys, left_out)) if keys.is_empty() => {
                let why: Vec<String> = left_out.iter().map(ToString::to_string).collect();
                let message = format!("no key can be used: {}", why.join("; "));
                problems.add(Code::JWKS, &path, message, "add one of `algorithms`");
            }
            Ok(_) => {}
        }
    }
}

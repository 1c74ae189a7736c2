//! The document of token-validation.

use super::cache::CacheBytes;
use super::providers::Providers;
use crate::document::{Checked, Code, Definitions, Document, FieldGroup, FieldPath, Node, Problems, Schema};
use crate::vocabulary::{
    ClaimMatch, DenyResponse, HeaderText, Mode, NonEmpty, RequestMatch, RuleName, Rules, Sense,
};
use diagnostics::did_you_mean;

document! {
    /// JWT validation and claim rules.
    pub struct TokenPolicy {
        /// Whether the filter acts.
        "mode" mode: Mode = Mode::default(),
        /// The realm of challenges (RFC 9110, section 11.5).
        "realm" realm: Realm = Realm("ringfence".to_owned()),
        /// The providers, and the rules that require them.
        providers_and_rules: ProvidersAndRules,
        /// The size of the cache of verified tokens; `off`: no cache.
        "cache" cache: CacheBytes = CacheBytes::DEFAULT,
        /// The response of denials.
        "response" response: Option<DenyResponse> = None,
    }
}

// A group of its own, so that its check also runs if another field is invalid.
document! {
    /// The providers, and the rules that require them.
    pub struct ProvidersAndRules: Checked {
        /// The providers, by name.
        "providers" providers: Providers,
        /// The rules; the first match wins, and a request without a match is denied with 401.
        "rules" rules: Rules<Rule>,
    }
}

impl Checked for ProvidersAndRules {
    fn check(&self, path: &FieldPath<'_>, problems: &mut Problems) {
        let names: Vec<&str> = self.providers.0.iter().map(|provider| provider.name.as_str()).collect();
        let rules = path.field("rules");
        for (index, rule) in self.rules.iter().enumerate() {
            let Require::Token(required) = &rule.require else { continue };
            let is_unknown = |name: &&String| names.binary_search(&name.as_str()).is_err();
            for unknown in required.providers.names().iter().filter(is_unknown) {
                let rule = rules.item(index);
                let message = format!("unknown provider `{unknown}`");
                let help = did_you_mean(unknown, names.iter().copied());
                problems.add(Code::UNKNOWN_PROVIDER, &rule.field("require"), message, help);
            }
        }
    }
}

document! {
    /// A rule.
    pub struct Rule {
        /// The name, for metrics and logs.
        "name" name: RuleName,
        /// Whether the rule acts; absent: the mode of the filter.
        "mode" mode: Option<Mode> = None,
        /// The requests that the rule applies to; absent: all.
        "match" matches: RequestMatch = RequestMatch::default(),
        /// What these requests must have.
        "require" require: Require,
        /// The response of denials by this rule.
        "response" response: Option<DenyResponse> = None,
    }
}

/// What a request must have.
#[derive(Debug, Clone)]
pub enum Require {
    /// Nothing.
    None,
    /// A token.
    Token(TokenRequirement),
}

impl Require {
    /// Returns the sense of a match with this requirement.
    pub fn sense(&self) -> Sense {
        match self {
            Self::Token(_) => Sense::Restrict,
            Self::None => Sense::Grant,
        }
    }
}

document! {
    /// The token that a request must have.
    pub struct TokenRequirement {
        /// The accepted providers.
        providers: AcceptedProviders,
        /// Whether a request without a token is allowed. A token that is present must be valid.
        "optional" optional: bool = false,
        /// All of these in `scope` or `scp`.
        "scopes" scopes: Vec<Scope> = Vec::new(),
        /// All of these claims.
        "claims" claims: Vec<ClaimMatch> = Vec::new(),
    }
}

exactly_one! {
    /// The providers whose tokens are accepted.
    pub enum AcceptedProviders or PROVIDER {
        /// The provider whose tokens are accepted.
        "provider" One(String),
        /// The providers whose tokens are accepted.
        "anyOf" AnyOf(NonEmpty<String>),
    }
}

impl AcceptedProviders {
    /// Returns the names of the providers.
    pub fn names(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::AnyOf(names) => names,
        }
    }
}

impl Document for Require {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        if node.value.as_str() == Some("none") {
            return Some(Self::None);
        }
        if !node.value.is_object() {
            return node.unexpected(problems, "`none`, or an object with `provider` or `anyOf`");
        }
        TokenRequirement::read(node, problems).map(Self::Token)
    }

    fn describe(definitions: &mut Definitions) -> Schema {
        definitions.define(module_path!(), stringify!(Require), |definitions| {
            let token = TokenRequirement::describe_fields(Schema::object(), definitions);
            let about = "`none`, or the token that a request must have.";
            Schema::either([Schema::choice(["none"]), token]).about(about)
        })
    }
}

/// A scope (RFC 6749, section 3.3). Challenges contain it as it is.
#[derive(Debug, Clone)]
pub struct Scope(pub String);

impl Document for Scope {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let text = node.string(problems)?;
        let is_valid = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\');
        if text.is_empty() || !text.bytes().all(is_valid) {
            let help = "write one scope per item, without blanks and quotes";
            return problems.invalid(Code::SCOPE, node.path, format!("invalid scope `{text}`"), help);
        }
        Some(Self(text.to_owned()))
    }

    fn describe(_: &mut Definitions) -> Schema {
        Schema::of_type("string").with("pattern", r#"^[\x21\x23-\x5B\x5D-\x7E]+$"#)
    }
}

/// The realm of a challenge: a quoted string without escapes (RFC 9110, section 5.6.4).
#[derive(Debug, Clone)]
pub struct Realm(pub String);

impl Document for Realm {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let HeaderText(text) = HeaderText::read(node, problems)?;
        if !text.is_ascii() || text.contains(['"', '\\']) {
            let message = "quote, backslash or byte beyond ASCII in a realm";
            return problems.invalid(Code::REALM, node.path, message, "remove it");
        }
        Some(Self(text))
    }

    fn describe(_: &mut Definitions) -> Schema {
        Schema::of_type("string").with("pattern", r#"^[\t\x20-\x21\x23-\x5B\x5D-\x7E]*$"#)
    }

    fn spelled(&self) -> Option<serde_json::Value> {
        self.0.spelled()
    }
}

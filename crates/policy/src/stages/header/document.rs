//! The document of header-policy.

use super::edit::Edits;
use crate::document::{Code, Document, FieldPath, Fields, Node, Problems};
use crate::vocabulary::{
    ClaimMatch, DenyResponse, HeaderMatch, HeaderName, Mode, NonEmpty, RequestMatch, RuleName, Rules,
};

document! {
    /// Request and response headers: require, forbid, change.
    pub struct HeaderPolicy {
        /// Whether the filter acts.
        "mode" mode: Mode = Mode::default(),
        /// How many headers a request may have, and how large.
        "limits" limits: HeaderLimits = HeaderLimits::default(),
        /// Underscores in the names of request headers.
        "underscores" underscores: Underscores = Underscores::Allow,
        /// Edits that go before the rules.
        "presets" presets: Vec<Preset> = Vec::new(),
        /// The rules; every match applies, in order.
        "rules" rules: Rules<Rule> = Rules::default(),
        /// What a denied client is told.
        "response" response: Option<DenyResponse> = None,
    }
}

document! {
    /// How many headers a request may have, and how large, pseudo-headers left out; beyond: 431.
    pub struct HeaderLimits: Default {
        /// Lines.
        "maxCount" max_count: usize = 100,
        /// Bytes of one value.
        "maxValueBytes" max_value_bytes: usize = 8192,
        /// Bytes of all names and values.
        "maxTotalBytes" max_total_bytes: usize = 65536,
    }
}

choice! {
    /// Underscores in the names of request headers: some servers read `_` and `-` as one.
    pub enum Underscores {
        /// They pass.
        Allow = "allow",
        /// The headers are taken off.
        Remove = "remove",
        /// 400.
        Reject = "reject",
    }
}

choice! {
    /// Edits that many policies need.
    pub enum Preset {
        /// Takes off the request what only the mesh may set.
        EdgeSanitize = "edgeSanitize",
        /// Sets the response headers that OWASP recommends where the upstream did not.
        SecurityResponse = "securityResponse",
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
        "match" matches: HeaderRuleMatch = HeaderRuleMatch::default(),
        /// All must hold; otherwise 400.
        "require" require: Vec<HeaderMatch> = Vec::new(),
        /// None may hold; otherwise 403.
        "forbid" forbid: Vec<HeaderMatch> = Vec::new(),
        /// Headers of at most one value; otherwise 400.
        "single" single: Vec<SingleName> = Vec::new(),
        /// Changes of the request.
        "request" request: Edits = Edits::default(),
        /// Changes of the response.
        "response" response: Edits = Edits::default(),
        /// What a denied client is told.
        "denyResponse" deny_response: Option<DenyResponse> = None,
    }
}

/// A match on a request and on its token.
#[derive(Debug, Clone, Default)]
pub struct HeaderRuleMatch {
    /// The request.
    pub request: RequestMatch,
    /// All of these claims of the validated token; with one of them a request without a token does not match.
    pub claims: Option<NonEmpty<ClaimMatch>>,
}

impl Document for HeaderRuleMatch {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let known = [&RequestMatch::FIELDS[..], &["claims"]].concat();
        let fields = Fields::of(node, &known, problems)?;
        let claims = fields.optional("claims", problems);
        let request = RequestMatch::from_fields(&fields, problems);
        Some(Self { request: request?, claims: claims? })
    }
}

impl HeaderPolicy {
    /// Notes each rule that asks for claims, where nobody validates a token.
    pub fn refuse_claims(&self, path: &FieldPath<'_>, help: &str, problems: &mut Problems) {
        let rules = path.field("rules");
        for (index, _) in self.rules.0.iter().enumerate().filter(|(_, rule)| rule.matches.claims.is_some()) {
            problems.add(
                Code::CLAIMS,
                &rules.item(index).field("match").field("claims"),
                "nobody validates a token here",
                help,
            );
        }
    }
}

/// A policy whose claims, where its rules ask for any, somebody validates. Read by itself, it has nobody.
#[derive(Debug, Clone)]
pub struct ValidatedHeaderPolicy(pub HeaderPolicy);

impl Document for ValidatedHeaderPolicy {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let policy = HeaderPolicy::read(node, problems)?;
        policy.refuse_claims(
            node.path,
            "use the module `ringfence` with the sections `token` and `header`",
            problems,
        );
        Some(Self(policy))
    }
}

/// The name of a header that may have one value at most; `host` is one.
#[derive(Debug, Clone)]
pub enum SingleName {
    /// The authority.
    Host,
    /// Any other.
    Header(HeaderName),
}

impl Document for SingleName {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        if node.value.as_str().is_some_and(|name| name.eq_ignore_ascii_case("host")) {
            return Some(Self::Host);
        }
        HeaderName::read(node, problems).map(Self::Header)
    }
}

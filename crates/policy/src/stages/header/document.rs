//! The document of header-policy.

use super::edit::Edits;
use crate::document::{Checked, Code, Definitions, Document, FieldPath, Node, Problems, Schema};
use crate::vocabulary::{
    ClaimMatch, DenyResponse, HeaderMatch, HeaderName, Mode, NonEmpty, RequestMatch, RuleName, Rules,
};

document! {
    /// Requires, forbids and edits request and response headers.
    pub struct HeaderPolicy: Checked {
        /// Whether the filter acts.
        "mode" mode: Mode = Mode::default(),
        /// The number and the size of request headers.
        "limits" limits: HeaderLimits = HeaderLimits::default(),
        /// Request headers whose names have a byte other than letters, digits and `-`.
        "underscores" underscores: Underscores = Underscores::Allow,
        /// How the rules compare the names of request headers.
        "names" names: Names = Names::Exact,
        /// Edits before the rules.
        "presets" presets: Vec<Preset> = Vec::new(),
        /// The rules; every rule that matches applies, in order.
        "rules" rules: Rules<Rule> = Rules::default(),
        /// The response of denials.
        "response" response: Option<DenyResponse> = None,
    }
}

impl Checked for HeaderPolicy {
    fn check(&self, path: &FieldPath<'_>, problems: &mut Problems) {
        // As a section of `ringfence`, it is checked together with the section `token`.
        if matches!(path, FieldPath::Root) {
            self.reject_claims(path, problems);
        }
    }
}

impl HeaderPolicy {
    /// Reports claims in a policy that validates no token.
    pub(in crate::stages) fn reject_claims(&self, path: &FieldPath<'_>, problems: &mut Problems) {
        let rules = path.field("rules");
        for (index, rule) in self.rules.iter().enumerate() {
            if rule.matches.claims.is_some() {
                let help = "use the module `ringfence` with the sections `token` and `header`";
                let rule = rules.item(index);
                let message = "no token is validated in this policy";
                problems.add(Code::CLAIMS, &rule.field("match").field("claims"), message, help);
            }
        }
    }
}

document! {
    /// The number and the size of request headers, without pseudo-headers; 431 if exceeded.
    pub struct HeaderLimits: Default {
        /// Header lines.
        "maxCount" max_count: usize = 100,
        /// Bytes of one value.
        "maxValueBytes" max_value_bytes: usize = 8192,
        /// Bytes of all names and values.
        "maxTotalBytes" max_total_bytes: usize = 65536,
    }
}

choice! {
    /// Request headers whose names have a byte other than letters, digits and `-`. Some servers treat it as `-`.
    pub enum Underscores {
        /// They are allowed.
        Allow = "allow",
        /// The headers are removed.
        Remove = "remove",
        /// The request is denied with 400.
        Reject = "reject",
    }
}

choice! {
    /// How the rules compare the names of request headers in `require`, `forbid`, `single`, `remove` and `rewrite`.
    pub enum Names {
        /// Without case.
        Exact = "exact",
        /// Every byte but letters and digits also counts as `-`, as servers read it that pass headers as variables.
        Equivalent = "equivalent",
    }
}

choice! {
    /// Predefined edits.
    pub enum Preset {
        /// Removes request headers that only the mesh may set.
        EdgeSanitize = "edgeSanitize",
        /// Sets the response headers that OWASP recommends, unless the upstream set them.
        SecurityResponse = "securityResponse",
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
        "match" matches: HeaderRuleMatch = HeaderRuleMatch::default(),
        /// All of these must match; otherwise 400.
        "require" require: Vec<HeaderMatch> = Vec::new(),
        /// None of these may match; otherwise 403.
        "forbid" forbid: Vec<HeaderMatch> = Vec::new(),
        /// Headers with at most one value; otherwise 400.
        "single" single: Vec<SingleName> = Vec::new(),
        /// Edits of the request.
        "request" request: Edits = Edits::default(),
        /// Edits of the response.
        "response" response: Edits = Edits::default(),
        /// The response of denials by this rule.
        "denyResponse" deny_response: Option<DenyResponse> = None,
    }
}

document! {
    /// A match on a request and on its token.
    #[derive(Default)]
    pub struct HeaderRuleMatch {
        /// The match on the request.
        request: RequestMatch,
        /// All of these claims of the validated token; in the module `ringfence` with a section `token`.
        "claims" claims: Option<NonEmpty<ClaimMatch>> = None,
    }
}

/// The name of a header with at most one value, or `host`.
#[derive(Debug, Clone)]
pub enum SingleName {
    /// The authority.
    Host,
    /// Any other header.
    Header(HeaderName),
}

impl Document for SingleName {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        if node.value.as_str().is_some_and(|name| name.eq_ignore_ascii_case("host")) {
            return Some(Self::Host);
        }
        HeaderName::read(node, problems).map(Self::Header)
    }

    fn describe(definitions: &mut Definitions) -> Schema {
        HeaderName::describe(definitions)
    }
}

#[cfg(test)]
mod tests {
    use super::HeaderPolicy;
    use crate::document::read;
    use crate::test;

    #[test]
    fn claims_need_a_token() {
        let claims = r#"{"rules": [{"name": "a", "match": {"claims": [{"claim": "sub", "exact": "a"}]}}]}"#;
        let code = "claims at rules[0].match.claims: no token is validated in this policy";
        let problems = read::<HeaderPolicy>(claims.as_bytes()).unwrap_err();
        assert!(problems[0].to_string().starts_with(code), "{problems:?}");
    }
}

//! token-validation: JWT validation and claim rules.

mod cache;
mod challenge;
mod check;
mod checks;
mod claims;
mod cookies;
mod document;
mod jwks;
pub(super) mod key_ring;
mod only_token;
mod provider;
mod provider_state;
mod providers;
mod search;
mod source;

use crate::decision::{Answer, Filter, Report, Trace};
use crate::http::{HeaderIndex, Needs, Request};
use crate::stages::enforcement::{Enforcement, RuleHead};
use crate::stages::rule_set::{self, Rule as _, RuleSet};
use crate::stages::stage::Stage;
use crate::vocabulary::{Mode, RequestMatch, Sense};
use cache::VerifiedToken;
use challenge::TokenDenial;
use checks::Checks;
use document::{ProvidersAndRules, Realm, Require, Rule};
use serde_json::Value;
use std::borrow::Cow;
use std::rc::Rc;

pub use document::TokenPolicy;
pub use jwks::{JwksUri, RemoteKeys};
pub use key_ring::KeyRing;

const FILTER: Filter = Filter::TokenValidation;

/// The stage of token-validation.
#[derive(Debug)]
pub struct TokenStage {
    enforcement: Enforcement,
    realm: Realm,
    keys: KeyRing,
    rules: RuleSet<Rule>,
    /// The headers that only this filter may set.
    identity_headers: HeaderIndex,
}

impl rule_set::Rule for Rule {
    const FILTER: Filter = FILTER;
    const SPELLINGS_ADD: bool = true;

    fn head(&self) -> RuleHead<'_> {
        RuleHead { name: &self.name, mode: self.mode, response: self.response.as_ref() }
    }

    fn matches(&self) -> &RequestMatch {
        &self.matches
    }

    fn matches_mut(&mut self) -> &mut RequestMatch {
        &mut self.matches
    }

    fn sense(&self) -> Sense {
        self.require.sense()
    }
}

impl Stage for TokenStage {
    type Document = TokenPolicy;
    type ResponseState = ();

    fn filters(&self) -> Vec<Filter> {
        vec![FILTER]
    }

    fn key_ring(&self) -> Option<&KeyRing> {
        Some(&self.keys)
    }

    fn needs(&self) -> Needs {
        let certificate = self.keys.providers().iter().any(|state| state.provider.confirmation.is_some());
        self.rules.needs().or(Needs { time: true, certificate, ..Needs::default() })
    }

    fn compile(document: TokenPolicy) -> Self {
        let TokenPolicy {
            mode,
            realm,
            providers_and_rules: ProvidersAndRules { providers, rules },
            cache,
            response,
        } = document;
        let keys = KeyRing::new(providers.0, cache);
        let identity_headers = keys.providers().iter().flat_map(|state| {
            let claims = state.provider.claim_to_headers.iter().map(|to| &to.header);
            claims.chain(&state.provider.payload_header).map(|header| header.0.as_str())
        });
        let identity_headers = HeaderIndex::new(identity_headers);
        let reads_query = keys.providers().iter().any(|state| !state.provider.from.query.is_empty());
        let rules = RuleSet::new(rules).reading_path(reads_query);
        let enforcement = Enforcement::new(FILTER, mode, rules.modes(), response);
        Self { enforcement, realm, keys, rules, identity_headers }
    }

    fn removes_trailer(&self, name: &[u8]) -> bool {
        let concerns = || self.identity_headers.contain(name) || self.keys.reads(name);
        self.enforcement.removes_trailer(name)
            || self.enforcement.denies_malformed() && concerns()
            || self.rules.use_header(name, &self.enforcement)
    }

    fn on_request<'a, T: Trace>(
        &self,
        request: &mut Request<'a>,
        _: &mut (),
        report: &mut Report<T>,
    ) -> Result<(), Box<Answer>> {
        if !self.enforcement.enter(report) {
            return Ok(());
        }
        let inputs = match self.rules.read::<T>(request) {
            Ok(inputs) => inputs,
            Err(reason) => return report.end(self.enforcement.malformed(request, reason)),
        };
        self.enforcement.forward(request, inputs.authority.as_ref());
        // If an enforced rule sets these headers, client values are removed.
        if self.enforcement.denies_malformed() && request.headers.may_have_any(&self.identity_headers) {
            request.headers.remove(|name| self.identity_headers.contain(name));
        }
        let (mut tokens, checks) = (Vec::new(), Checks::default());
        for rule in self.rules_for(request, &inputs, &checks, report)? {
            let wanted = report.tokens.keys_wanted.len();
            match self.token_of(rule, request, &inputs, &checks, &mut report.tokens) {
                Ok(token) => tokens.extend(token.map(|token| (rule, token))),
                Err(denial) => {
                    let answer = self.denial(request, Some(rule), denial);
                    report.tokens.awaits_keys =
                        answer.mode == Mode::Enforce && report.tokens.keys_wanted.len() > wanted;
                    report.end(answer)?;
                }
            }
        }
        // After the last check: a token that one rule removes may be the token of another rule.
        for (rule, token) in tokens {
            request.claims.get_or_insert_with(|| Rc::clone(&token.claims));
            if self.enforcement.is_enforced(rule.head()) {
                self.forward(request, &token);
            }
        }
        Ok(())
    }
}

impl TokenStage {
    /// Sets the headers of a token's claims, and removes the token from the request unless it is forwarded.
    fn forward(&self, request: &mut Request<'_>, token: &VerifiedToken) {
        let Some(state) = self.keys.providers().get(token.provider_index) else { return };
        let provider = &state.provider;
        if !provider.forward {
            provider.from.remove(&mut request.headers);
            if !provider.from.query.is_empty() {
                request.remove_from_query(|query| provider.from.without_tokens(query));
            }
        }
        for to in &provider.claim_to_headers {
            if let Some(value) = to.claim.find(&token.claims).and_then(header_value) {
                request.headers.set(to.header.as_str(), value.as_bytes());
            }
        }
        if let Some(header) = &provider.payload_header {
            request.headers.set(header.as_str(), token.payload.as_bytes());
        }
    }

    fn denial(&self, request: &Request<'_>, rule: Option<&Rule>, denial: TokenDenial) -> Answer {
        let scopes: Vec<&str> = match rule.map(|rule| &rule.require) {
            Some(Require::Token(required)) => required.scopes.iter().map(|scope| scope.0.as_str()).collect(),
            Some(Require::None) | None => Vec::new(),
        };
        let mut answer = self.enforcement.denial(request, rule.map(Rule::head), denial.reason);
        let (name, value) = denial.header(&self.realm.0, &scopes);
        answer.reply = answer.reply.with(name, value);
        answer
    }
}

/// Converts a claim to the value of a header.
///
/// Returns `None` if the claim is not a valid value, or would arrive changed: blanks around a value are removed (RFC
/// 9110, section 5.5).
fn header_value(claim: &Value) -> Option<Cow<'_, str>> {
    let text = match claim {
        Value::Null => return None,
        Value::String(text) => Cow::Borrowed(text.as_str()),
        other => Cow::Owned(other.to_string()),
    };
    let arrives = !text.chars().any(char::is_control) && text.trim_matches([' ', '\t']) == text;
    arrives.then_some(text)
}

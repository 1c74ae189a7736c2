//! token-validation: JWT validation and claim rules.

mod cache;
mod challenge;
mod check;
mod claims;
#[cfg(not(target_arch = "wasm32"))]
mod describe;
mod document;
mod jwks;
mod key_ring;
mod provider_state;
mod source;

use crate::decision::{Answer, Decision, Filter, LocalReply, Reason, Report, Trace};
use crate::http::Request;
use crate::stages::index::RuleIndex;
use crate::stages::parts::Asked;
use crate::stages::{Needs, Stage};
use crate::vocabulary::{DenyResponse, HeaderPattern, Mode};
use cache::Verified;
use challenge::Refusal;
use document::{Realm, Require, Rule, TokenPolicy, ValidatedTokenPolicy};
use provider_state::ProviderState;
use serde_json::Value;
use std::rc::Rc;

pub use jwks::{JwksUri, RemoteKeys};
pub use key_ring::KeyRing;

const FILTER: Filter = Filter::TokenValidation;

/// The stage of token-validation.
#[derive(Debug)]
pub struct TokenStage {
    mode: Mode,
    malformed_mode: Mode,
    realm: Realm,
    keys: KeyRing,
    rules: Vec<Rule>,
    index: RuleIndex,
    asked: Asked,
    /// The headers that only this filter sets.
    identity: Vec<HeaderPattern>,
    response: Option<DenyResponse>,
}

impl Stage for TokenStage {
    type Document = ValidatedTokenPolicy;
    type ResponseState = ();

    fn filters(&self) -> Vec<Filter> {
        vec![FILTER]
    }

    fn key_ring(&self) -> Option<&KeyRing> {
        Some(&self.keys)
    }

    fn needs(&self) -> Needs {
        let certificate = self.keys.providers().iter().any(|state| state.provider.confirmation.is_some());
        Needs { time: true, certificate, ..Needs::default() }
    }

    fn compile(ValidatedTokenPolicy(document): ValidatedTokenPolicy) -> Self {
        let TokenPolicy { mode, realm, providers, rules, cache, response } = document;
        let keys = KeyRing::new(providers.0, cache);
        let identity = keys.providers().iter().flat_map(|state| {
            let claims = state.provider.claim_to_headers.iter().map(|to| &to.header);
            claims.chain(&state.provider.payload_header).map(|header| HeaderPattern::Name(header.0.clone()))
        });
        Self {
            mode,
            malformed_mode: mode.of_malformed(rules.0.iter().map(|rule| rule.mode)),
            realm,
            identity: identity.collect(),
            asked: Asked::by(rules.0.iter().map(|rule| &rule.matches)),
            keys,
            index: RuleIndex::new(rules.0.iter().map(|rule| &rule.matches)),
            rules: rules.0,
            response,
        }
    }

    fn on_request<'a, T: Trace>(
        &self,
        request: &mut Request<'a>,
        _: &mut (),
        report: &mut Report<T>,
    ) -> Result<(), Box<Answer>> {
        if self.mode == Mode::Off {
            return Ok(());
        }
        report.enter(FILTER);
        let parts = match self.asked.read(request) {
            Ok(parts) => parts,
            Err(reason) => {
                let reply = LocalReply::denied(reason.status(), self.response.as_ref(), request.is_grpc());
                return report.end(answer(None, reason, self.malformed_mode, reply));
            }
        };
        // As soon as one rule sets them for good, nobody else may.
        if self.malformed_mode == Mode::Enforce {
            for pattern in &self.identity {
                request.headers.remove(pattern, &[]);
            }
        }
        let mut tokens = Vec::new();
        for rule in self.rules_for(request, &parts, report)? {
            let wanted = report.tokens.keys_wanted.len();
            match self.satisfied(rule, request, &parts, &mut report.tokens) {
                Ok(token) => tokens.extend(token.map(|token| (rule, token))),
                Err(refusal) => {
                    let answer = self.denial(request, Some(rule), refusal);
                    report.tokens.awaits_keys =
                        answer.mode == Mode::Enforce && report.tokens.keys_wanted.len() > wanted;
                    report.end(answer)?;
                }
            }
        }
        // Only now: what one rule takes off the request another may have asked for.
        for (rule, token) in tokens {
            request.claims.get_or_insert_with(|| Rc::clone(&token.claims));
            if self.mode.of_rule(rule.mode) == Mode::Enforce {
                self.pass_on(request, &token);
            }
        }
        Ok(())
    }
}

impl TokenStage {
    /// Gives the upstream what it is to know of the token, and takes the token itself off.
    fn pass_on(&self, request: &mut Request<'_>, token: &Verified) {
        let Some(ProviderState { provider, .. }) = self.keys.providers().get(token.provider_index) else {
            return;
        };
        if !provider.forward {
            provider.from.remove(&mut request.headers);
            request.remove_from_query(|query| provider.from.without_tokens(query));
        }
        for to in &provider.claim_to_headers {
            if let Some(value) = to.claim.find(&token.claims).and_then(header_value) {
                request.headers.set(to.header.0.as_str(), value.as_bytes());
            }
        }
        if let Some(header) = &provider.payload_header {
            request.headers.set(header.0.as_str(), token.payload.as_bytes());
        }
    }

    fn denial(&self, request: &Request<'_>, rule: Option<&Rule>, refusal: Refusal) -> Answer {
        let required = rule.and_then(|rule| match &rule.require {
            Require::Token(required) => Some(required),
            Require::None => None,
        });
        let response = rule.and_then(|rule| rule.response.as_ref()).or(self.response.as_ref());
        let (name, value) = refusal.header(&self.realm, required);
        let reply =
            LocalReply::denied(refusal.reason.status(), response, request.is_grpc()).with(name, value);
        answer(rule, refusal.reason, self.mode.of_rule(rule.and_then(|rule| rule.mode)), reply)
    }
}

fn answer(rule: Option<&Rule>, reason: Reason, mode: Mode, reply: LocalReply) -> Answer {
    let rule = rule.map(|rule| rule.name.clone());
    Answer { decision: Decision::Deny, filter: FILTER, rule, reason, mode, reading: None, reply }
}

/// A claim as a header's value; nothing where it could not be one, or would arrive as another: blanks around a value are
/// cut on the way (RFC 9110, section 5.5).
fn header_value(claim: &Value) -> Option<String> {
    let text = match claim {
        Value::Null => return None,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let arrives = !text.chars().any(char::is_control) && text.trim_matches([' ', '\t']) == text;
    arrives.then_some(text)
}

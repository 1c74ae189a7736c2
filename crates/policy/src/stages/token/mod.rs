//! token-validation: JWT validation and claim rules.

mod challenge;
mod claim_match;
mod claims;
mod document;
mod source;
mod validate;

use crate::decision::{Answer, Decision, Filter, Reply, Report, Trace, Tried};
use crate::http::{Headers, Request};
use crate::stages::parts::{Asked, Parts};
use crate::stages::{Needs, Stage};
use crate::vocabulary::{DenyResponse, HeaderPattern, Mode};
use challenge::Refusal;
use document::{Checked, Realm, Require, Rule, TokenPolicy};
use jose::{InModule, Jws, Verifier};
use serde_json::{Map, Value};
use validate::Issuer;

const FILTER: Filter = Filter::TokenValidation;

/// The stage of token-validation.
#[derive(Debug)]
pub struct TokenStage {
    mode: Mode,
    malformed_mode: Mode,
    realm: Realm,
    issuers: Vec<Issuer>,
    rules: Vec<Rule>,
    asked: Asked,
    /// The headers that only this filter sets.
    identity: Vec<HeaderPattern>,
    response: Option<DenyResponse>,
    verifier: Signatures,
}

/// Who checks signatures.
struct Signatures(Box<dyn Verifier>);

impl std::fmt::Debug for Signatures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signatures")
    }
}

/// A token that holds.
struct Validated<'s> {
    issuer: &'s Issuer,
    claims: Map<String, Value>,
    payload: String,
}

impl Stage for TokenStage {
    type Document = Checked;
    type Memory = ();

    fn filters(&self) -> Vec<Filter> {
        vec![FILTER]
    }

    const CHECKS_SIGNATURES: bool = true;

    fn check_signatures_by(&mut self, verifier: impl FnOnce() -> Box<dyn Verifier>) {
        self.verifier = Signatures(verifier());
    }

    fn needs(&self) -> Needs {
        Needs { time: true, ..Needs::default() }
    }

    fn compile(Checked(document): Checked) -> Self {
        let TokenPolicy { mode, realm, providers, rules, response } = document;
        let issuer = |(name, provider): (String, document::Provider)| {
            let keys = provider.jwks.inline(&provider.algorithms.0).unwrap_or_default();
            Issuer { name, provider, keys }
        };
        let issuers: Vec<Issuer> = providers.0.into_iter().map(issuer).collect();
        let identity = issuers.iter().flat_map(|issuer| {
            let claims = issuer.provider.claim_to_headers.iter().map(|to| &to.header);
            claims.chain(&issuer.provider.payload_header).map(|header| HeaderPattern::Name(header.0.clone()))
        });
        Self {
            mode,
            malformed_mode: mode.of_malformed(rules.0.iter().map(|rule| rule.mode)),
            realm,
            identity: identity.collect(),
            asked: Asked::by(rules.0.iter().map(|rule| &rule.matches)),
            issuers,
            rules: rules.0,
            response,
            verifier: Signatures(Box::new(InModule)),
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
            Err((status, reason)) => {
                let reply = Reply::denied(status, self.response.as_ref(), request.is_grpc());
                return report.end(answer(None, reason, self.malformed_mode, reply));
            }
        };
        // As soon as one rule sets them for good, nobody else may.
        if self.malformed_mode == Mode::Enforce {
            for pattern in &self.identity {
                request.headers.remove(pattern, &[]);
            }
        }
        for rule in self.rules_for(request, &parts, report)? {
            match self.satisfied(rule, request, &parts) {
                Ok(Some(validated)) if self.mode.of_rule(rule.mode) == Mode::Enforce => {
                    self.pass_on(request, &validated)
                }
                Ok(_) => {}
                Err(refusal) => report.end(self.denial(request, Some(rule), refusal))?,
            }
        }
        Ok(())
    }
}

impl TokenStage {
    /// The first rule of each reading of the path; what one of them asks for is asked for.
    fn rules_for<'s, T: Trace>(
        &'s self,
        request: &Request<'_>,
        parts: &Parts<'_>,
        report: &mut Report<T>,
    ) -> Result<Vec<&'s Rule>, Box<Answer>> {
        let mut found: Vec<&'s Rule> = Vec::new();
        for reading in parts.readings() {
            let mut none = true;
            for rule in &self.rules {
                let tried =
                    Tried::of(rule.mode, || rule.matches.attempt(parts.subject(request)).failing(reading));
                report.tried(FILTER, &rule.name, reading, tried);
                match tried {
                    Tried::Matched => {
                        none = false;
                        if !found.iter().any(|other| other.name == rule.name) {
                            found.push(rule);
                        }
                        break;
                    }
                    Tried::Shadowed => {
                        report.shadow_match(FILTER, &rule.name);
                        if let Err(refusal) = self.satisfied(rule, request, parts) {
                            report.end(self.denial(request, Some(rule), refusal))?;
                        }
                    }
                    Tried::Missed(_) | Tried::Off => {}
                }
            }
            if none {
                report.end(self.denial(request, None, Refusal::Missing("no_rule")))?;
            }
        }
        Ok(found)
    }

    /// Whether the request has what a rule requires.
    fn satisfied(
        &self,
        rule: &Rule,
        request: &Request<'_>,
        parts: &Parts<'_>,
    ) -> Result<Option<Validated<'_>>, Refusal> {
        let Require::Token(required) = &rule.require else { return Ok(None) };
        let issuers: Vec<&Issuer> =
            self.issuers.iter().filter(|issuer| required.providers.contains(&issuer.name)).collect();
        let Some(token) = only_token(&issuers, &request.headers, query(request, parts))? else {
            return if required.optional { Ok(None) } else { Err(Refusal::Missing("token_missing")) };
        };
        let text = std::str::from_utf8(&token).map_err(|_| Refusal::Invalid("token_malformed"))?;
        let jws = Jws::parse(text).map_err(|error| Refusal::Invalid(error.reason()))?;
        let issuer = self.valid_for(&issuers, &jws, request.now).map_err(Refusal::Invalid)?;
        let scopes = scopes(&jws.claims);
        if !required.scopes.iter().all(|scope| scopes.contains(&scope.0.as_str())) {
            return Err(Refusal::Insufficient("scope_missing"));
        }
        if !required.claims.iter().all(|claim| claim.matches(&jws.claims)) {
            return Err(Refusal::Insufficient("claim_mismatch"));
        }
        Ok(Some(Validated { issuer, payload: jws.payload.to_owned(), claims: jws.claims }))
    }

    /// The provider whose token it is; the reason of the last whose issuer it names.
    fn valid_for<'s>(
        &self,
        issuers: &[&'s Issuer],
        jws: &Jws<'_>,
        now: u64,
    ) -> Result<&'s Issuer, &'static str> {
        let named = jws.claims.get("iss").and_then(Value::as_str);
        let mut reason = "token_issuer";
        for issuer in issuers.iter().filter(|issuer| named == Some(issuer.provider.issuer.as_str())) {
            match issuer.validate(jws, &*self.verifier.0, now) {
                Ok(()) => return Ok(issuer),
                Err(why) => reason = why,
            }
        }
        Err(reason)
    }

    /// Gives the upstream what it is to know of the token, and takes the token itself off.
    fn pass_on(&self, request: &mut Request<'_>, validated: &Validated<'_>) {
        let provider = &validated.issuer.provider;
        if !provider.forward {
            provider.from.remove(&mut request.headers);
            request.remove_from_query(|query| provider.from.without_tokens(query));
        }
        for to in &provider.claim_to_headers {
            if let Some(value) = to.claim.find(&validated.claims).and_then(header_value) {
                request.headers.set(to.header.0.as_str(), value.as_bytes());
            }
        }
        if let Some(header) = &provider.payload_header {
            request.headers.set(header.0.as_str(), validated.payload.as_bytes());
        }
    }

    fn denial(&self, request: &Request<'_>, rule: Option<&Rule>, refusal: Refusal) -> Answer {
        let required = rule.and_then(|rule| match &rule.require {
            Require::Token(required) => Some(required),
            Require::None => None,
        });
        let response = rule.and_then(|rule| rule.response.as_ref()).or(self.response.as_ref());
        let reply = Reply::denied(refusal.status(), response, request.is_grpc())
            .with("www-authenticate", refusal.challenge(&self.realm, required));
        answer(rule, refusal.reason(), self.mode.of_rule(rule.and_then(|rule| rule.mode)), reply)
    }
}

fn answer(rule: Option<&Rule>, reason: &'static str, mode: Mode, reply: Reply) -> Answer {
    let rule = rule.map(|rule| rule.name.clone());
    Answer { decision: Decision::Deny, filter: FILTER, rule, reason, mode, reading: None, reply }
}

fn query<'p>(request: &Request<'p>, parts: &Parts<'p>) -> Option<&'p [u8]> {
    let raw = || request.target()?.splitn(2, |byte| *byte == b'?').nth(1);
    parts.path.as_ref().map_or_else(raw, crate::http::RequestPath::query)
}

/// The one token that the request has for these providers.
fn only_token(
    issuers: &[&Issuer],
    headers: &Headers<'_>,
    query: Option<&[u8]>,
) -> Result<Option<Vec<u8>>, Refusal> {
    let mut only: Option<Vec<u8>> = None;
    for issuer in issuers {
        let mut tokens = issuer.provider.from.tokens(headers, query).into_iter();
        match (tokens.next(), tokens.next(), &only) {
            (None, ..) => {}
            (Some(token), None, None) => only = Some(token),
            // Two providers may look at the same place.
            (Some(token), None, Some(other)) if token == *other => {}
            _ => return Err(Refusal::Several),
        }
    }
    Ok(only)
}

/// The scopes of a token: `scope`, separated by spaces (RFC 8693, section 4.2), or the list `scp`.
fn scopes(claims: &Map<String, Value>) -> Vec<&str> {
    let text = claims.get("scope").and_then(Value::as_str).unwrap_or_default();
    let list = claims.get("scp").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    text.split(' ').filter(|scope| !scope.is_empty()).chain(list).collect()
}

/// A claim as a header's value; nothing where it could not be one.
fn header_value(claim: &Value) -> Option<String> {
    let text = match claim {
        Value::Null => return None,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    (!text.chars().any(char::is_control)).then_some(text)
}

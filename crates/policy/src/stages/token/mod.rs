//! token-validation: JWT validation and claim rules.

mod cache;
mod challenge;
mod claims;
mod document;
mod issuer;
mod jwks;
mod source;

use crate::decision::{Answer, Decision, Filter, Reply, Report, TokenReport, Trace, Tried};
use crate::http::{Headers, Request};
use crate::stages::parts::{Asked, Parts};
use crate::stages::{Needs, Stage};
use crate::vocabulary::{DenyResponse, HeaderPattern, Mode};
use cache::{Cache, TokenDigest, Verified};
use challenge::Refusal;
use document::{Checked, Realm, Require, Rule, TokenPolicy};
use issuer::Issuer;
use jose::{InModule, Jws, LeftOut, Verifier};
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::rc::Rc;

pub use jwks::{JwksUri, RemoteKeys};

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
    cache: RefCell<Cache>,
}

/// Who checks signatures.
struct Signatures(Box<dyn Verifier>);

impl std::fmt::Debug for Signatures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signatures")
    }
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

    fn remote_keys(&self) -> Vec<RemoteKeys> {
        self.issuers.iter().filter_map(Issuer::remote).collect()
    }

    fn take_keys(&self, place: usize, set: &[u8], at: u64) -> Result<Vec<LeftOut>, String> {
        let left_out = self.issuers.get(place).map_or(Ok(Vec::new()), |issuer| issuer.take(set, at))?;
        self.cache.borrow_mut().clear();
        Ok(left_out)
    }

    fn confirm_keys(&self, place: usize, at: u64) {
        if let Some(issuer) = self.issuers.get(place) {
            issuer.confirm(at);
        }
    }

    fn remarks(&self) -> Vec<String> {
        let lines = |issuer: &Issuer| {
            let name = issuer.name.clone();
            issuer
                .left_out()
                .into_iter()
                .map(move |left_out| format!("keys of provider `{name}`: {left_out}"))
        };
        self.issuers.iter().flat_map(lines).collect()
    }

    fn needs(&self) -> Needs {
        let certificate = self.issuers.iter().any(|issuer| issuer.provider.confirmation.is_some());
        Needs { time: true, certificate, ..Needs::default() }
    }

    fn compile(Checked(document): Checked) -> Self {
        let TokenPolicy { mode, realm, providers, rules, cache, response } = document;
        let issuers: Vec<Issuer> = providers
            .0
            .into_iter()
            .enumerate()
            .map(|(place, (name, provider))| Issuer::new(place, name, provider))
            .collect();
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
            cache: RefCell::new(Cache::new(cache)),
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
    /// The first rule of each reading of the path; what one of them asks for is asked for.
    fn rules_for<'s, T: Trace>(
        &'s self,
        request: &Request<'_>,
        parts: &Parts<'_>,
        report: &mut Report<T>,
    ) -> Result<Vec<&'s Rule>, Box<Answer>> {
        let mut found: Vec<&'s Rule> = Vec::new();
        let mut attempts: Vec<_> =
            self.rules.iter().map(|rule| rule.matches.attempt(parts.subject(request))).collect();
        for reading in parts.readings() {
            let mut none = true;
            for (rule, attempt) in self.rules.iter().zip(&mut attempts) {
                let tried = Tried::of(rule.mode, || attempt.failing(reading));
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
                        if let Err(refusal) = self.satisfied(rule, request, parts, &mut report.tokens) {
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
        report: &mut TokenReport,
    ) -> Result<Option<Rc<Verified>>, Refusal> {
        let Require::Token(required) = &rule.require else { return Ok(None) };
        let issuers: Vec<&Issuer> =
            self.issuers.iter().filter(|issuer| required.providers.contains(&issuer.name)).collect();
        let Some(token) = only_token(&issuers, &request.headers, query(request, parts))? else {
            return if required.optional { Ok(None) } else { Err(Refusal::Missing("token_missing")) };
        };
        let token = self.verified(&issuers, &token, request, report)?;
        let scopes = scopes(&token.claims);
        if !required.scopes.iter().all(|scope| scopes.contains(&scope.0.as_str())) {
            return Err(Refusal::Insufficient("scope_missing"));
        }
        if !required.claims.iter().all(|claim| claim.matches(&token.claims)) {
            return Err(Refusal::Insufficient("claim_mismatch"));
        }
        Ok(Some(token))
    }

    /// The token, if it is one of these issuers, known from before or verified now.
    fn verified(
        &self,
        issuers: &[&Issuer],
        token: &[u8],
        request: &Request<'_>,
        report: &mut TokenReport,
    ) -> Result<Rc<Verified>, Refusal> {
        let digest = self.cache.borrow().is_on().then(|| jose::sha256(token));
        if let Some((known, issuer)) = digest.and_then(|digest| self.known(&digest, issuers)) {
            report.cache_hits += 1;
            issuer.still_holds(&known.claims, request, report)?;
            return Ok(known);
        }
        let text = std::str::from_utf8(token).map_err(|_| Refusal::Invalid("token_malformed"))?;
        let jws = Jws::parse(text).map_err(|error| Refusal::Invalid(error.reason()))?;
        let issuer = self.issuer_of(issuers, &jws, request, report)?;
        let verified =
            Rc::new(Verified { issuer, claims: Rc::new(jws.claims), payload: jws.payload.to_owned() });
        if let Some(digest) = digest {
            self.cache.borrow_mut().put(digest, &verified);
        }
        Ok(verified)
    }

    /// The token of this digest, if it was verified before for one of these issuers.
    fn known<'i>(&self, digest: &TokenDigest, issuers: &[&'i Issuer]) -> Option<(Rc<Verified>, &'i Issuer)> {
        let known = self.cache.borrow_mut().get(digest)?;
        let issuer = issuers.iter().find(|issuer| issuer.place == known.issuer)?;
        Some((known, issuer))
    }

    /// The place of the issuer whose token it is; why it is that of none: where the keys of one that it names cannot be
    /// had, that, otherwise the reason of the last that it names.
    fn issuer_of(
        &self,
        issuers: &[&Issuer],
        jws: &Jws<'_>,
        request: &Request<'_>,
        report: &mut TokenReport,
    ) -> Result<usize, Refusal> {
        let named = jws.claims.get("iss").and_then(Value::as_str);
        let mut refusal = Refusal::Invalid("token_issuer");
        for issuer in issuers.iter().filter(|issuer| named == Some(issuer.provider.issuer.as_str())) {
            match issuer.validate(jws, &*self.verifier.0, request, report) {
                Ok(()) => return Ok(issuer.place),
                Err(_) if matches!(refusal, Refusal::Unavailable { .. }) => {}
                Err(why) => refusal = why,
            }
        }
        Err(refusal)
    }

    /// Gives the upstream what it is to know of the token, and takes the token itself off.
    fn pass_on(&self, request: &mut Request<'_>, token: &Verified) {
        let Some(Issuer { provider, .. }) = self.issuers.get(token.issuer) else { return };
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
        let reply = Reply::denied(refusal.status(), response, request.is_grpc()).with(name, value);
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

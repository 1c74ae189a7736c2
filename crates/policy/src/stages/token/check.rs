//! Which rules a request falls to, and whether its token is what they require.

use super::cache::Verified;
use super::challenge::Refusal;
use super::document::{Require, Rule};
use super::provider_state::ProviderState;
use super::{FILTER, TokenStage};
use crate::decision::{Answer, Reason, Report, RuleResult, TokenReport, Trace};
use crate::http::{Headers, Request};
use crate::stages::parts::Parts;
use crate::vocabulary::RuleName;
use serde_json::{Map, Value};
use std::rc::Rc;

impl TokenStage {
    /// The first rule of each reading of the path; what one of them asks for is asked for.
    pub(super) fn rules_for<'s, T: Trace>(
        &'s self,
        request: &Request<'_>,
        parts: &Parts<'_>,
        report: &mut Report<T>,
    ) -> Result<Vec<&'s Rule>, Box<Answer>> {
        let mut found: Vec<&'s Rule> = Vec::new();
        let mut shadowed: Vec<&RuleName> = Vec::new();
        let candidates = self.index.candidates::<T>(parts.host(), parts.readings());
        let rules = candidates.into_iter().filter_map(|place| self.rules.get(place));
        let mut rules: Vec<_> =
            rules.map(|rule| (rule, rule.matches.attempt(parts.subject(request)))).collect();
        for reading in parts.readings() {
            let mut none = true;
            for (rule, attempt) in &mut rules {
                let tried = RuleResult::of(rule.mode, || attempt.first_mismatch(reading));
                report.record_rule(FILTER, &rule.name, reading, tried);
                match tried {
                    RuleResult::Matched => {
                        none = false;
                        if !found.iter().any(|other| other.name == rule.name) {
                            found.push(rule);
                        }
                        break;
                    }
                    RuleResult::Shadowed if shadowed.contains(&&rule.name) => {}
                    RuleResult::Shadowed => {
                        shadowed.push(&rule.name);
                        report.shadow_match(FILTER, &rule.name);
                        if let Err(refusal) = self.satisfied(rule, request, parts, &mut report.tokens) {
                            report.end(self.denial(request, Some(rule), refusal))?;
                        }
                    }
                    RuleResult::Missed(_) | RuleResult::Off => {}
                }
            }
            if none {
                report.end(self.denial(request, None, Reason::NO_RULE.into()))?;
            }
        }
        Ok(found)
    }

    /// Whether the request has what a rule requires.
    pub(super) fn satisfied(
        &self,
        rule: &Rule,
        request: &Request<'_>,
        parts: &Parts<'_>,
        report: &mut TokenReport,
    ) -> Result<Option<Rc<Verified>>, Refusal> {
        let Require::Token(required) = &rule.require else { return Ok(None) };
        let issuers: Vec<&ProviderState> =
            self.keys.providers().iter().filter(|issuer| required.providers.contains(&issuer.name)).collect();
        let Some((token, issuers)) = only_token(&issuers, &request.headers, query(request, parts))? else {
            return if required.optional { Ok(None) } else { Err(Reason::TOKEN_MISSING.into()) };
        };
        let wanted = report.keys_wanted.len();
        let token = self.keys.verify(&issuers, &token, request, report)?;
        // What another issuer of the same name lacks is of no matter.
        report.keys_wanted.truncate(wanted);
        let scopes = scopes(&token.claims);
        if !required.scopes.iter().all(|scope| scopes.contains(&scope.0.as_str())) {
            return Err(Reason::SCOPE_MISSING.into());
        }
        if !required.claims.iter().all(|claim| claim.matches(&token.claims)) {
            return Err(Reason::CLAIM_MISMATCH.into());
        }
        Ok(Some(token))
    }
}

fn query<'p>(request: &Request<'p>, parts: &Parts<'p>) -> Option<&'p [u8]> {
    let raw = || request.target()?.splitn(2, |byte| *byte == b'?').nth(1);
    parts.path.as_ref().map_or_else(raw, crate::http::RequestPath::query)
}

/// A token, and the issuers in whose places it stands.
type Found<'i> = (Vec<u8>, Vec<&'i ProviderState>);

/// The one token that the request has for these issuers, with those of them in whose places it stands: nobody else's
/// places are cleared of it.
fn only_token<'i>(
    issuers: &[&'i ProviderState],
    headers: &Headers<'_>,
    query: Option<&[u8]>,
) -> Result<Option<Found<'i>>, Refusal> {
    let mut only: Option<Found<'_>> = None;
    for issuer in issuers {
        let mut tokens = issuer.provider.from.tokens(headers, query).into_iter();
        match (tokens.next(), tokens.next(), &mut only) {
            (None, ..) => {}
            (Some(token), None, None) => only = Some((token, vec![issuer])),
            // Two providers may look at the same place.
            (Some(token), None, Some((other, issuers))) if token == *other => issuers.push(issuer),
            _ => return Err(Reason::TOKEN_REPEATED.into()),
        }
    }
    Ok(only)
}

/// The scopes of a token: `scope`, separated by spaces (RFC 8693, section 4.2), and `scp`, a list or again such a text.
fn scopes(claims: &Map<String, Value>) -> Vec<&str> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default().split(' ');
    let list = claims.get("scp").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    text("scope").chain(text("scp")).filter(|scope| !scope.is_empty()).chain(list).collect()
}

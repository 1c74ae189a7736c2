//! The rules that apply to a request, and the tokens that they require.

use super::TokenStage;
use super::cache::VerifiedToken;
use super::challenge::TokenDenial;
use super::checks::{Checks, Found};
use super::document::{Require, Rule};
use crate::decision::{Answer, Reason, Report, TokenReport, Trace};
use crate::http::Request;
use crate::stages::rule_inputs::RuleInputs;
use serde_json::{Map, Value};
use std::rc::Rc;

impl TokenStage {
    /// Returns the first rule of each reading of the path, and the earlier rules that match only another spelling of the
    /// request. A request must satisfy all of them.
    pub(super) fn rules_for<'s, T: Trace>(
        &'s self,
        request: &Request<'_>,
        inputs: &RuleInputs<'_>,
        checks: &Checks<'s>,
        report: &mut Report<T>,
    ) -> Result<Vec<&'s Rule>, Box<Answer>> {
        let readings = self.rules.first_matches(request, inputs, report, |rule, _, report| {
            match self.token_of(rule, request, inputs, checks, &mut report.tokens) {
                Ok(_) => Ok(()),
                Err(denial) => report.end(self.denial(request, Some(rule), denial)),
            }
        })?;
        let mut rules: Vec<&'s Rule> = Vec::new();
        for (_, rule) in readings {
            match rule {
                None => report.end(self.denial(request, None, Reason::NO_RULE.into()))?,
                Some(rule) if rules.iter().any(|other| std::ptr::eq(*other, rule)) => {}
                Some(rule) => rules.push(rule),
            }
        }
        Ok(rules)
    }

    /// Returns the token that a rule requires, verified; `None` if the rule requires none.
    ///
    /// # Errors
    /// Returns the reason if the request does not satisfy the rule.
    pub(super) fn token_of<'s>(
        &'s self,
        rule: &'s Rule,
        request: &Request<'_>,
        inputs: &RuleInputs<'_>,
        checks: &Checks<'s>,
        report: &mut TokenReport,
    ) -> Result<Option<Rc<VerifiedToken>>, TokenDenial> {
        let Require::Token(required) = &rule.require else { return Ok(None) };
        let found = checks.token(&self.keys, required.providers.names(), request, &inputs.query, report)?;
        let token = match found {
            Found::Token(token) => token,
            Found::Nothing if required.optional => return Ok(None),
            Found::Nothing => return Err(Reason::TOKEN_MISSING.into()),
            Found::Unclear if !required.optional => return Err(Reason::TOKEN_MISSING.into()),
            Found::Unclear | Found::TokenAndUnclear => return Err(Reason::TOKEN_MALFORMED.into()),
        };
        let has = |scope: &str| scopes(&token.claims).any(|other| other == scope);
        if !required.scopes.iter().all(|scope| has(&scope.0)) {
            return Err(Reason::SCOPE_MISSING.into());
        }
        if !required.claims.iter().all(|claim| claim.matches(&token.claims)) {
            return Err(Reason::CLAIM_MISMATCH.into());
        }
        Ok(Some(token))
    }
}

/// Returns the scopes of a token: `scope`, separated by spaces (RFC 8693, section 4.2), and `scp`, a list or the same
/// format.
fn scopes(claims: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let (scope, scp) = (claims.get("scope"), claims.get("scp"));
    let texts = scope.into_iter().chain(scp).filter_map(Value::as_str).flat_map(|text| text.split(' '));
    let list = scp.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    texts.filter(|scope| !scope.is_empty()).chain(list)
}

//! The rules that apply to a request, and the tokens that they require.

use super::TokenStage;
use super::cache::VerifiedToken;
use super::challenge::TokenDenial;
use super::denied_tokens::DeniedTokens;
use super::document::{Require, Rule};
use super::only_token::OnlyToken;
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
        denied: &DeniedTokens,
        report: &mut Report<T>,
    ) -> Result<Vec<&'s Rule>, Box<Answer>> {
        let readings = self.rules.first_matches(request, inputs, report, |rule, _, report| {
            match self.token_of(rule, request, inputs, denied, &mut report.tokens) {
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
    pub(super) fn token_of(
        &self,
        rule: &Rule,
        request: &Request<'_>,
        inputs: &RuleInputs<'_>,
        denied: &DeniedTokens,
        report: &mut TokenReport,
    ) -> Result<Option<Rc<VerifiedToken>>, TokenDenial> {
        let Require::Token(required) = &rule.require else { return Ok(None) };
        let OnlyToken { found, has_unclear } =
            self.keys.only_token(required.providers.names(), request, &inputs.query)?;
        if has_unclear && (found.is_some() || required.optional) {
            return Err(Reason::TOKEN_MALFORMED.into());
        }
        let Some((token, has_it)) = found else {
            return if required.optional { Ok(None) } else { Err(Reason::TOKEN_MISSING.into()) };
        };
        let wanted = report.keys_wanted.len();
        if let Some(denial) = denied.find(&token, &has_it, report) {
            return Err(denial);
        }
        let verified = self.keys.verify(&has_it, &token, request, report);
        let token = verified.inspect_err(|denial| denied.add(token, has_it, *denial, wanted, report))?;
        // The token is verified: missing keys of another provider do not matter.
        report.keys_wanted.truncate(wanted);
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

//! Conditions on tokens, and their rules of token-validation.

use super::authentication::Provider;
use crate::draft::{Rule, without_null};
use crate::expr::{Atom, Expr, Field};
use crate::matching::Match;
use crate::patterns::{Pattern, Text, alternatives};
use crate::rules::Built;
use serde_json::{Value, json};

fn requires(claims: Vec<Value>) -> Expr {
    Expr::Is(Atom::exactly(Field::Token, claims))
}

/// Returns the condition on the principal of a token: `issuer/subject`, or `*` for any.
pub fn principals(values: &[&str], providers: &[Provider]) -> Expr {
    let unknown = || Expr::Unknown(format!("the request principals {values:?}"));
    if providers.is_empty() {
        return Expr::Unknown(format!("the request principals {values:?}, without a RequestAuthentication"));
    }
    let subject = json!({"claim": "sub", "regex": ".+"});
    if values.contains(&"*") {
        return requires(vec![subject]);
    }
    let mut issuers: Vec<&str> = Vec::new();
    let mut subjects: Vec<&str> = Vec::new();
    let mut any_subject = false;
    for value in values {
        let of = |provider: &&Provider| value.starts_with(&format!("{}/", provider.issuer));
        let mut found = providers.iter().filter(of);
        let (Some(provider), None) = (found.next(), found.next()) else { return unknown() };
        issuers.push(&provider.issuer);
        match value.strip_prefix(&format!("{}/", provider.issuer)) {
            Some("*") => any_subject = true,
            Some(subject) if !subject.contains('*') && !subject.is_empty() => subjects.push(subject),
            _ => return unknown(),
        }
    }
    issuers.dedup();
    match (issuers.as_slice(), any_subject) {
        ([issuer], false) => requires(vec![
            json!({"claim": "iss", "exact": issuer}),
            json!({"claim": "sub", "oneOf": subjects}),
        ]),
        (_, true) if subjects.is_empty() => {
            requires(vec![json!({"claim": "iss", "oneOf": issuers}), subject])
        }
        _ => unknown(),
    }
}

/// Claims that Istio splits into words.
const WORDS: [&str; 2] = ["scope", "permission"];

/// Returns the condition that a claim has one of the values, or a list with one of them.
pub fn claim(path: &[&str], values: &[&str], providers: &[Provider]) -> Expr {
    if providers.is_empty() {
        return Expr::Unknown(format!("the claim {path:?}, without a RequestAuthentication"));
    }
    let patterns: Vec<Pattern> = values.iter().map(|value| Pattern::istio(value)).collect();
    let exact = patterns.iter().all(|pattern| matches!(pattern.text, Text::Exact(_)));
    let words = matches!(path, [name] if WORDS.contains(name));
    let condition = if patterns.iter().any(|pattern| pattern.text == Text::Present) {
        json!({"claim": path, "regex": ".+"})
    } else if words && exact {
        let each: Vec<String> = values.iter().map(|value| crate::patterns::quote(value)).collect();
        json!({"claim": path, "regex": format!("(.* )?({})( .*)?", each.join("|"))})
    } else if exact {
        json!({"claim": path, "oneOf": values})
    } else {
        match alternatives(&patterns).filter(|_| !words) {
            Some(regex) => json!({"claim": path, "regex": regex}),
            None => return Expr::Unknown(format!("the claim {path:?} by {values:?}")),
        }
    };
    requires(vec![condition])
}

/// The rules by their sections.
#[derive(Default)]
pub struct Tokens {
    /// Rules of path-policy that deny.
    pub denials: Vec<Built>,
    /// Rules of path-policy that allow.
    pub permissions: Vec<Built>,
    /// Rules of token-validation.
    pub token: Vec<Rule>,
}

/// Moves the conditions on tokens to rules of token-validation.
///
/// Only the first rule that matches applies. The conditions of rules that deny are therefore kept only if no rule that
/// allows requires a token, and if all are the same.
pub fn rules(denials: Vec<Built>, permissions: Vec<Built>, providers: &[Provider]) -> Tokens {
    let allowing = permissions.iter().any(|built| built.matches.as_ref().is_some_and(|m| m.token.is_some()));
    let mut wanted = denials.iter().filter_map(|built| built.matches.as_ref()?.no_token.clone());
    let first = wanted.next();
    let same = wanted.all(|other| Some(&other) == first.as_ref());
    let mut tokens = Tokens::default();
    for mut built in denials {
        let claims = built.matches.as_mut().and_then(|found| found.no_token.take());
        match (claims, &built.matches) {
            (Some(claims), Some(found)) if same && !allowing && found.token.is_none() => {
                tokens.token.push(requiring(&built, found, Some(&claims), providers));
            }
            (claims, _) => {
                if claims.is_some() || built.matches.as_ref().is_some_and(|found| found.token.is_some()) {
                    let comment = "not carried over: its condition on tokens; it denies with any token";
                    built.comments.push(comment.to_owned());
                }
                tokens.denials.push(built);
            }
        }
    }
    permit(&mut tokens, permissions, allowing, providers);
    let rest = Built { name: "rest".to_owned(), matches: None, comments: Vec::new() };
    tokens.token.push(requiring(&rest, &Match::default(), None, providers));
    tokens
}

/// Adds the rules that allow, and the rules that require their tokens.
fn permit(into: &mut Tokens, permissions: Vec<Built>, allowing: bool, providers: &[Provider]) {
    let mut later = Vec::new();
    for mut built in permissions {
        if built.matches.as_ref().is_some_and(|found| found.no_token.is_some()) {
            built.matches = None;
            built.comments.push("not carried over: requests without such a token are not allowed".to_owned());
        }
        if let Some(found) = built.matches.as_ref().filter(|_| allowing) {
            let rules = if found.token.is_some() { &mut later } else { &mut into.token };
            rules.push(requiring(&built, found, found.token.as_ref(), providers));
        }
        into.permissions.push(built);
    }
    // Rules without a required token come first: a request that one of them allows needs no token.
    into.token.extend(later);
}

/// Returns a rule that requires a token with these claims; without claims, a token is optional, but must be valid.
fn requiring(built: &Built, matches: &Match, claims: Option<&Vec<Value>>, providers: &[Provider]) -> Rule {
    let must = providers.iter().any(|provider| provider.required);
    let names = providers.iter().filter(|provider| !must || provider.required);
    let require = without_null(json!({
        "anyOf": names.map(|provider| provider.name.as_str()).collect::<Value>(),
        "optional": (claims.is_none() && !must).then_some(true),
        "claims": claims.filter(|claims| !claims.is_empty()),
    }));
    Rule::new(&built.name, &matches.request, ("require", require), built.comments.clone())
}

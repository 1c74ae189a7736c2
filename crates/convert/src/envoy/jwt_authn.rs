//! Converts `envoy.filters.http.jwt_authn`.

use super::matcher;
use crate::draft::{Converted, Draft, Rule, rule_name};
use crate::expr::{Expr, Side};
use crate::field::{get, list, snake, text, unknown_fields};
use crate::matching;
use crate::patterns::{self, Pattern, Text};
use crate::provider::{self, FieldNames};
use serde_json::{Value, json};

/// A claim that every token has. A rule that requires its absence replaces a requirement that cannot be converted.
const NEVER: &str = "iss";

/// Fields that do not concern the decision.
const IGNORED: [&str; 3] = ["bypass_cors_preflight", "strip_failure_response", "stat_prefix"];

/// Converts the configuration of the filter.
pub fn convert(configuration: &Value) -> Result<Converted, String> {
    let mut draft = Draft::default();
    let known = ["@type", "providers", "rules", "requirement_map"];
    for more in unknown_fields(configuration, &known) {
        // Any other field may require tokens.
        if !IGNORED.contains(&more.as_str()) {
            return Err(format!("`{more}` cannot be converted"));
        }
        draft.comments.push(format!("not carried over: `{more}`"));
    }
    let mut providers: Vec<(String, Rule)> = Vec::new();
    for (name, value) in get(configuration, "providers").and_then(Value::as_object).into_iter().flatten() {
        match provider(value) {
            Ok(rule) => providers.push((name.clone(), rule)),
            Err(why) => draft.comments.push(format!("not carried over: the provider `{name}`: {why}")),
        }
    }
    if providers.is_empty() {
        return Err(format!("no provider can be converted: {}", draft.comments.join("; ")));
    }
    let names: Vec<&str> = providers.iter().map(|(name, _)| name.as_str()).collect();
    let mut rules = Vec::new();
    let sources = list(configuration, "rules");
    let required = |rule| requirement_of(rule, configuration).map(|found| require(found, &names));
    let required: Vec<Option<Required>> = sources.iter().map(required).collect();
    for (place, (rule, own)) in sources.iter().zip(&required).enumerate() {
        let mut later = required.iter().skip(place + 1).flatten();
        let others = own.as_ref().is_some_and(|(own, _)| later.any(|(other, _)| own != other));
        rules.extend(rule_of(rule, place + 1, own.clone(), others)?);
    }
    rules.push(Rule { comments: Vec::new(), rule: json!({"name": "rest", "require": "none"}) });
    draft.token = Some((providers, rules));
    draft.finish()
}

/// More fields of a provider that are converted or can be ignored.
const MORE: [&str; 8] = [
    "local_jwks",
    "remote_jwks",
    "pad_forward_payload_header",
    "payload_in_metadata",
    "header_in_metadata",
    "jwt_cache_config",
    "clock_skew_seconds",
    "require_expiration",
];

const NAMES: FieldNames = FieldNames {
    prefix: "value_prefix",
    forward: "forward",
    claims: ["claim_to_headers", "claim_name", "header_name"],
    payload: "forward_payload_header",
};

fn provider(value: &Value) -> Result<Rule, String> {
    text(value, "issuer").ok_or("it accepts any issuer")?;
    // Any other field may restrict the accepted tokens.
    if let Some(field) = provider::unknown_fields(value, &NAMES, &MORE).first() {
        return Err(format!("`{field}`"));
    }
    let mut provider = provider::rule(value, &NAMES, keys(value)?, Vec::new())?;
    let skew = get(value, "clock_skew_seconds").and_then(Value::as_u64).filter(|seconds| *seconds > 0);
    if let (Some(seconds), Value::Object(fields)) = (skew, &mut provider.rule) {
        fields.insert("clockSkew".to_owned(), format!("{seconds}s").into());
    }
    Ok(provider)
}

fn keys(value: &Value) -> Result<Value, String> {
    if let Some(local) = get(value, "local_jwks") {
        let inline = text(local, "inline_string").ok_or("its keys are in a file; use `inline_string`")?;
        return provider::inline(inline);
    }
    let remote =
        get(value, "remote_jwks").and_then(|remote| get(remote, "http_uri")).ok_or("it has no keys")?;
    let (cluster, uri) =
        text(remote, "cluster").zip(text(remote, "uri")).ok_or("its keys have no cluster and URI")?;
    Ok(json!({"remote": {"cluster": cluster, "uri": uri}}))
}

/// The field `require` of a rule, and a comment if it is approximated.
type Required = (Value, Option<String>);

/// Converts a rule; `others` is true if a later rule requires a different token.
fn rule_of(
    rule: &Value,
    number: usize,
    required: Option<Required>,
    others: bool,
) -> Result<Vec<Rule>, String> {
    let condition = condition(get(rule, "match").unwrap_or(&Value::Null));
    let rejected = |why: &str| format!("rule {number}: {why} cannot be converted");
    let (require, comment) = required.unwrap_or((json!("none"), None));
    let unknown = condition.unknown();
    if !unknown.is_empty() {
        return Err(rejected(&unknown.join(", ")));
    }
    // The first rule that matches decides. A rule without a requirement may match too little, a rule that requires a token
    // may match too much, unless a later rule requires a different token.
    let free = require == json!("none");
    let side = if free { Side::Under } else { Side::Over };
    let conjuncts =
        condition.conjuncts(side).ok_or_else(|| rejected("a match with too many combinations"))?;
    if others && condition.conjuncts(Side::Under).as_ref() != Some(&conjuncts) {
        let why = rejected("an approximated match before a rule that requires a different token");
        return Err(format!("{why}; simplify the match, or let both rules require the same token"));
    }
    let mut rules = Vec::new();
    for (place, conjunct) in conjuncts.iter().enumerate() {
        let matches = matching::of_conjunct(conjunct, Side::Under).map_err(|why| rejected(&why))?;
        if free && !matches.portless.is_empty() {
            return Err(rejected("a host that is accepted only without a port"));
        }
        let name = rule_name(&format!("rule-{number}"), place + 1);
        let comments = comment.iter().cloned().collect();
        rules.push(Rule::new(&name, &matches.request, ("require", require.clone()), comments));
    }
    Ok(rules)
}

fn requirement_of<'v>(rule: &'v Value, configuration: &'v Value) -> Option<&'v Value> {
    let named = || get(configuration, "requirement_map")?.get(text(rule, "requirement_name")?);
    get(rule, "requires")
        .or_else(named)
        .filter(|requirement| requirement.as_object().is_some_and(|fields| !fields.is_empty()))
}

/// Returns the condition of a `RouteMatch`.
fn condition(matcher: &Value) -> Expr {
    let mut parts = Vec::new();
    let case = get(matcher, "case_sensitive").and_then(Value::as_bool) == Some(false);
    let path = |text: Text| patterns::path(&Pattern { text, ignore_case: case });
    for (field, value) in matcher.as_object().into_iter().flatten() {
        let text = value.as_str().map(str::to_owned);
        parts.push(match (snake(field).as_str(), text) {
            ("prefix", Some(prefix)) if prefix == "/" => Expr::True,
            ("prefix", Some(prefix)) => path(Text::Prefix(prefix)),
            ("path", Some(exact)) => path(Text::Exact(exact)),
            ("path_separated_prefix", Some(prefix)) => {
                let exact = path(Text::Exact(prefix.clone()));
                Expr::any(vec![exact, path(Text::Prefix(format!("{prefix}/")))])
            }
            ("safe_regex", None) => {
                path(Text::Regex(self::text(value, "regex").unwrap_or_default().to_owned()))
            }
            ("headers", None) => Expr::All(list(matcher, "headers").iter().map(matcher::header).collect()),
            ("case_sensitive", _) => Expr::True,
            _ => Expr::Unknown(format!("a match of `{field}`")),
        });
    }
    Expr::All(parts)
}

/// Converts a requirement.
fn require(requirement: &Value, names: &[&str]) -> Required {
    let none_accepted = |what: &str| {
        let claims = json!([{"claim": NEVER, "present": false}]);
        let comment = format!("not carried over: {what}; no token is accepted here");
        (json!({"anyOf": names, "claims": claims}), Some(comment))
    };
    let mut accepted: Vec<&str> = Vec::new();
    let mut optional = false;
    let parts: Vec<&Value> = match get(requirement, "requires_any") {
        Some(any) => list(any, "requirements").iter().collect(),
        None => vec![requirement],
    };
    for part in parts {
        if let Some(name) = text(part, "provider_name") {
            accepted.push(name);
        } else if get(part, "allow_missing").is_some() {
            optional = true;
        } else if get(part, "allow_missing_or_failed").is_some() {
            let comment = "an invalid token is accepted too, as in the source".to_owned();
            return (json!("none"), Some(comment));
        } else {
            let what = part.as_object().and_then(|fields| fields.keys().next()).cloned().unwrap_or_default();
            return none_accepted(&format!("the requirement `{what}`"));
        }
    }
    if accepted.is_empty() {
        accepted = names.to_vec();
    }
    accepted.retain(|name| names.contains(name));
    match (accepted.as_slice(), optional) {
        ([], _) => none_accepted("its providers"),
        (_, true) => (json!({"anyOf": accepted, "optional": true}), None),
        (_, false) => (json!({"anyOf": accepted}), None),
    }
}

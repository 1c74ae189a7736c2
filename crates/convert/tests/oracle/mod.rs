//! The decisions of Istio's reference documentation.

use serde_json::Value;

/// A request, with the claims of its valid token.
#[derive(Debug, Clone)]
pub struct Sample {
    pub method: &'static str,
    pub host: &'static str,
    pub path: &'static str,
    /// The header `x-role`.
    pub role: Option<&'static str>,
    pub claims: Option<Value>,
    /// True if the client is the workload that `principals` names.
    pub known: bool,
}

/// Returns true if the policies allow a request. CUSTOM comes first, and is assumed to deny; then DENY; then ALLOW, of which
/// one must match if there is any.
pub fn allows(policies: &[Value], sample: &Sample) -> bool {
    let of = |action: &'static str| policies.iter().filter(move |policy| policy["spec"]["action"] == action);
    let matches =
        |policy: &Value| list(&policy["spec"], "rules").iter().any(|rule| rule_matches(rule, sample));
    if of("CUSTOM").any(matches) || of("DENY").any(matches) {
        return false;
    }
    of("ALLOW").next().is_none() || of("ALLOW").any(matches)
}

fn list<'v>(value: &'v Value, field: &str) -> &'v [Value] {
    value[field].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn rule_matches(rule: &Value, sample: &Sample) -> bool {
    let none_or_any = |field: &str, one: &dyn Fn(&Value) -> bool| {
        let items = list(rule, field);
        items.is_empty() || items.iter().any(one)
    };
    none_or_any("from", &|from| source_matches(&from["source"], sample))
        && none_or_any("to", &|to| operation_matches(&to["operation"], sample))
        && list(rule, "when").iter().all(|when| when_holds(when, sample))
}

/// Returns true if one of the values of `field` and none of `not` matches; absent lists always match.
fn matches_values(object: &Value, field: &str, not: &str, matches: &dyn Fn(&str) -> bool) -> bool {
    let any = |field: &str| list(object, field).iter().any(|value| matches(value.as_str().unwrap()));
    (list(object, field).is_empty() || any(field)) && !any(not)
}

fn source_matches(source: &Value, sample: &Sample) -> bool {
    matches_values(source, "principals", "notPrincipals", &|_| sample.known)
        && matches_values(source, "requestPrincipals", "notRequestPrincipals", &|pattern| {
            principal(sample).is_some_and(|principal| text_matches(pattern, &principal))
        })
}

fn principal(sample: &Sample) -> Option<String> {
    let claims = sample.claims.as_ref()?;
    Some(format!("https://issuer.example/{}", claims["sub"].as_str()?))
}

fn operation_matches(operation: &Value, sample: &Sample) -> bool {
    let host = sample.host.to_ascii_lowercase();
    matches_values(operation, "hosts", "notHosts", &|pattern| {
        text_matches(&pattern.to_ascii_lowercase(), &host)
    }) && matches_values(operation, "methods", "notMethods", &|pattern| text_matches(pattern, sample.method))
        && matches_values(operation, "paths", "notPaths", &|pattern| path_matches(pattern, sample.path))
}

/// Compares text with a pattern: `x`, `x*`, `*x` or `*`.
fn text_matches(pattern: &str, text: &str) -> bool {
    if pattern == "*" {
        return !text.is_empty();
    }
    if let Some(end) = pattern.strip_prefix('*') {
        return text.ends_with(end);
    }
    match pattern.strip_suffix('*') {
        Some(start) => text.starts_with(start),
        None => text == pattern,
    }
}

/// Compares a path with a template of `{*}` and a final `{**}`, or with a pattern.
fn path_matches(pattern: &str, path: &str) -> bool {
    if !pattern.contains("{*") {
        return text_matches(pattern, path);
    }
    let (mut segments, mut rest) = (pattern.split('/').collect::<Vec<_>>(), false);
    if segments.last() == Some(&"{**}") {
        segments.pop();
        rest = true;
    }
    // An invalid template matches no request.
    if segments.iter().any(|segment| *segment != "{*}" && segment.contains(['*', '{', '}'])) {
        return false;
    }
    let found: Vec<&str> = path.split('/').collect();
    let enough = if rest { found.len() > segments.len() } else { found.len() == segments.len() };
    enough
        && segments.iter().zip(&found).all(|(segment, text)| match *segment {
            "{*}" => !text.is_empty(),
            literal => literal == *text,
        })
}

fn when_holds(when: &Value, sample: &Sample) -> bool {
    let values: Vec<String> = match when["key"].as_str().unwrap() {
        "request.headers[X-Role]" => sample.role.iter().map(|role| (*role).to_owned()).collect(),
        "request.auth.claims[groups]" => match sample.claims.as_ref().map(|claims| &claims["groups"]) {
            Some(Value::Array(items)) => items.iter().map(|item| item.as_str().unwrap().to_owned()).collect(),
            Some(Value::String(text)) => vec![text.clone()],
            _ => Vec::new(),
        },
        key => panic!("{key}"),
    };
    // A header is there with an empty value too.
    let matches = |pattern: &str| match (pattern, when["key"].as_str()) {
        ("*", Some("request.headers[X-Role]")) => !values.is_empty(),
        _ => values.iter().any(|value| text_matches(pattern, value)),
    };
    matches_values(when, "values", "notValues", &matches)
}

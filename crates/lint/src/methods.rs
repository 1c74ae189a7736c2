//! Denials that depend on the method, which some servers take from elsewhere.

use crate::language::{Comparisons, expression};
use crate::path_rule::PathRule;
use crate::warning::{below, warning};
use crate::{path, request};
use automata::Expression;
use policy::Outcome;
use policy::decision::NoTrace;
use policy::document::Problem;
use policy::http::{Connection, canonical_paths, is_spelling};
use policy::stages::{ActionKind, DefaultAction, HeaderStage, load};
use policy::vocabulary::{MatchFields, Method, Mode, NonEmpty, PathMatch, RequestMatch, Sense};
use serde_json::{Map, Value, json};

/// Methods that frameworks take from a header of a POST, for clients that cannot send them.
const OVERRIDDEN: [&str; 3] = ["DELETE", "PATCH", "PUT"];
/// These headers, the most frequent one first.
const OVERRIDES: [&str; 5] =
    ["x-http-method-override", "x-http-method", "x-method-override", "x-method", "x-original-method"];

/// Finds rules that deny methods which a POST with a header may stand for; `headers` is the policy of header-policy.
pub(crate) fn check_overrides(
    section: &str,
    rules: &[PathRule<'_>],
    default: DefaultAction,
    headers: Option<&Value>,
    found: &mut Vec<Problem>,
) {
    let (posts, stage) = (Posts::new(rules, default), headers.and_then(edits_of_every_request));
    for (place, rule) in rules.iter().enumerate().filter(|(_, rule)| rule.is_denial()) {
        let methods = rule.matches.fields.methods.as_deref().unwrap_or_default().iter().map(Method::as_str);
        let mut denied =
            methods.filter(|method| OVERRIDDEN.contains(method) && has_method(rule.matches, method));
        let passing = denied.find(|method| !posts.are_denied(place, method));
        let passing = passing.and_then(|method| Some((method, passing_header(stage.as_ref(), method)?)));
        if let Some((method, header)) = passing {
            let name = rule.name;
            let message = format!(
                "rule `{name}` does not deny a POST with `{header}: {method}`, which frameworks run as {method}"
            );
            let help = "if the upstream has method overrides, remove the header with the preset `edgeSanitize` of \
                        header-policy, or deny POST";
            let place = below(section, &format!("rules[{}].match.methods", rule.index));
            found.push(warning("method_override", place, message, help));
        }
    }
}

/// The rules that decide on a POST.
struct Posts<'r, 'p> {
    rules: &'r [PathRule<'p>],
    /// The match of each rule without methods. INVARIANT: they stay in place, as `comparisons` needs.
    matches: Vec<RequestMatch>,
    comparisons: Comparisons,
    /// The places of the rules that deny.
    denials: Vec<usize>,
    /// The places of the enforced rules that let a request pass.
    grants: Vec<usize>,
    default: DefaultAction,
}

impl<'r, 'p> Posts<'r, 'p> {
    fn new(rules: &'r [PathRule<'p>], default: DefaultAction) -> Self {
        let places = |is_one: &dyn Fn(&PathRule<'_>) -> bool| {
            let rules = rules.iter().enumerate();
            let rules = rules.filter(|(_, rule)| has_method(rule.matches, "POST") && is_one(rule));
            rules.map(|(place, _)| place).collect()
        };
        let grants = |rule: &PathRule<'_>| {
            is_enforced(rule) && matches!(rule.kind, ActionKind::Allow | ActionKind::Rewrite)
        };
        Self {
            rules,
            matches: rules.iter().map(|rule| without_methods(rule.matches)).collect(),
            comparisons: Comparisons::new(),
            denials: places(&|rule: &PathRule<'_>| rule.is_denial()),
            grants: places(&grants),
            default,
        }
    }

    /// Returns true if each request with this method that the rule at a place denies is also denied as a POST; false if that
    /// is not certain.
    fn are_denied(&self, place: usize, method: &str) -> bool {
        let (Some(rule), Some(matches)) = (self.rules.get(place), self.matches.get(place)) else {
            return false;
        };
        let denies = |other: &usize| {
            let (Some(other), Some(others)) = (self.rules.get(*other), self.matches.get(*other)) else {
                return false;
            };
            let sense = Sense::Restrict;
            // A denial in shadow is compared with one that is also in shadow.
            (is_enforced(other) || !is_enforced(rule))
                && request::covers((others, sense), (matches, sense), &self.comparisons)
        };
        let may_pass = |other: usize| {
            self.rules.get(other).is_some_and(|grant| {
                // An earlier rule for both methods takes its requests before this one.
                let takes = other < place && has_method(grant.matches, method);
                !takes && !are_disjoint(grant.matches, rule.matches)
            })
        };
        let end = self.denials.iter().copied().find(|other| denies(other));
        let end = end.or_else(|| (self.default == DefaultAction::Deny).then_some(self.rules.len()));
        end.is_some_and(|end| {
            !self.grants.iter().take_while(|other| **other < end).any(|other| may_pass(*other))
        })
    }
}

fn is_enforced(rule: &PathRule<'_>) -> bool {
    matches!(rule.mode, None | Some(Mode::Enforce))
}

/// Returns true if no request matches both, whatever its method; false if that is not certain.
fn are_disjoint(one: &RequestMatch, other: &RequestMatch) -> bool {
    fn differ<T>(
        one: &Option<NonEmpty<T>>,
        other: &Option<NonEmpty<T>>,
        differ: impl Fn(&T, &T) -> bool,
    ) -> bool {
        one.as_deref()
            .zip(other.as_deref())
            .is_some_and(|(one, other)| one.iter().all(|one| other.iter().all(|other| differ(one, other))))
    }
    differ(&one.fields.paths, &other.fields.paths, path::are_disjoint)
        || differ(&one.fields.hosts, &other.fields.hosts, |one, other| {
            !one.covers(other) && !other.covers(one)
        })
}

/// Returns the stage with the edits and denials of header-policy that apply to every request.
fn edits_of_every_request(headers: &Value) -> Option<HeaderStage> {
    let rules = headers.get("rules").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let rules = rules.iter().filter(|rule| rule.get("match").is_none_or(|fields| *fields == json!({})));
    let rules = rules.map(|rule| {
        let mut kept = fields(rule, &["name", "mode", "forbid"]);
        let edits = rule.get("request").map(|edits| fields(edits, &["remove"]));
        kept.extend(edits.map(|edits| ("request".to_owned(), edits.into())));
        Value::from(kept)
    });
    let mut kept = fields(headers, &["mode", "underscores", "names", "presets"]);
    kept.insert("rules".to_owned(), rules.collect());
    load(Value::from(kept).to_string().as_bytes()).ok()
}

/// Returns these fields of an object.
fn fields(object: &Value, names: &[&str]) -> Map<String, Value> {
    names.iter().filter_map(|name| Some(((*name).to_owned(), object.get(name)?.clone()))).collect()
}

/// Returns a spelling of a header that overrides the method, with which a POST passes header-policy.
fn passing_header(stage: Option<&HeaderStage>, method: &str) -> Option<String> {
    // `_` and `.` stand for all bytes that servers read as `-`.
    let spellings = |name: &str| [name.to_owned(), name.replace('-', "_"), name.replacen('-', ".", 1)];
    let values = [method.to_owned(), method.to_ascii_lowercase()];
    let passes = |name: &str, value: &str| {
        let Some(stage) = stage else { return true };
        let lines = [(":method", "POST"), (":authority", "a.example"), (":path", "/"), (name, value)];
        let lines = lines.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
        let outcome: Outcome<'_, HeaderStage, NoTrace> =
            policy::decide(stage, lines, Connection::default(), 0);
        let has_header = outcome
            .request
            .is_some_and(|request| request.headers.lines().any(|(found, _)| is_spelling(found, name)));
        outcome.answer.is_none() && has_header
    };
    let mut spellings = OVERRIDES.into_iter().flat_map(spellings);
    spellings.find(|name| values.iter().any(|value| passes(name, value)))
}

/// Returns true if a match does not exclude a method.
fn has_method(matches: &RequestMatch, method: &str) -> bool {
    let has = |fields: &MatchFields| {
        let methods = fields.methods.as_deref()?;
        Some(methods.iter().any(|own| own.as_str() == method))
    };
    let is_excluded = matches.not.as_ref().and_then(has).unwrap_or(false);
    has(&matches.fields).unwrap_or(true) && !is_excluded
}

fn without_methods(matches: &RequestMatch) -> RequestMatch {
    let mut matches = matches.clone();
    matches.fields.methods = None;
    if let Some(excluded) = &mut matches.not {
        excluded.methods = None;
    }
    matches
}

/// Finds rules that deny every path by a pattern that does not count for CONNECT, which has no path.
pub(crate) fn check_connect(
    section: &str,
    rules: &[PathRule<'_>],
    default: DefaultAction,
    found: &mut Vec<Problem>,
) {
    if default == DefaultAction::Deny || rules.iter().any(denies_connect) {
        return;
    }
    for rule in rules.iter().filter(|rule| rule.is_denial() && rule.is_about_paths_only()) {
        if rule.paths().is_some_and(|paths| paths.iter().any(matches_absolute_paths)) {
            let name = rule.name;
            let message = format!("rule `{name}` denies every path, and not CONNECT, which has no path");
            let help = "write `prefix: /`, or remove `paths`";
            let place = below(section, &format!("rules[{}].match.paths", rule.index));
            found.push(warning("connect", place, message, help));
        }
    }
}

/// Returns true if a rule may deny CONNECT.
fn denies_connect(rule: &PathRule<'_>) -> bool {
    let has_connect = |methods: &[Method]| methods.iter().any(|method| method.as_str() == "CONNECT");
    rule.is_denial()
        && rule.paths().is_none_or(|paths| paths.iter().any(PathMatch::matches_every_path))
        && rule.matches.fields.methods.as_deref().is_none_or(has_connect)
}

/// Returns true if a pattern matches every path except `*`.
fn matches_absolute_paths(pattern: &PathMatch) -> bool {
    let absolute = Expression::new("/(?s:.*)", false).ok();
    let compared = expression(pattern).zip(canonical_paths()).zip(absolute);
    compared.is_some_and(|((pattern, paths), absolute)| paths.is_subset_among(&pattern, &absolute))
}

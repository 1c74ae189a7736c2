//! Rules that never match.

use crate::found::{Found, below};
use crate::{path, request};
use policy::document::read;
use policy::vocabulary::{PathShape, RequestMatch};
use serde_json::Value;
use std::collections::HashMap;

/// The most earlier rules of a kind that a rule is compared with.
const MAX_COMPARED: usize = 256;

/// Finds rules that never match, if the first rule that matches wins.
pub(crate) fn check(section: &str, policy: &Value, found: &mut Found) {
    let mode = |value: &Value| value.get("mode").and_then(Value::as_str).map(str::to_owned);
    let is_off = mode(policy).as_deref() == Some("off");
    let rules = policy.get("rules").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let matches: Vec<Option<RequestMatch>> = rules.iter().map(match_of).collect();
    let name =
        |index: usize| rules.get(index).and_then(|rule| rule.get("name")?.as_str()).unwrap_or_default();
    let mut earlier = Earlier::default();
    for (index, (rule, own)) in rules.iter().zip(&matches).enumerate() {
        let Some(own) = own else { continue };
        let own_mode = mode(rule);
        if own_mode.as_deref() != Some("off")
            && let Some(first) = earlier.covering(own, &matches)
        {
            let (name, first) = (name(index), name(first));
            let message = format!("rule `{name}` never matches: `{first}` matches all of its requests first");
            let place = below(section, &format!("rules[{index}].name"));
            found.add("unreachable_rule", place, message, format!("move it before `{first}`, or remove it"));
        }
        // A rule in shadow is passed over, and one that is off is never tried. In a filter in shadow a rule without a
        // mode decides as usual.
        if matches!(own_mode.as_deref(), None | Some("enforce")) && !is_off {
            earlier.add(index, own);
        }
    }
}

fn match_of(rule: &Value) -> Option<RequestMatch> {
    match rule.get("match") {
        Some(document) => read(document.to_string().as_bytes()).ok(),
        None => Some(RequestMatch::default()),
    }
}

/// The earlier rules that decide whatever they match, by the paths that they match.
#[derive(Debug, Default)]
struct Earlier {
    /// By the head of a path.
    heads: HashMap<String, Vec<usize>>,
    /// Those with other patterns.
    loose: Vec<usize>,
    /// Those without paths.
    any: Vec<usize>,
}

impl Earlier {
    fn add(&mut self, index: usize, rule: &RequestMatch) {
        let Some(paths) = rule.fields.paths.as_deref() else { return self.any.push(index) };
        for pattern in paths {
            let head = path::head(pattern).filter(|_| !matches!(pattern.shape(), PathShape::Regex(_)));
            let rules = head.map_or(&mut self.loose, |head| self.heads.entry(head).or_default());
            if rules.last() != Some(&index) {
                rules.push(index);
            }
        }
    }

    /// Returns the first rule that covers this one.
    fn covering(&self, rule: &RequestMatch, matches: &[Option<RequestMatch>]) -> Option<usize> {
        let mut candidates: Vec<usize> = self.any.iter().copied().take(MAX_COMPARED).collect();
        // A rule that covers this one covers its first pattern.
        if let Some(first) = rule.fields.paths.as_deref().and_then(<[_]>::first) {
            candidates.extend(self.loose.iter().take(MAX_COMPARED));
            let head = path::head(first);
            let mut head = head.as_deref();
            while let Some(path) = head {
                candidates.extend(self.heads.get(path).into_iter().flatten().take(MAX_COMPARED));
                head = path.rsplit_once('/').map(|(above, _)| above);
            }
        }
        candidates.sort_unstable();
        candidates.dedup();
        let covers = |index: &usize| {
            let earlier = matches.get(*index).and_then(Option::as_ref);
            earlier.is_some_and(|earlier| request::covers(earlier, rule))
        };
        candidates.into_iter().find(covers)
    }
}

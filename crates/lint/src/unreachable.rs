//! Rules that never match.

use crate::request::Match;
use crate::{Found, below};
use serde_json::Value;
use std::collections::HashMap;

/// With how many earlier rules one is compared; beyond, nothing is said of it.
const MOST: usize = 256;

/// Looks at rules of which the first that matches wins.
pub(crate) fn look(section: &str, policy: &Value, found: &mut Found) {
    let mode = |value: &Value| value.get("mode").and_then(Value::as_str).map(str::to_owned);
    let filter_mode = mode(policy).unwrap_or_else(|| "enforce".to_owned());
    let rules = policy.get("rules").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let matches: Vec<Option<Match<'_>>> = rules.iter().map(Match::read).collect();
    let mut earlier = Earlier::default();
    for (index, (rule, own)) in rules.iter().zip(&matches).enumerate() {
        let Some(own) = own else { continue };
        let own_mode = mode(rule);
        if own_mode.as_deref() != Some("off")
            && let Some(first) = earlier.covering(own, &matches)
        {
            let name = |index: usize| {
                rules.get(index).and_then(|rule| rule.get("name")?.as_str()).unwrap_or_default()
            };
            let (name, first) = (name(index), name(first));
            let message =
                format!("`{name}` never matches: `{first}` before it takes every request that it is for");
            let place = below(section, &format!("rules[{index}].name"));
            found.add(
                "unreachable_rule",
                place,
                message,
                format!("move it before `{first}`, or take it out"),
            );
        }
        // A rule of its own `shadow` that matches is passed over, and one that is `off` is not there. In a filter in
        // shadow a rule without a mode decides like others.
        if matches!(own_mode.as_deref(), None | Some("enforce")) && filter_mode != "off" {
            earlier.add(index, own);
        }
    }
}

/// The rules so far that take whatever they match, by where the paths are that they match.
#[derive(Debug, Default)]
struct Earlier {
    /// By the head of a path.
    heads: HashMap<String, Vec<usize>>,
    /// Those of other patterns.
    loose: Vec<usize>,
    /// Those without paths.
    anywhere: Vec<usize>,
}

impl Earlier {
    fn add(&mut self, index: usize, rule: &Match<'_>) {
        let Some(paths) = rule.paths() else { return self.anywhere.push(index) };
        for pattern in paths {
            let head = pattern.head().filter(|_| pattern.is_found_by_head());
            let places = head.map_or(&mut self.loose, |head| self.heads.entry(head).or_default());
            if places.last() != Some(&index) {
                places.push(index);
            }
        }
    }

    /// The first rule that takes every request of this one.
    fn covering(&self, rule: &Match<'_>, matches: &[Option<Match<'_>>]) -> Option<usize> {
        let mut candidates: Vec<usize> = self.anywhere.iter().copied().take(MOST).collect();
        // What takes the whole rule takes its first pattern.
        if let Some(first) = rule.paths().and_then(<[_]>::first) {
            candidates.extend(self.loose.iter().take(MOST));
            let head = first.head();
            let mut head = head.as_deref();
            while let Some(path) = head {
                candidates.extend(self.heads.get(path).into_iter().flatten().take(MOST));
                head = path.rsplit_once('/').map(|(above, _)| above);
            }
        }
        candidates.sort_unstable();
        candidates.dedup();
        candidates.into_iter().find(|index| {
            matches.get(*index).and_then(Option::as_ref).is_some_and(|earlier| earlier.covers(rule))
        })
    }
}

//! Rules that never match.

use crate::language::Comparisons;
use crate::warning::{below, warning};
use crate::{path, request};
use policy::document::Problem;
use policy::vocabulary::{Mode, PathShape, RequestMatch, RuleName, Sense};
use std::collections::HashMap;

/// The maximum number of earlier rules of a kind that a rule is compared with.
const MAX_COMPARED: usize = 256;

/// A rule of a filter in which the first rule that matches decides.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule<'p> {
    pub(crate) name: &'p RuleName,
    pub(crate) mode: Option<Mode>,
    pub(crate) matches: &'p RequestMatch,
    /// The sense of the match.
    pub(crate) sense: Sense,
    /// The sense in which a request must match for this rule to be the first.
    pub(crate) decides: Sense,
}

/// Finds rules that never match in a filter of this mode.
pub(crate) fn check(section: &str, mode: Mode, rules: &[Rule<'_>], found: &mut Vec<Problem>) {
    let (mut earlier, comparisons) = (Earlier::default(), Comparisons::new());
    for (index, rule) in rules.iter().enumerate() {
        if rule.mode != Some(Mode::Off)
            && let Some(first) = earlier.covering(rule, rules, &comparisons)
        {
            let (name, first) = (rule.name, first.name);
            let message = format!("rule `{name}` never matches: `{first}` matches all of its requests first");
            let place = below(section, &format!("rules[{index}].name"));
            let help = format!("move it before `{first}`, or remove it");
            found.push(warning("unreachable_rule", place, message, help));
        }
        // A rule in shadow is skipped, and one that is off is never tried. In a filter in shadow a rule without a
        // mode decides as usual.
        if matches!(rule.mode, None | Some(Mode::Enforce)) && mode != Mode::Off {
            earlier.add(index, rule.matches);
        }
    }
}

/// Index of earlier enforced rules by path. It includes the rules that a filter in shadow would enforce.
#[derive(Debug, Default)]
struct Earlier {
    /// By the head of a path.
    heads: HashMap<String, Vec<usize>>,
    /// Those with other patterns.
    other_patterns: Vec<usize>,
    /// Those without paths.
    any: Vec<usize>,
}

impl Earlier {
    fn add(&mut self, index: usize, rule: &RequestMatch) {
        let Some(paths) = rule.fields.paths.as_deref() else { return self.any.push(index) };
        for pattern in paths {
            let head = path::head(pattern).filter(|_| !matches!(pattern.shape(), PathShape::Regex(_)));
            let rules = head.map_or(&mut self.other_patterns, |head| self.heads.entry(head).or_default());
            if rules.last() != Some(&index) {
                rules.push(index);
            }
        }
    }

    /// Returns the first rule that covers this one.
    fn covering<'r>(
        &self,
        rule: &Rule<'_>,
        rules: &'r [Rule<'r>],
        comparisons: &Comparisons,
    ) -> Option<&'r Rule<'r>> {
        let mut candidates: Vec<usize> = self.any.iter().copied().take(MAX_COMPARED).collect();
        // A rule that covers this one covers its first pattern.
        if let Some(first) = rule.matches.fields.paths.as_deref().and_then(<[_]>::first) {
            candidates.extend(self.other_patterns.iter().take(MAX_COMPARED));
            let head = path::head(first);
            let mut head = head.as_deref();
            while let Some(path) = head {
                candidates.extend(self.heads.get(path).into_iter().flatten().take(MAX_COMPARED));
                head = path.rsplit_once('/').map(|(above, _)| above);
            }
        }
        candidates.sort_unstable();
        candidates.dedup();
        let mut candidates = candidates.into_iter().filter_map(|index| rules.get(index));
        candidates.find(|earlier| {
            request::covers((earlier.matches, earlier.decides), (rule.matches, rule.sense), comparisons)
        })
    }
}

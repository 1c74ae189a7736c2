//! Why the new path of a redirect or rewrite is ambiguous. Only a trace shows it: modules are compiled without this file.

use super::document::Rule;
use super::replacement::Replacement;
use super::{Decision, PathStage};
use crate::decision::Ambiguity;
use crate::http::{Budget, RequestPath};
use crate::reason::Reason;

impl PathStage {
    /// Returns a reading of the path that a rule does not decide.
    pub(super) fn other_reading(path: &RequestPath<'_>, decision: &Decision<'_, '_>) -> Option<Ambiguity> {
        let reading = path.readings().skip(1).find(|reading| !decision.others.contains(reading))?;
        Some(Ambiguity { new: None, reading: reading.to_owned() })
    }

    /// Returns a reading of the new path that is not one of the replaced readings; `spell` returns the path as the receiver
    /// gets it.
    pub(super) fn new_reading(
        &self,
        rule: &Rule,
        replacement: &Replacement,
        path: &RequestPath<'_>,
        others: &[&str],
        spell: fn(&[u8]) -> Vec<u8>,
    ) -> Option<Ambiguity> {
        let budget = Budget::unlimited();
        let replace = |reading: &str| replacement.apply(reading, rule.action.paths(), &budget).ok();
        let new = spell(&replace(path.canonical())?);
        let parsed = RequestPath::parse(&new, b"GET", &self.normalize, &self.limits).ok()?;
        let readings = std::iter::once(path.canonical()).chain(others.iter().copied());
        let results: Vec<Vec<u8>> =
            readings.filter_map(replace).flat_map(|result| [spell(&result), result]).collect();
        // The path is still ambiguous if each other reading is one of the results.
        let is_unknown = |reading: &&str| {
            let rest = parsed.readings().filter(|other| other != reading);
            let results = results.iter().cloned().chain(rest.map(|other| other.as_bytes().to_vec()));
            path.replaced(&new, results, &self.normalize)
                .is_err_and(|reason| reason == Reason::REWRITE_AMBIGUOUS)
        };
        let reading = parsed.readings().skip(1).find(is_unknown)?.to_owned();
        Some(Ambiguity { new: Some(String::from_utf8_lossy(&new).into_owned()), reading })
    }
}

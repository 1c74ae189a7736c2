//! An index of rules by host and path, so that only rules that may match a request are tried.
//!
//! INVARIANT: every rule that matches is found. A rule that is found need not match: it is tried as without an index.

mod found;
mod paths;

use crate::decision::Reason;
use crate::http::{Budget, Host};
use crate::stages::host_map::HostMap;
use crate::vocabulary::{PathReading, RequestMatch, Scan};
use automata::Places;
use found::Found;
use paths::PathIndex;

/// Up to this many rules, trying all of them costs less than a look-up.
const INDEX_THRESHOLD: usize = 8;

/// The indexes of rules, by host, then by path.
#[derive(Debug, Default)]
pub(super) struct RuleIndex {
    rules: usize,
    /// Whether a rule ignores the case of paths.
    folds: bool,
    /// The rule of each expression for paths; none for an expression in `not`.
    expressions: Vec<Option<usize>>,
    /// Rules without hosts.
    any: PathIndex,
    hosts: HostMap<PathIndex>,
}

impl RuleIndex {
    pub(super) fn new(matches: &[&RequestMatch]) -> Self {
        let mut index = Self::default();
        for (rule, matcher) in (0..).zip(matches) {
            index.rules += 1;
            index.folds |= matcher.folds_paths();
            index
                .expressions
                .extend(matcher.path_expressions().map(|is_excluded| (!is_excluded).then_some(rule)));
            match matcher.fields.hosts.as_deref() {
                None => index.any.add(rule, matcher),
                Some(hosts) => hosts.iter().for_each(|host| index.hosts.entry(host).add(rule, matcher)),
            }
        }
        index
    }

    /// Returns the indexes of the rules that may match one of the readings of a path.
    ///
    /// # Errors
    /// Returns the reason if the budget does not suffice.
    pub(super) fn find<'p>(
        &self,
        host: Option<&Host>,
        readings: impl Iterator<Item = Option<PathReading<'p>>>,
        budget: &Budget,
    ) -> Result<Places, Reason> {
        if self.rules <= INDEX_THRESHOLD {
            return Ok(self.all());
        }
        let mut found = Found::new(self.rules, budget);
        let indexes =
            || std::iter::once(&self.any).chain(host.into_iter().flat_map(|host| self.hosts.matching(host)));
        indexes().for_each(|paths| found.add(paths.any()));
        for reading in readings {
            let Some(reading) = reading else {
                indexes().try_for_each(|paths| paths.find(None, &mut found))?;
                continue;
            };
            for spelling in reading.every(self.folds) {
                indexes().try_for_each(|paths| paths.find(Some(spelling.text), &mut found))?;
                spelling.scan().into_iter().for_each(|scan| self.find_expressions(scan, &mut found));
            }
        }
        Ok(found.rules())
    }

    fn find_expressions(&self, scan: &Scan, found: &mut Found<'_>) {
        let places = scan.matches.iter().chain(scan.toggled.iter());
        let rules = places.filter_map(|place| self.expressions.get(place).copied().flatten());
        rules.for_each(|rule| found.add(&[rule]));
    }

    /// Returns the indexes of all rules.
    pub(super) fn all(&self) -> Places {
        let mut all = Places::below(self.rules);
        (0..self.rules).for_each(|rule| all.insert(rule));
        all
    }
}

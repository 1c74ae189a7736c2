//! An index of rules by host and path, so that only rules that may match a request are tried.
//!
//! INVARIANT: every rule that matches is found. A rule that is found need not match: it is tried as without an index.

mod paths;

use crate::decision::Trace;
use crate::http::Host;
use crate::stages::host_map::HostMap;
use crate::vocabulary::{PathMatch, PathReading, RequestMatch};
use paths::PathIndex;

/// Up to this many rules, trying all of them costs less than a look-up.
const INDEX_THRESHOLD: usize = 8;

/// The indexes of rules, by host, then by path.
#[derive(Debug, Default)]
pub(super) struct RuleIndex {
    rules: usize,
    /// Whether a rule ignores the case of paths.
    folds: bool,
    /// Rules without hosts.
    any: PathIndex,
    hosts: HostMap<PathIndex>,
}

impl RuleIndex {
    pub(super) fn new<'m>(matches: impl Iterator<Item = &'m RequestMatch>) -> Self {
        let mut index = Self::default();
        for (rule, matcher) in (0..).zip(matches) {
            index.rules += 1;
            index.folds |= matcher.fields.paths.iter().flat_map(|paths| paths.iter()).any(PathMatch::folds);
            match matcher.fields.hosts.as_deref() {
                None => index.any.add(rule, matcher),
                Some(hosts) => hosts.iter().for_each(|host| index.hosts.entry(host).add(rule, matcher)),
            }
        }
        index
    }

    /// Returns the indexes of the rules that may match one of the readings of a path, in order. A trace explains why the others
    /// do not match: for one, all rules are returned.
    pub(super) fn candidates<'p, T: Trace>(
        &self,
        host: Option<&Host>,
        readings: impl Iterator<Item = Option<PathReading<'p>>>,
    ) -> Vec<usize> {
        if T::ENABLED || self.rules <= INDEX_THRESHOLD {
            return (0..self.rules).collect();
        }
        let mut found = Vec::new();
        for reading in readings {
            let folded = reading.filter(|_| self.folds).and_then(|reading| reading.folded());
            for path in std::iter::once(reading.map(|reading| reading.text)).chain(folded.map(Some)) {
                self.any.find(path, &mut found);
                for paths in host.into_iter().flat_map(|host| self.hosts.matching(host)) {
                    paths.find(path, &mut found);
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

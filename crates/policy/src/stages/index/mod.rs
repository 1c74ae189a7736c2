//! An index of rules by host and path, so that only rules that may match a request are tried.
//!
//! INVARIANT: every rule that matches is found. A rule that is found need not match: it is tried as without an index.

mod paths;

use crate::decision::Trace;
use crate::fast_map::FastMap;
use crate::http::Host;
use crate::vocabulary::{HostPattern, RequestMatch};
use paths::PathIndex;

/// Up to this many rules, trying all of them costs less than a look-up.
const INDEX_THRESHOLD: usize = 8;

/// The indexes of rules, by host, then by path.
#[derive(Debug)]
pub(super) struct RuleIndex {
    rules: usize,
    any: PathIndex,
    exact: FastMap<Box<str>, PathIndex>,
    /// By suffix: `.example.com` for `*.example.com`.
    wildcards: FastMap<Box<str>, PathIndex>,
}

impl RuleIndex {
    /// Creates the index of rules with these matches.
    pub(super) fn new<'m>(matches: impl Iterator<Item = &'m RequestMatch>) -> Self {
        let mut index = Self {
            rules: 0,
            any: PathIndex::default(),
            exact: FastMap::default(),
            wildcards: FastMap::default(),
        };
        for (rule, matcher) in (0..).zip(matches) {
            index.rules += 1;
            let Some(hosts) = matcher.fields.hosts.as_deref() else {
                index.any.add(rule, matcher);
                continue;
            };
            for host in hosts {
                let paths = match host {
                    HostPattern::Exact(host) => index.exact.entry(host.as_str().into()).or_default(),
                    HostPattern::Wildcard(suffix) => {
                        index.wildcards.entry(suffix.as_str().into()).or_default()
                    }
                    HostPattern::Any => &mut index.any,
                };
                paths.add(rule, matcher);
            }
        }
        index
    }

    /// Returns the indexes of the rules that may match one of the readings of a path, in order. A trace explains why the others
    /// do not match: for one, all rules are returned.
    pub(super) fn candidates<'p, T: Trace>(
        &self,
        host: Option<&Host>,
        readings: impl Iterator<Item = Option<&'p str>>,
    ) -> Vec<usize> {
        if T::ENABLED || self.rules <= INDEX_THRESHOLD {
            return (0..self.rules).collect();
        }
        let mut found = Vec::new();
        for reading in readings {
            self.any.find(reading, &mut found);
            let text = host.map(Host::as_str).unwrap_or_default();
            let suffixes =
                text.char_indices().filter(|(_, c)| *c == '.').filter_map(|(at, _)| text.get(at..));
            let wildcards = suffixes.filter_map(|suffix| self.wildcards.get(suffix));
            for paths in self.exact.get(text).into_iter().chain(wildcards) {
                paths.find(reading, &mut found);
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

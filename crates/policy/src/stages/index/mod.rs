//! From a request to the rules that may match it, so that the others need not be tried.
//!
//! INVARIANT: whatever matches is found. What is found need not match: it is tried as without an index.

mod paths;

use crate::decision::Trace;
use crate::http::Host;
use crate::quick::QuickMap;
use crate::vocabulary::{HostPattern, RequestMatch};
use paths::PathIndex;

/// The place of a rule in its list.
pub(super) type Place = usize;

/// Wildcard this many rules, trying them all costs less than looking them up.
const INDEX_THRESHOLD: usize = 8;

/// Rules by the hosts, then by the paths that they ask for.
#[derive(Debug)]
pub(super) struct RuleIndex {
    rules: usize,
    anywhere: PathIndex,
    exact: QuickMap<Box<str>, PathIndex>,
    /// By what stands left of the host's name: for `*.example.com` it is `.example.com`.
    below: QuickMap<Box<str>, PathIndex>,
}

impl RuleIndex {
    /// The index of rules with these matches.
    pub(super) fn new<'m>(matches: impl Iterator<Item = &'m RequestMatch>) -> Self {
        let mut index = Self {
            rules: 0,
            anywhere: PathIndex::default(),
            exact: QuickMap::default(),
            below: QuickMap::default(),
        };
        for (place, matcher) in (0..).zip(matches) {
            index.rules += 1;
            let Some(hosts) = matcher.hosts() else {
                index.anywhere.add(place, matcher);
                continue;
            };
            for host in hosts {
                let paths = match host {
                    HostPattern::Exact(host) => index.exact.entry(host.as_str().into()).or_default(),
                    HostPattern::Wildcard(suffix) => index.below.entry(suffix.as_str().into()).or_default(),
                    HostPattern::Any => &mut index.anywhere,
                };
                paths.add(place, matcher);
            }
        }
        index
    }

    /// The rules that may match one of the readings of a path, in their order; where somebody asks why the others do not,
    /// all of them.
    pub(super) fn candidates<'p, T: Trace>(
        &self,
        host: Option<&Host>,
        readings: impl Iterator<Item = Option<&'p str>>,
    ) -> Vec<Place> {
        if T::ENABLED || self.rules <= INDEX_THRESHOLD {
            return (0..self.rules).collect();
        }
        let mut found = Vec::new();
        for reading in readings {
            self.anywhere.find(reading, &mut found);
            let text = host.map(Host::as_str).unwrap_or_default();
            let suffixes =
                text.char_indices().filter(|(_, c)| *c == '.').filter_map(|(at, _)| text.get(at..));
            let below = suffixes.filter_map(|suffix| self.below.get(suffix));
            for paths in self.exact.get(text).into_iter().chain(below) {
                paths.find(reading, &mut found);
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

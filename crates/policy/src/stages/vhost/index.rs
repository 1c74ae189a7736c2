//! From a host to the entries that have it, the most specific first.

use super::document::VirtualHost;
use crate::http::Host;
use crate::quick::QuickMap;
use crate::vocabulary::HostPattern;

/// From a host to the entries that have it.
#[derive(Debug, Default)]
pub(super) struct HostIndex {
    exact: QuickMap<String, usize>,
    below: QuickMap<String, usize>,
    any: Option<usize>,
}

impl HostIndex {
    /// The index of the entries, by their places.
    pub(super) fn new(entries: &[VirtualHost]) -> Self {
        let mut index = Self::default();
        for (place, entry) in entries.iter().enumerate() {
            for domain in &entry.domains.0 {
                match domain {
                    HostPattern::Exact(host) => drop(index.exact.insert(host.clone(), place)),
                    HostPattern::Wildcard(suffix) => drop(index.below.insert(suffix.clone(), place)),
                    HostPattern::Any => index.any = Some(place),
                }
            }
        }
        index
    }

    /// The entries that have the host: exact, then the longest wildcard, then `*`.
    pub(super) fn candidates(&self, host: &Host) -> impl Iterator<Item = usize> {
        let text = host.as_str();
        let names = !host.is_ip();
        let suffixes = text.char_indices().filter(|(_, c)| *c == '.').filter_map(|(at, _)| text.get(at..));
        let below = suffixes.filter(move |_| names).filter_map(|suffix| self.below.get(suffix));
        self.exact.get(text).into_iter().chain(below).chain(self.any.iter().filter(move |_| names)).copied()
    }
}

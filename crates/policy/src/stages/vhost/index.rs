//! An index of virtual hosts by domain.

use super::document::VirtualHost;
use crate::fast_map::FastMap;
use crate::http::Host;
use crate::vocabulary::HostPattern;

/// The indexes of virtual hosts by domain.
#[derive(Debug, Default)]
pub(super) struct HostIndex {
    exact: FastMap<String, usize>,
    wildcards: FastMap<String, usize>,
    any: Option<usize>,
}

impl HostIndex {
    /// Creates the index.
    pub(super) fn new(hosts: &[VirtualHost]) -> Self {
        let mut index = Self::default();
        for (host_index, host) in hosts.iter().enumerate() {
            for domain in host.domains.iter() {
                match domain {
                    HostPattern::Exact(name) => {
                        index.exact.insert(name.as_str().to_owned(), host_index);
                    }
                    HostPattern::Wildcard(suffix) => {
                        index.wildcards.insert(suffix.clone(), host_index);
                    }
                    HostPattern::Any => index.any = Some(host_index),
                }
            }
        }
        index
    }

    /// Returns the virtual hosts of a host, the most specific first: exact, then the longest wildcard, then `*`.
    pub(super) fn candidates(&self, host: &Host) -> impl Iterator<Item = usize> {
        let text = host.as_str();
        let names = !host.is_ip();
        let suffixes = text.char_indices().filter(|(_, c)| *c == '.').filter_map(|(at, _)| text.get(at..));
        let wildcards = suffixes.filter(move |_| names).filter_map(|suffix| self.wildcards.get(suffix));
        self.exact
            .get(text)
            .into_iter()
            .chain(wildcards)
            .chain(self.any.iter().filter(move |_| names))
            .copied()
    }
}

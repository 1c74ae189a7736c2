//! Values by pattern of hosts.

use crate::fast_map::FastMap;
use crate::http::Host;
use crate::vocabulary::HostPattern;

/// A value for each pattern of hosts.
#[derive(Debug, Default)]
pub(super) struct HostMap<V> {
    exact: FastMap<Box<str>, V>,
    /// By suffix: `.example.com` for `*.example.com`.
    wildcards: FastMap<Box<str>, V>,
    any: V,
}

impl<V: Default> HostMap<V> {
    /// Returns the value of a pattern; creates it if necessary.
    pub(super) fn entry(&mut self, pattern: &HostPattern) -> &mut V {
        match pattern {
            HostPattern::Exact(host) => self.exact.entry(host.as_str().into()).or_default(),
            HostPattern::Wildcard(suffix) => self.wildcards.entry(suffix.as_str().into()).or_default(),
            HostPattern::Any => &mut self.any,
        }
    }

    /// Returns the values of the patterns that match a host, the most specific first: exact, then the longest wildcard, then
    /// `*`.
    pub(super) fn matching(&self, host: &Host) -> impl Iterator<Item = &V> {
        let text = host.as_str();
        let suffixes = text.char_indices().filter(|(_, c)| *c == '.').filter_map(|(at, _)| text.get(at..));
        let wildcards = suffixes.filter_map(|suffix| self.wildcards.get(suffix)).chain([&self.any]);
        let names = (!host.is_ip()).then_some(wildcards).into_iter().flatten();
        self.exact.get(text).into_iter().chain(names)
    }
}

//! Values by pattern of hosts.

use crate::fast_map::FastMap;
use crate::http::Host;
use crate::vocabulary::HostPattern;

/// A value for each pattern of hosts.
#[derive(Debug, Default)]
pub(super) struct HostMap<V> {
    /// By host, and by suffix: `.example.com` for `*.example.com`.
    names: FastMap<Box<str>, V>,
    any: V,
}

impl<V: Default> HostMap<V> {
    /// Returns the value of a pattern; creates it if necessary.
    pub(super) fn entry(&mut self, pattern: &HostPattern) -> &mut V {
        let name = match pattern {
            HostPattern::Exact(host) => host.as_str(),
            HostPattern::Wildcard(suffix) => suffix.as_str(),
            HostPattern::Any => return &mut self.any,
        };
        self.names.entry(name.into()).or_default()
    }

    /// Returns the values of the patterns that match a host, the most specific first: exact, then the longest wildcard, then
    /// `*`.
    pub(super) fn matching(&self, host: &Host) -> impl Iterator<Item = &V> {
        let text = host.as_str();
        let suffixes = text.char_indices().filter(|(_, c)| *c == '.').filter_map(|(at, _)| text.get(at..));
        let names = std::iter::once(text).chain(suffixes.filter(|_| !host.is_ip()));
        let values = names.filter_map(|name| self.names.get(name));
        values.chain((!host.is_ip()).then_some(&self.any))
    }
}

//! Ports and protocols.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, LazyLock};

/// A protocol of a NetworkPolicy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// TCP, the default.
    Tcp,
    /// UDP.
    Udp,
    /// SCTP.
    Sctp,
}

impl Protocol {
    /// All protocols.
    pub const ALL: [Self; 3] = [Self::Tcp, Self::Udp, Self::Sctp];

    /// Returns the name that manifests use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Sctp => "SCTP",
        }
    }
}

impl FromStr for Protocol {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|protocol| protocol.name() == text);
        found.ok_or_else(|| format!("unknown protocol `{text}`"))
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A range of ports of one protocol, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortRange {
    /// The protocol.
    pub protocol: Protocol,
    /// The first port.
    pub first: u16,
    /// The last port.
    pub last: u16,
}

impl PortRange {
    /// Returns every port of a protocol.
    pub fn every(protocol: Protocol) -> Self {
        Self { protocol, first: 1, last: u16::MAX }
    }

    /// Returns a range with one port.
    pub fn one(protocol: Protocol, port: u16) -> Self {
        Self { protocol, first: port, last: port }
    }
}

/// A set of ports: for each protocol a sorted list of ranges that do not touch.
///
/// Clones are cheap, since many pairs of classes share few sets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ports(Arc<[Vec<(u16, u16)>; 3]>);

static NONE: LazyLock<Ports> = LazyLock::new(|| Ports(Arc::default()));
static ALL: LazyLock<Ports> = LazyLock::new(|| Ports(Arc::new(std::array::from_fn(|_| vec![(1, u16::MAX)]))));

impl Default for Ports {
    fn default() -> Self {
        NONE.clone()
    }
}

impl Ports {
    /// Returns every port of every protocol.
    pub fn all() -> Self {
        ALL.clone()
    }

    /// Returns true if the set is empty.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }

    /// Returns true if the set contains every port.
    pub fn is_all(&self) -> bool {
        self == &*ALL
    }

    /// Returns true if the set contains a port.
    pub fn contains(&self, protocol: Protocol, port: u16) -> bool {
        self.ranges(protocol).iter().any(|(first, last)| (*first..=*last).contains(&port))
    }

    /// Adds a range.
    pub fn insert(&mut self, range: PortRange) {
        let one = Self::from_iter([range]);
        *self = self.union(&one);
    }

    /// Returns the union.
    pub fn union(&self, other: &Self) -> Self {
        self.zip(other, |left, right| {
            let mut ranges: Vec<_> = left.iter().chain(right).copied().collect();
            ranges.sort_unstable();
            merge(ranges)
        })
    }

    /// Returns the intersection.
    pub fn intersection(&self, other: &Self) -> Self {
        self.zip(other, |left, right| {
            let overlap = |&(first, last): &(u16, u16)| {
                right.iter().filter_map(move |other| {
                    let (first, last) = (first.max(other.0), last.min(other.1));
                    (first <= last).then_some((first, last))
                })
            };
            left.iter().flat_map(overlap).collect()
        })
    }

    /// Returns the ports that are not in the other set.
    pub fn minus(&self, other: &Self) -> Self {
        self.zip(other, |left, right| {
            let mut ranges = left.to_vec();
            for &(first, last) in right {
                ranges = ranges
                    .into_iter()
                    .flat_map(|(start, end)| {
                        let before = (start < first).then(|| (start, end.min(first.saturating_sub(1))));
                        let behind = (end > last).then(|| (start.max(last.saturating_add(1)), end));
                        [before, behind]
                    })
                    .flatten()
                    .collect();
            }
            ranges
        })
    }

    /// Returns the ranges by protocol and port.
    pub fn iter(&self) -> impl Iterator<Item = PortRange> + '_ {
        Protocol::ALL.into_iter().flat_map(|protocol| {
            self.ranges(protocol).iter().map(move |&(first, last)| PortRange { protocol, first, last })
        })
    }

    fn ranges(&self, protocol: Protocol) -> &[(u16, u16)] {
        let [tcp, udp, sctp] = &*self.0;
        match protocol {
            Protocol::Tcp => tcp,
            Protocol::Udp => udp,
            Protocol::Sctp => sctp,
        }
    }

    fn zip(&self, other: &Self, each: impl Fn(&[(u16, u16)], &[(u16, u16)]) -> Vec<(u16, u16)>) -> Self {
        let [tcp, udp, sctp] =
            Protocol::ALL.map(|protocol| each(self.ranges(protocol), other.ranges(protocol)));
        Self(Arc::new([tcp, udp, sctp]))
    }
}

impl FromIterator<PortRange> for Ports {
    fn from_iter<I: IntoIterator<Item = PortRange>>(ranges: I) -> Self {
        let mut ranges: Vec<_> = ranges.into_iter().filter(|range| range.first <= range.last).collect();
        ranges.sort_unstable();
        Self(Arc::new(Protocol::ALL.map(|protocol| {
            let of = ranges.iter().filter(|range| range.protocol == protocol);
            merge(of.map(|range| (range.first, range.last)).collect())
        })))
    }
}

/// Joins adjacent ranges of a sorted list.
fn merge(ranges: Vec<(u16, u16)>) -> Vec<(u16, u16)> {
    let mut merged: Vec<(u16, u16)> = Vec::with_capacity(ranges.len());
    for (first, last) in ranges {
        match merged.last_mut() {
            Some(open) if first <= open.1.saturating_add(1) => open.1 = open.1.max(last),
            _ => merged.push((first, last)),
        }
    }
    merged
}

impl fmt::Display for Ports {
    /// `all`, `none`, or `TCP 80, 443-450; UDP all`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_all() {
            return f.write_str("all");
        }
        if self.is_empty() {
            return f.write_str("none");
        }
        let of = |protocol| {
            let range = |&(first, last): &(u16, u16)| match (first, last) {
                (1, u16::MAX) => "all".to_owned(),
                (first, last) if first == last => first.to_string(),
                (first, last) => format!("{first}-{last}"),
            };
            let ranges: Vec<_> = self.ranges(protocol).iter().map(range).collect();
            (!ranges.is_empty()).then(|| format!("{protocol} {}", ranges.join(", ")))
        };
        let parts: Vec<_> = Protocol::ALL.into_iter().filter_map(of).collect();
        f.write_str(&parts.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tcp(ranges: &[(u16, u16)]) -> Ports {
        ranges.iter().map(|&(first, last)| PortRange { protocol: Protocol::Tcp, first, last }).collect()
    }

    #[test]
    fn joins_adjacent_ranges() {
        assert_eq!(tcp(&[(1, 9), (10, 20), (15, 30), (40, 40)]).to_string(), "TCP 1-30, 40");
        assert!(tcp(&[(1, u16::MAX)]).iter().eq([PortRange::every(Protocol::Tcp)]));
    }

    #[test]
    fn set_operations() {
        let (left, right) = (tcp(&[(1, 10), (20, 30)]), tcp(&[(5, 25), (30, 65535)]));
        assert_eq!(left.intersection(&right), tcp(&[(5, 10), (20, 25), (30, 30)]));
        assert_eq!(left.minus(&right), tcp(&[(1, 4), (26, 29)]));
        assert_eq!(left.union(&right), tcp(&[(1, 65535)]));
        assert_eq!(Ports::all().minus(&Ports::all()), Ports::default());
        assert_eq!(Ports::all().minus(&tcp(&[(1, 65535)])).to_string(), "UDP all; SCTP all");
        assert_eq!(tcp(&[(65535, 65535)]).minus(&tcp(&[(1, 65535)])), Ports::default());
    }

    #[test]
    fn displays_all_and_none() {
        assert_eq!(Ports::all().to_string(), "all");
        assert_eq!(Ports::default().to_string(), "none");
    }
}

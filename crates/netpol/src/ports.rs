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

    /// Returns the ports that both ranges contain.
    fn intersection(self, other: Self) -> Option<Self> {
        let (first, last) = (self.first.max(other.first), self.last.min(other.last));
        (self.protocol == other.protocol && first <= last).then_some(Self { first, last, ..self })
    }

    /// Returns the ports below and above another range of the same protocol.
    fn outside(self, other: Self) -> impl Iterator<Item = Self> {
        let below = (self.first < other.first).then(|| Self { last: self.last.min(other.first - 1), ..self });
        let above = (self.last > other.last).then(|| Self { first: self.first.max(other.last + 1), ..self });
        below.into_iter().chain(above)
    }
}

/// A set of ports: sorted ranges that do not touch.
///
/// Clones are cheap, since many pairs of classes share few sets.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ports(Arc<[PortRange]>);

static ALL: LazyLock<Ports> = LazyLock::new(|| Protocol::ALL.into_iter().map(PortRange::every).collect());

impl Ports {
    /// Returns every port of every protocol.
    pub fn all() -> Self {
        ALL.clone()
    }

    /// Returns true if the set is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns true if the set contains every port.
    pub fn is_all(&self) -> bool {
        self == &*ALL
    }

    /// Returns true if the set contains a port.
    pub fn contains(&self, protocol: Protocol, port: u16) -> bool {
        self.iter().any(|range| range.protocol == protocol && (range.first..=range.last).contains(&port))
    }

    /// Returns the union.
    pub fn union(&self, other: &Self) -> Self {
        match (self.is_empty(), other.is_empty()) {
            (true, _) => other.clone(),
            (_, true) => self.clone(),
            _ if self == other => self.clone(),
            _ => self.iter().chain(other.iter()).collect(),
        }
    }

    /// Returns the intersection.
    pub fn intersection(&self, other: &Self) -> Self {
        match (self.is_all(), other.is_all()) {
            (true, _) => other.clone(),
            (_, true) => self.clone(),
            _ if self == other => self.clone(),
            _ => (self.iter())
                .flat_map(|range| other.iter().filter_map(move |part| range.intersection(part)))
                .collect(),
        }
    }

    /// Returns the ports that are not in the other set.
    pub fn minus(&self, other: &Self) -> Self {
        let rest = |range: PortRange| {
            let removed = other.iter().filter(move |removed| removed.protocol == range.protocol);
            removed.fold(vec![range], |rest, removed| {
                rest.into_iter().flat_map(|part| part.outside(removed)).collect()
            })
        };
        self.iter().flat_map(rest).collect()
    }

    /// Returns the ranges by protocol and port.
    pub fn iter(&self) -> impl Iterator<Item = PortRange> + '_ {
        self.0.iter().copied()
    }
}

impl From<PortRange> for Ports {
    fn from(range: PortRange) -> Self {
        Self::from_iter([range])
    }
}

impl FromIterator<PortRange> for Ports {
    /// Sorts the ranges and joins those that overlap or touch.
    fn from_iter<I: IntoIterator<Item = PortRange>>(ranges: I) -> Self {
        let mut ranges: Vec<_> = ranges.into_iter().filter(|range| range.first <= range.last).collect();
        ranges.sort_unstable();
        ranges.dedup_by(|next, open| {
            let joined = open.protocol == next.protocol && next.first <= open.last.saturating_add(1);
            open.last = if joined { open.last.max(next.last) } else { open.last };
            joined
        });
        Self(ranges.into())
    }
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
        let mut protocol = None;
        for range in self.iter() {
            match protocol.replace(range.protocol) {
                Some(last) if last == range.protocol => f.write_str(", ")?,
                Some(_) => write!(f, "; {} ", range.protocol)?,
                None => write!(f, "{} ", range.protocol)?,
            }
            match (range.first, range.last) {
                (1, u16::MAX) => f.write_str("all")?,
                (first, last) if first == last => write!(f, "{first}")?,
                (first, last) => write!(f, "{first}-{last}")?,
            }
        }
        Ok(())
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

//! Ranges of IP addresses.

use ipnet::{IpNet, Ipv4Subnets, Ipv6Subnets};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// IPv4 or IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl Family {
    /// Both families.
    pub const ALL: [Self; 2] = [Self::V4, Self::V6];

    /// Returns the number of bits of an address.
    fn bits(self) -> u32 {
        match self {
            Self::V4 => 32,
            Self::V6 => 128,
        }
    }

    /// Returns the last address as a number.
    fn last(self) -> u128 {
        u128::MAX >> (128 - self.bits())
    }
}

/// A range of addresses of one family, both ends included. It prints as `10.0.0.0-10.255.255.255`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Range {
    /// The family.
    pub family: Family,
    /// The first address, as a number.
    pub first: u128,
    /// The last address, as a number.
    pub last: u128,
}

impl Range {
    /// Returns the range of all addresses of a family.
    pub fn every(family: Family) -> Self {
        Self { family, first: 0, last: family.last() }
    }

    /// Reads a CIDR such as `10.0.0.0/8`. Host bits are ignored, as Kubernetes ignores them.
    ///
    /// # Errors
    /// Returns the reason if the text is not a CIDR.
    pub fn block(text: &str) -> Result<Self, String> {
        let has_leading_zero = text.split_once("/0").is_some_and(|(_, rest)| !rest.is_empty());
        let net: Option<IpNet> = text.parse().ok().filter(|_| !has_leading_zero);
        net.map(Self::from).ok_or_else(|| format!("invalid CIDR `{text}`"))
    }

    /// Reads one address.
    ///
    /// # Errors
    /// Returns the reason if the text is not an IP address.
    pub fn address(text: &str) -> Result<Self, String> {
        let address: IpAddr = text.parse().map_err(|_| format!("invalid IP address `{text}`"))?;
        Ok(IpNet::from(address).into())
    }

    /// Returns true if the other range is inside this one.
    pub fn contains(&self, other: &Self) -> bool {
        self.family == other.family && self.first <= other.first && other.last <= self.last
    }

    /// Returns true if the ranges share an address.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.family == other.family && self.first <= other.last && other.first <= self.last
    }

    /// Returns true if the other range starts directly after this one.
    pub fn touches(&self, other: &Self) -> bool {
        self.family == other.family && self.last.checked_add(1) == Some(other.first)
    }

    /// Returns the fewest CIDRs that cover the range.
    pub fn cidrs(&self) -> Vec<IpNet> {
        match (self.ip(self.first), self.ip(self.last)) {
            (IpAddr::V4(first), IpAddr::V4(last)) => {
                Ipv4Subnets::new(first, last, 0).map(IpNet::V4).collect()
            }
            (IpAddr::V6(first), IpAddr::V6(last)) => {
                Ipv6Subnets::new(first, last, 0).map(IpNet::V6).collect()
            }
            _ => Vec::new(),
        }
    }

    fn ip(&self, number: u128) -> IpAddr {
        match self.family {
            Family::V4 => Ipv4Addr::from(u32::try_from(number).unwrap_or(u32::MAX)).into(),
            Family::V6 => Ipv6Addr::from(number).into(),
        }
    }

    /// Returns the number of host bits, rounded down: 24 for `10.0.0.0/8`.
    pub fn width(&self) -> u32 {
        127 - (self.last - self.first).saturating_add(1).leading_zeros().min(127)
    }
}

impl From<IpNet> for Range {
    fn from(net: IpNet) -> Self {
        let number = |address| match address {
            IpAddr::V4(address) => u32::from(address).into(),
            IpAddr::V6(address) => u128::from(address),
        };
        let family = if matches!(net, IpNet::V4(_)) { Family::V4 } else { Family::V6 };
        Self { family, first: number(net.network()), last: number(net.broadcast()) }
    }
}

impl FromStr for Range {
    type Err = String;

    /// Reads a CIDR or one address.
    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains('/') { Self::block(text) } else { Self::address(text) }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.ip(self.first), self.ip(self.last))
    }
}

/// Splits both address spaces where one of the ranges starts or ends. Returns the parts in order.
pub(crate) fn split<'r>(ranges: impl Iterator<Item = &'r Range> + Clone) -> Vec<Range> {
    let mut parts = Vec::new();
    for family in Family::ALL {
        let of = ranges.clone().filter(|range| range.family == family);
        let ends = of.flat_map(|range| [Some(range.first), range.last.checked_add(1)]).flatten();
        let mut starts: Vec<u128> = std::iter::once(0).chain(ends).collect();
        starts.retain(|start| *start <= family.last());
        starts.sort_unstable();
        starts.dedup();
        let ends = starts.iter().skip(1).map(|next| next - 1).chain([family.last()]);
        parts.extend(starts.iter().zip(ends).map(|(&first, last)| Range { family, first, last }));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_cidrs() {
        for (block, range) in [
            ("10.0.0.0/8", "10.0.0.0-10.255.255.255"),
            ("10.1.2.3/8", "10.0.0.0-10.255.255.255"),
            ("0.0.0.0/0", "0.0.0.0-255.255.255.255"),
            ("1.2.3.4/32", "1.2.3.4-1.2.3.4"),
            ("::/0", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("fd00::/8", "fd00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("fd00:ec2::254/128", "fd00:ec2::254-fd00:ec2::254"),
        ] {
            assert_eq!(Range::block(block).unwrap().to_string(), range);
        }
        for wrong in ["10.0.0.0", "10.0.0/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/+8", "10.0.0.0/08", "x/8"]
        {
            assert!(Range::block(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn converts_ranges_to_cidrs() {
        let blocks = |first: &str, last: &str| {
            let range = Range { last: Range::address(last).unwrap().last, ..Range::address(first).unwrap() };
            range.cidrs().iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(blocks("10.0.0.0", "10.255.255.255"), ["10.0.0.0/8"]);
        assert_eq!(blocks("0.0.0.0", "255.255.255.255"), ["0.0.0.0/0"]);
        assert_eq!(blocks("10.0.0.1", "10.0.0.4"), ["10.0.0.1/32", "10.0.0.2/31", "10.0.0.4/32"]);
        assert_eq!(blocks("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), ["::/0"]);
        assert_eq!(blocks("255.255.255.255", "255.255.255.255"), ["255.255.255.255/32"]);
    }

    #[test]
    fn counts_host_bits() {
        for (block, width) in [("0.0.0.0/0", 32), ("10.0.0.0/8", 24), ("1.2.3.4/32", 0), ("::/0", 127)] {
            assert_eq!(Range::block(block).unwrap().width(), width, "{block}");
        }
    }

    #[test]
    fn splits_address_spaces() {
        let blocks = [Range::block("10.0.0.0/8").unwrap(), Range::block("255.0.0.0/8").unwrap()];
        let parts: Vec<_> = split(blocks.iter()).iter().map(ToString::to_string).collect();
        assert_eq!(
            parts,
            [
                "0.0.0.0-9.255.255.255",
                "10.0.0.0-10.255.255.255",
                "11.0.0.0-254.255.255.255",
                "255.0.0.0-255.255.255.255",
                "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            ]
        );
    }
}

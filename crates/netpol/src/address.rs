//! IP addresses, as blocks and as ranges.

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
    /// Both.
    pub const ALL: [Self; 2] = [Self::V4, Self::V6];

    /// The bits of an address.
    fn bits(self) -> u32 {
        match self {
            Self::V4 => 32,
            Self::V6 => 128,
        }
    }

    /// The last address, as a number.
    fn last(self) -> u128 {
        u128::MAX >> (128 - self.bits())
    }
}

/// Addresses of one family, both ends included; it prints as `10.0.0.0-10.255.255.255`.
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
    /// Every address of a family.
    pub fn every(family: Family) -> Self {
        Self { family, first: 0, last: family.last() }
    }

    /// A block such as `10.0.0.0/8`; bits behind the prefix are taken for zero, as Kubernetes takes them.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn block(text: &str) -> Result<Self, String> {
        let (address, length) = text.split_once('/').ok_or_else(|| format!("`{text}` has no `/`"))?;
        let one = Self::address(address)?;
        let plain = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
        let plain = plain && (length == "0" || !length.starts_with('0'));
        let bits = one.family.bits();
        let length = length.parse::<u32>().ok().filter(|length| plain && *length <= bits);
        let length = length.ok_or_else(|| format!("the prefix of `{text}` is not from 0 to {bits}"))?;
        let host = one.family.last().checked_shr(length).unwrap_or(0);
        let host = if length == bits { 0 } else { host };
        Ok(Self { first: one.first & !host, last: one.first | host, ..one })
    }

    /// One address.
    ///
    /// # Errors
    /// The text is no address.
    pub fn address(text: &str) -> Result<Self, String> {
        let address: IpAddr = text.parse().map_err(|_| format!("`{text}` is no IP address"))?;
        let (family, number) = match address {
            IpAddr::V4(address) => (Family::V4, u32::from(address).into()),
            IpAddr::V6(address) => (Family::V6, u128::from(address)),
        };
        Ok(Self { family, first: number, last: number })
    }

    /// Whether all of the other is in this one.
    pub fn contains(&self, other: &Self) -> bool {
        self.family == other.family && self.first <= other.first && other.last <= self.last
    }

    /// Whether they share an address.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.family == other.family && self.first <= other.last && other.first <= self.last
    }

    /// Whether the other begins right behind this one.
    pub fn touches(&self, other: &Self) -> bool {
        self.family == other.family && self.last.checked_add(1) == Some(other.first)
    }

    /// The first address, as it is written.
    pub fn start(&self) -> String {
        self.show(self.first)
    }

    /// The fewest blocks that the range is made of, each with the length of its prefix.
    pub fn blocks(&self) -> Vec<(Self, u32)> {
        let bits = self.family.bits();
        let mut blocks = Vec::new();
        let mut first = self.first;
        loop {
            // The largest block that starts here and ends in the range.
            let mut free = first.trailing_zeros().min(bits);
            let end = |free: u32| first | (self.family.last() & !u128::MAX.checked_shl(free).unwrap_or(0));
            while end(free) > self.last {
                free -= 1;
            }
            blocks.push((Self { first, last: end(free), ..*self }, bits - free));
            match end(free).checked_add(1) {
                Some(next) if next <= self.last => first = next,
                _ => return blocks,
            }
        }
    }

    /// The part of the range that another is part of too.
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        let (first, last) = (self.first.max(other.first), self.last.min(other.last));
        self.overlaps(other).then_some(Self { first, last, ..*self })
    }

    fn show(&self, number: u128) -> String {
        match self.family {
            Family::V4 => Ipv4Addr::from(u32::try_from(number).unwrap_or(u32::MAX)).to_string(),
            Family::V6 => Ipv6Addr::from(number).to_string(),
        }
    }

    /// How many bits of an address the range leaves open, rounded down: 24 for `10.0.0.0/8`.
    pub fn width(&self) -> u32 {
        127 - (self.last - self.first).saturating_add(1).leading_zeros().min(127)
    }
}

impl FromStr for Range {
    type Err = String;

    /// A block or one address.
    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains('/') { Self::block(text) } else { Self::address(text) }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.show(self.first), self.show(self.last))
    }
}

/// Splits both address spaces wherever one of the ranges begins or ends; sorted.
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
    fn blocks_are_ranges() {
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
    fn ranges_are_blocks() {
        let blocks = |first: &str, last: &str| {
            let range = Range { last: Range::address(last).unwrap().last, ..Range::address(first).unwrap() };
            let blocks = range.blocks();
            blocks.iter().map(|(range, length)| format!("{}/{length}", range.start())).collect::<Vec<_>>()
        };
        assert_eq!(blocks("10.0.0.0", "10.255.255.255"), ["10.0.0.0/8"]);
        assert_eq!(blocks("0.0.0.0", "255.255.255.255"), ["0.0.0.0/0"]);
        assert_eq!(blocks("10.0.0.1", "10.0.0.4"), ["10.0.0.1/32", "10.0.0.2/31", "10.0.0.4/32"]);
        assert_eq!(blocks("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), ["::/0"]);
        assert_eq!(blocks("255.255.255.255", "255.255.255.255"), ["255.255.255.255/32"]);
    }

    #[test]
    fn widths() {
        for (block, width) in [("0.0.0.0/0", 32), ("10.0.0.0/8", 24), ("1.2.3.4/32", 0), ("::/0", 127)] {
            assert_eq!(Range::block(block).unwrap().width(), width, "{block}");
        }
    }

    #[test]
    fn the_spaces_are_split_where_blocks_begin_and_end() {
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

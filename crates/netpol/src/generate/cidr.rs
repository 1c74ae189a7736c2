//! Ranges of addresses.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A range of addresses such as `203.0.113.0/24`, its host bits zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cidr {
    address: IpAddr,
    length: u32,
}

/// Where clouds answer with the credentials of the node: link-local addresses, and Amazon's over IPv6.
const METADATA: [Cidr; 2] = [
    Cidr { address: IpAddr::V4(Ipv4Addr::new(169, 254, 0, 0)), length: 16 },
    Cidr { address: IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)), length: 128 },
];

impl Cidr {
    /// Reads a range; host bits that are set are cleared.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let address: IpAddr = address.parse().ok()?;
        let digits = length.bytes().all(|byte| byte.is_ascii_digit())
            && !(length.len() > 1 && length.starts_with('0'));
        let length: u32 = length.parse().ok().filter(|_| digits)?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        if length > bits {
            return None;
        }
        let address = match address {
            IpAddr::V4(address) => {
                IpAddr::V4((u32::from(address) & u32::MAX.checked_shl(32 - length).unwrap_or(0)).into())
            }
            IpAddr::V6(address) => {
                IpAddr::V6((u128::from(address) & u128::MAX.checked_shl(128 - length).unwrap_or(0)).into())
            }
        };
        Some(Self { address, length })
    }

    /// Whether every address of `other` is in this range.
    pub(super) fn contains(&self, other: &Self) -> bool {
        let truncated = Self::parse(&format!("{}/{}", other.address, self.length));
        self.length <= other.length && truncated == Some(*self)
    }

    /// The ranges of metadata servers that are a part of this one.
    pub(super) fn metadata(&self) -> impl Iterator<Item = Self> {
        METADATA.into_iter().filter(move |metadata| self != metadata && self.contains(metadata))
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::Cidr;

    #[test]
    fn ranges_are_read() {
        for (text, read) in [
            ("203.0.113.7/24", Some("203.0.113.0/24")),
            ("0.0.0.0/0", Some("0.0.0.0/0")),
            ("10.0.0.1/32", Some("10.0.0.1/32")),
            ("2001:DB8::1/32", Some("2001:db8::/32")),
            ("::/0", Some("::/0")),
            ("10.0.0.1", None),
            ("10.0.0.1/33", None),
            ("10.0.0.1/08", None),
            ("10.0.0.1/+8", None),
            ("10.0.0/8", None),
            ("::1/129", None),
        ] {
            assert_eq!(Cidr::parse(text).map(|cidr| cidr.to_string()).as_deref(), read, "{text}");
        }
    }

    #[test]
    fn a_range_holds_its_parts() {
        for (range, part, holds) in [
            ("0.0.0.0/0", "169.254.0.0/16", true),
            ("169.254.0.0/16", "169.254.0.0/16", true),
            ("169.254.169.254/32", "169.254.0.0/16", false),
            ("10.0.0.0/8", "11.0.0.0/8", false),
            ("::/0", "fd00::/8", true),
            ("::/0", "10.0.0.0/8", false),
            ("0.0.0.0/0", "::/0", false),
        ] {
            assert_eq!(
                Cidr::parse(range).unwrap().contains(&Cidr::parse(part).unwrap()),
                holds,
                "{range} {part}"
            );
        }
    }
}

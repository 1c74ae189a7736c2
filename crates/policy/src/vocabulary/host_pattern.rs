//! A pattern of hosts.

use crate::document::{Code, Document, Node, Problems};
use crate::http::{Authority, Host};

/// A pattern of hosts: `shop.example.com`, `*.example.com` or `*`.
///
/// It is compared with the host of an [`Authority`], which is lower case and without port and trailing dot.
/// `*.example.com` stands for one or more labels to the left, never for `example.com` itself. An IP address
/// matches only where it is listed itself: neither `*` nor any wildcard takes it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum HostPattern {
    /// One host.
    Exact(String),
    /// What stands left of this: for `*.example.com` it holds `.example.com`.
    Wildcard(String),
    /// Any host but an IP address.
    Any,
}

impl HostPattern {
    /// Whether `host` matches.
    pub fn matches(&self, host: &Host) -> bool {
        match self {
            Self::Exact(pattern) => host.as_str() == pattern,
            Self::Wildcard(suffix) => {
                !host.is_ip()
                    && host.as_str().len() > suffix.len()
                    && host.as_str().ends_with(suffix.as_str())
            }
            Self::Any => !host.is_ip(),
        }
    }
}

impl Document for HostPattern {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let text = node.string(problems)?;
        if text == "*" {
            return Some(Self::Any);
        }
        let (wildcard, name) = text.strip_prefix("*.").map_or((false, text), |rest| (true, rest));
        // An IPv6 address is written with its brackets, as it stands in an authority.
        let help = match Authority::parse(name.as_bytes()) {
            Ok(authority) if authority.port.is_some() => "leave the port out",
            Ok(authority) if wildcard && authority.host.is_ip() => "an address has no names below it",
            Ok(authority) if wildcard => {
                return Some(Self::Wildcard(format!(".{}", authority.host.as_str())));
            }
            Ok(authority) => return Some(Self::Exact(authority.host.as_str().to_owned())),
            Err(_) => "write a host, `*.` and a host, or `*`",
        };
        node.problem(problems, Code::HOST_PATTERN, format!("`{text}` is no pattern of hosts"), help);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::HostPattern;
    use crate::document::read;
    use crate::http::Authority;
    use crate::test;

    #[test]
    fn a_wildcard_never_takes_the_apex_or_a_neighbour() {
        let table: [(&str, &[&str], &[&str]); 5] = [
            (
                "shop.example.com",
                &["shop.example.com", "SHOP.example.com.", "shop.example.com:80"],
                &["a.shop.example.com"],
            ),
            (
                "*.Example.com",
                &["a.example.com", "a.b.example.com"],
                &["example.com", "evilexample.com", "example.com.evil"],
            ),
            ("*", &["a", "example.com"], &["10.0.0.1", "[::1]", "2130706433"]),
            ("10.0.0.1", &["10.0.0.1", "10.0.0.1:8080"], &["10.0.0.10"]),
            ("[::1]", &["[::1]:80", "[0:0::1]"], &["[::2]"]),
        ];
        for (pattern, yes, no) in table {
            let compiled: HostPattern = read(format!("\"{pattern}\"").as_bytes()).unwrap();
            let matches = |host: &&str| compiled.matches(&Authority::parse(host.as_bytes()).unwrap().host);
            assert!(yes.iter().all(matches), "{pattern}");
            assert!(!no.iter().any(matches), "{pattern}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for pattern in ["", "*foo.com", "a.*.com", "*.", "*.10.0.0.1", "a.com:80", "http://a.com", "a..com"] {
            assert!(read::<HostPattern>(format!("\"{pattern}\"").as_bytes()).is_err(), "{pattern}");
        }
    }
}

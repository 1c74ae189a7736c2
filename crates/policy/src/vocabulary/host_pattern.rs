//! A pattern of hosts.

use crate::document::{Code, Definitions, Document, Node, Problems, Schema, invalid};
use crate::http::{Authority, Host};
use std::net::Ipv6Addr;

/// A pattern of hosts: `shop.example.com`, `*.example.com` or `*`.
///
/// It matches the host of an [`Authority`], which is lower case, without port and trailing dot. `*.example.com` matches one
/// or more labels to the left, never `example.com` itself. An IP address matches only its exact pattern, neither `*` nor any
/// other wildcard.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum HostPattern {
    /// One host.
    Exact(Host),
    /// The hosts that end in this: `.example.com` for `*.example.com`.
    Wildcard(String),
    /// Any host except an IP address.
    Any,
}

impl HostPattern {
    /// Returns true if `host` matches.
    pub fn matches(&self, host: &Host) -> bool {
        match self {
            Self::Exact(pattern) => host == pattern,
            Self::Wildcard(suffix) => {
                !host.is_ip()
                    && host.as_str().len() > suffix.len()
                    && host.as_str().ends_with(suffix.as_str())
            }
            Self::Any => !host.is_ip(),
        }
    }

    /// Returns true if every host that matches `other` matches this pattern.
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (_, Self::Exact(host)) => self.matches(host),
            (Self::Any, _) => true,
            (Self::Wildcard(one), Self::Wildcard(two)) => two.ends_with(one.as_str()),
            _ => false,
        }
    }
}

impl Document for HostPattern {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let text = node.string(problems)?;
        if text == "*" {
            return Some(Self::Any);
        }
        let (is_wildcard, name) = text.strip_prefix("*.").map_or((false, text), |rest| (true, rest));
        // An IPv6 address has brackets, as in an authority.
        let help = match Authority::parse(name.as_bytes()) {
            Ok(authority) if authority.port.is_some() => "remove the port",
            Ok(authority) if is_wildcard && authority.host.is_ip() => "an IP address has no subdomains",
            Ok(authority) if is_wildcard => {
                return Some(Self::Wildcard(format!(".{}", authority.host.as_str())));
            }
            Ok(authority) => return Some(Self::Exact(authority.host)),
            Err(_) => help(name),
        };
        problems.invalid(Code::HOST_PATTERN, node.path, invalid("host pattern", text), help)
    }

    fn describe(definitions: &mut Definitions) -> Schema {
        definitions.define(module_path!(), stringify!(HostPattern), |_| {
            let about = "`shop.example.com`, `*.example.com` (one or more labels, never `example.com` itself), or \
                `*` for all hosts except IP addresses; without a port.";
            Schema::of_type("string").about(about)
        })
    }
}

/// Returns what to write in place of a name that is no host.
fn help(name: &str) -> &'static str {
    if name.contains("://") {
        "write only the host, without the scheme"
    } else if name.contains('/') {
        "write only the host, without `/`"
    } else if !name.is_ascii() {
        "write the name in ASCII, as punycode: `xn--…`"
    } else if name.parse::<Ipv6Addr>().is_ok() {
        "put the IPv6 address in brackets: `[::1]`"
    } else if name.contains('*') {
        "write `*` alone, or `*.` before a host"
    } else {
        "write a host, `*.` and a host, or `*`"
    }
}

#[cfg(test)]
mod tests {
    use super::HostPattern;
    use crate::document::read;
    use crate::http::Authority;
    use crate::test;

    #[test]
    fn a_wildcard_matches_subdomains_only() {
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
    fn invalid_patterns_are_rejected() {
        for (pattern, expected) in [
            ("", "empty host pattern; write a host, `*.` and a host, or `*`"),
            ("*foo.com", "write `*` alone, or `*.` before a host"),
            ("a.*.com", "write `*` alone, or `*.` before a host"),
            ("*.", "invalid host pattern `*.`; write a host, `*.` and a host, or `*`"),
            ("*.10.0.0.1", "an IP address has no subdomains"),
            ("a.com:80", "remove the port"),
            ("HTTP://a.com", "write only the host, without the scheme"),
            ("a.com/", "write only the host, without `/`"),
            ("a..com", "write a host, `*.` and a host, or `*`"),
            ("*.bücher.example", "write the name in ASCII, as punycode: `xn--…`"),
            ("2001:db8::1", "put the IPv6 address in brackets: `[::1]`"),
        ] {
            let problems = read::<HostPattern>(format!("\"{pattern}\"").as_bytes()).unwrap_err();
            assert!(problems[0].to_string().ends_with(expected), "{}", problems[0]);
        }
    }
}

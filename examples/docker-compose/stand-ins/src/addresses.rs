//! The addresses of this container on all of its networks; Docker's resolver returns at most one of them.

use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::net::{SocketAddr, ToSocketAddrs};

/// Returns the IPv4 addresses except loopback, separated by commas.
pub(crate) fn own() -> String {
    parse(&std::fs::read_to_string("/proc/net/fib_trie").unwrap_or_default()).join(",")
}

/// Returns the first address of a place, such as `reviews:9080`.
pub(crate) fn first(place: &str) -> Result<SocketAddr> {
    let mut found = place.to_socket_addrs().with_context(|| format!("cannot resolve {place}"))?;
    found.next().with_context(|| format!("{place} has no address"))
}

/// Parses `/proc/net/fib_trie`, which has an address in one line and its type in the next.
fn parse(trie: &str) -> Vec<String> {
    let lines: Vec<&str> = trie.lines().map(str::trim).collect();
    let local = lines.array_windows().filter(|[_, kind]| kind.ends_with("host LOCAL"));
    let addresses = local.filter_map(|[address, _]| address.strip_prefix("|-- "));
    let found: BTreeSet<&str> = addresses.filter(|address| !address.starts_with("127.")).collect();
    found.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn local_addresses_are_listed_once() {
        let trie = "Local:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 10.213.2.10\n        /32 host LOCAL\n     |-- 10.213.2.255\n        \
            /32 link BROADCAST\n     |-- 127.0.0.1\n        /32 host LOCAL\nMain:\n     |-- 10.213.2.10\n        /32 host LOCAL\n";
        assert_eq!(parse(trie), ["10.213.2.10"]);
    }
}

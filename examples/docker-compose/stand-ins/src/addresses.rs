//! The addresses of this container, on all of its networks: Docker's resolver tells one of them at most.

use std::collections::BTreeSet;

/// The IPv4 addresses, but for loopback.
pub(crate) fn own() -> Vec<String> {
    of(&std::fs::read_to_string("/proc/net/fib_trie").unwrap_or_default())
}

/// An address stands in a line of its own there, and what it is in the next one.
fn of(trie: &str) -> Vec<String> {
    let lines: Vec<&str> = trie.lines().map(str::trim).collect();
    let local = lines.array_windows().filter(|[_, kind]| kind.ends_with("host LOCAL"));
    let addresses = local.filter_map(|[address, _]| address.strip_prefix("|-- "));
    let found: BTreeSet<&str> = addresses.filter(|address| !address.starts_with("127.")).collect();
    found.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn local_addresses_are_found_once() {
        let trie = "Local:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 10.213.2.10\n        /32 host LOCAL\n     |-- 10.213.2.255\n        \
            /32 link BROADCAST\n     |-- 127.0.0.1\n        /32 host LOCAL\nMain:\n     |-- 10.213.2.10\n        /32 host LOCAL\n";
        assert_eq!(of(trie), ["10.213.2.10"]);
    }
}

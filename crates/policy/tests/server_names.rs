//! `sni: match` for random virtual hosts: the same one decides for the server name and for the host.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use policy::decision::NoTrace;
use policy::http::Connection;
use policy::stages::VhostStage;
use policy::{Outcome, decide, load};
use proptest::prelude::*;
use serde_json::json;

const PATTERNS: [&str; 8] =
    ["*", "*.example", "*.a.example", "*.b.a.example", "a.example", "b.a.example", "other", "10.0.0.1"];
const NAMES: [&str; 7] =
    ["a.example", "b.a.example", "c.b.a.example", "d.b.a.example", "other", "unlisted", "10.0.0.1"];
const MODES: [&str; 4] = ["enforce", "enforce", "shadow", "off"];

/// How specific a pattern is for a name; `None` if it does not match.
fn specificity(pattern: &str, name: &str) -> Option<usize> {
    let is_ip = name == "10.0.0.1";
    match pattern.strip_prefix('*') {
        None => (pattern == name).then_some(usize::MAX),
        Some(suffix) => (!is_ip && name.ends_with(suffix)).then_some(suffix.len()),
    }
}

/// The entry of each pattern, and the mode of each entry.
type Entries = (Vec<Option<usize>>, Vec<usize>);

/// Returns the live entry with the most specific pattern for a name.
fn decider((owners, modes): &Entries, name: &str) -> Option<usize> {
    let owned = PATTERNS.iter().zip(owners).filter_map(|(pattern, owner)| {
        let owner = (*owner).filter(|owner| MODES[modes[*owner]] == "enforce")?;
        Some((specificity(pattern, name)?, owner))
    });
    owned.max().map(|(_, owner)| owner)
}

fn status(stage: &VhostStage, host: &str, sni: &str) -> Option<u16> {
    let lines = [(":method", "GET"), (":authority", host), (":path", "/")];
    let lines = lines.map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    let connection = Connection { tls: true, sni: Some(sni.as_bytes()), ..Connection::default() };
    let outcome: Outcome<'_, VhostStage, NoTrace> = decide(stage, lines.into_iter(), connection, 0);
    outcome.answer.map(|answer| answer.reply.status)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_virtual_host_decides_for_the_server_name_and_the_host(
        owners in prop::collection::vec(prop::option::weighted(0.7, 0..4_usize), PATTERNS.len()),
        modes in prop::collection::vec(0..MODES.len(), 4),
        is_open in any::<bool>(),
    ) {
        let entries = (owners, modes);
        let host = |entry: usize| {
            let owned = PATTERNS.iter().zip(&entries.0).filter(|(_, owner)| **owner == Some(entry));
            let domains: Vec<&str> = owned.map(|(pattern, _)| *pattern).collect();
            let mode = MODES[entries.1[entry]];
            (!domains.is_empty()).then(|| json!({"name": format!("e{entry}"), "domains": domains, "mode": mode}))
        };
        let hosts: Vec<_> = (0..4).filter_map(host).collect();
        let unknown = if is_open { "allow" } else { "deny" };
        let policy = json!({"sni": "match", "unknownHost": unknown, "hosts": hosts}).to_string();
        let stage: VhostStage = load(policy.as_bytes()).unwrap();
        for host in NAMES {
            for sni in NAMES {
                let (of_host, of_sni) = (decider(&entries, host), decider(&entries, sni));
                let expected = match of_host {
                    None if !is_open => Some(404),
                    _ if host == sni || of_host.is_some() && of_host == of_sni => None,
                    _ => Some(421),
                };
                prop_assert_eq!(status(&stage, host, sni), expected, "{} {} {}", &policy, host, sni);
                // Neither letter case, a final dot nor a port makes another name.
                let (upper, dotted) = (host.to_ascii_uppercase(), format!("{sni}."));
                prop_assert_eq!(status(&stage, &format!("{upper}:443"), &dotted), expected);
            }
        }
    }
}

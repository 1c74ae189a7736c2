//! What holds for all input.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use policy::decide;
use policy::decision::{NoTrace, Outcome};
use policy::http::{Authority, Connection, Normalize, PathError, PathLimits, RequestPath};
use policy::load;
use policy::stages::{PathStage, Ringfence};
use proptest::prelude::*;

/// Paths of the pieces that servers disagree about, and of any bytes.
fn path() -> impl Strategy<Value = Vec<u8>> {
    let pieces = [
        "/", "//", ".", "..", "%2e", "%2F", "%5c", "\\", ";", ";x=1", "%3b", "%25", "%252f", "%252e", "a",
        "private", "?", "%c3%a9", "%c0%af", "%00", "%", "#", "~", "%7e", " ", "{",
    ];
    let piece = prop_oneof![
        12 => prop::sample::select(pieces.to_vec()).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 1..3),
    ];
    let ends =
        prop::sample::select(vec!["", "/private", "%2fprivate", "\\private/x", "//private", ";/private"]);
    (prop::collection::vec(piece, 0..14), ends)
        .prop_map(|(pieces, end)| [b"/", &pieces.concat()[..], end.as_bytes()].concat())
}

fn parse(path: &[u8]) -> Result<RequestPath<'_>, PathError> {
    RequestPath::parse(path, b"GET", &Normalize::default(), &PathLimits::default())
}

fn outcome(policy: &str, path: &[u8]) -> Option<&'static str> {
    let stage: PathStage = load(policy.as_bytes()).unwrap();
    let lines: [(&[u8], &[u8]); 3] = [(b":method", b"GET"), (b":authority", b"a"), (b":path", path)];
    let outcome: Outcome<'_, PathStage, NoTrace> =
        decide(&stage, lines.into_iter(), Connection::default(), 0);
    outcome.answer.map(|answer| answer.reason)
}

/// What a server can do to a path, each written as naively as can be: the oracle of the readings.
const NAIVE: [fn(&str) -> String; 7] = [
    |path| decode(path, |_| true),
    |path| decode(path, |byte| byte == b'/'),
    |path| decode(path, |byte| byte != b'/' && byte != b'\\'),
    |path| path.replace('\\', "/"),
    |path| path.split('/').map(|segment| segment.split(';').next().unwrap()).collect::<Vec<_>>().join("/"),
    |path| {
        path.split('/')
            .enumerate()
            .filter(|(n, s)| *n == 0 || !s.is_empty())
            .map(|(_, s)| format!("/{s}"))
            .skip(1)
            .collect()
    },
    |path| {
        let mut out = Vec::new();
        for segment in path.split('/').skip(1) {
            match segment {
                "." => {}
                ".." => drop(out.pop()),
                segment => out.push(segment),
            }
        }
        format!("/{}", out.join("/"))
    },
];

/// Decodes the escapes of ASCII bytes that are wanted, once.
fn decode(path: &str, wanted: fn(u8) -> bool) -> String {
    let mut out = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let byte = after.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match byte.filter(|byte| byte.is_ascii() && wanted(*byte)) {
            Some(byte) => {
                out.push(char::from(byte));
                rest = after.get(2..).unwrap();
            }
            None => {
                out.push('%');
                rest = after;
            }
        }
    }
    out + rest
}

/// Whether some server could read the path as one below `/private`, by up to four of the steps.
fn could_be_private(path: &str) -> bool {
    let mut paths = vec![path.to_owned()];
    for _ in 0..4 {
        let next = paths
            .iter()
            .flat_map(|path| NAIVE.map(|step| step(path)))
            .collect::<std::collections::BTreeSet<_>>();
        paths = next.into_iter().collect();
        // What is served is what the path comes to without dot segments, however the dots are written.
        let served = |path: &String| NAIVE[6](&decode(path, |byte| byte == b'.'));
        if paths.iter().map(served).any(|path| path == "/private" || path.starts_with("/private/")) {
            return true;
        }
    }
    false
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_canonical_path_is_its_own_canonical_path(raw in path()) {
        if let Ok(read) = parse(&raw) {
            let target = read.target();
            let again = parse(&target).unwrap();
            prop_assert_eq!(again.canonical(), read.canonical());
            // Whatever the upstream can make of the path that it gets was judged.
            for reading in again.readings() {
                prop_assert!(read.readings().any(|judged| judged == reading), "{} was not judged", reading);
            }
        }
    }

    #[test]
    fn a_reading_is_absolute_and_without_dot_segments(raw in path()) {
        if let Ok(read) = parse(&raw) {
            for reading in read.readings() {
                prop_assert!(reading.starts_with('/'));
                prop_assert!(reading.bytes().all(|byte| byte.is_ascii_graphic()));
                prop_assert!(!reading.split('/').any(|segment| matches!(segment, "." | "..")));
            }
        }
    }

    #[test]
    fn what_a_deny_rule_denies_no_spelling_of_the_same_path_passes(raw in path()) {
        let policy = r#"{"default": "allow", "rules": [
            {"name": "private", "match": {"paths": [{"prefix": "/private"}]}, "action": "deny"}]}"#;
        let read = parse(&raw);
        let private = |reading: &str| reading == "/private" || reading.starts_with("/private/");
        let expected = match &read {
            Ok(read) if read.readings().any(private) => Some("denied"),
            Ok(_) => None,
            Err(error) => Some(error.reason()),
        };
        prop_assert_eq!(outcome(policy, &raw), expected);
    }

    #[test]
    fn no_server_reads_a_denied_path_out_of_one_that_passes(raw in path()) {
        let policy = r#"{"default": "allow", "rules": [
            {"name": "private", "match": {"paths": [{"prefix": "/private"}]}, "action": "deny"}]}"#;
        if let Ok(text) = std::str::from_utf8(&raw) {
            let path = text.split(['?', '#']).next().unwrap();
            prop_assert!(outcome(policy, &raw).is_some() || !could_be_private(path));
        }
    }

    #[test]
    fn a_host_is_its_own_host(raw in prop::collection::vec(any::<u8>(), 0..40)) {
        if let Ok(authority) = Authority::parse(&raw) {
            let again = Authority::parse(authority.host.as_str().as_bytes()).unwrap();
            prop_assert_eq!(again.host, authority.host);
        }
    }

    #[test]
    fn no_bytes_are_a_configuration(raw in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(load::<Ringfence>(&raw).is_err());
    }
}

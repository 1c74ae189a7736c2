//! What holds for all input.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "tests")]

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
    prop::collection::vec(piece, 0..14).prop_map(|pieces| [b"/".to_vec(), pieces.concat()].concat())
}

fn parse(path: &[u8]) -> Result<RequestPath<'_>, PathError> {
    RequestPath::parse(path, b"GET", &Normalize::default(), &PathLimits::default())
}

fn outcome(policy: &str, path: &[u8]) -> Option<&'static str> {
    let stage: PathStage = load(policy.as_bytes()).unwrap();
    let lines: [(&[u8], &[u8]); 2] = [(b":method", b"GET"), (b":path", path)];
    let outcome: Outcome<'_, PathStage, NoTrace> = decide(&stage, lines.into_iter(), Connection::default());
    outcome.answer.map(|answer| answer.reason)
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
    fn a_host_is_its_own_host(raw in prop::collection::vec(any::<u8>(), 0..40)) {
        if let Ok(authority) = Authority::parse(&raw) {
            let again = Authority::parse(authority.host.as_str().as_bytes()).unwrap();
            prop_assert_eq!(again.host, authority.host);
        }
    }

    #[test]
    fn no_configuration_panics(raw in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(load::<Ringfence>(&raw).is_err());
    }
}

//! Properties of all input.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use policy::decision::{NoTrace, Reason, Step, Trace};
use policy::http::{Authority, Connection, DotSegments, Normalize, PathLimits, RequestPath};
use policy::load;
use policy::stages::{PathStage, Ringfence, Stage, TokenStage};
use policy::{Outcome, decide};
use proptest::prelude::*;
use serde_json::json;

/// Paths from ambiguous sequences and random bytes.
fn path() -> impl Strategy<Value = Vec<u8>> {
    let pieces = [
        "/", "//", ".", "..", "%2e", "%2F", "%5c", "\\", ";", ";x=1", "%3b", "%25", "%252f", "%252e", "a",
        "%3f", "%23", "%253F", "%2523", "private", "?", "%c3%a9", "%c0%af", "%00", "%", "#", "~", "%7e", " ",
        "{",
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

fn parse(path: &[u8]) -> Result<RequestPath<'_>, Reason> {
    RequestPath::parse(path, b"GET", &Normalize::default(), &PathLimits::default())
}

fn outcome(policy: &str, path: &[u8]) -> Option<&'static str> {
    let stage: PathStage = load(policy.as_bytes()).unwrap();
    let lines: [(&[u8], &[u8]); 3] = [(b":method", b"GET"), (b":authority", b"a"), (b":path", path)];
    let outcome: Outcome<'_, PathStage, NoTrace> =
        decide(&stage, lines.into_iter(), Connection::default(), 0);
    outcome.answer.map(|answer| answer.reason.name())
}

/// The steps that a server may apply to a path, as naive implementations: the oracle of the readings.
const NAIVE: [fn(&str) -> String; 10] = [
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
    |path| path.split(';').next().unwrap().to_owned(),
    |path| path.split('?').next().unwrap().to_owned(),
    |path| path.split('#').next().unwrap().to_owned(),
];

/// Decodes the escapes of ASCII bytes for which `is_wanted` is true, once.
fn decode(path: &str, is_wanted: fn(u8) -> bool) -> String {
    let mut out = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let byte = after.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match byte.filter(|byte| byte.is_ascii() && is_wanted(*byte)) {
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

/// Returns true if up to four steps turn the path into one below `/private`.
fn could_be_private(path: &str) -> bool {
    let mut paths = vec![path.to_owned()];
    for _ in 0..4 {
        let next = paths
            .iter()
            .flat_map(|path| NAIVE.map(|step| step(path)))
            .collect::<std::collections::BTreeSet<_>>();
        paths = next.into_iter().collect();
        // The server resolves dot segments last, escaped or not.
        let served = |path: &String| NAIVE[6](&decode(path, |byte| byte == b'.'));
        if paths.iter().map(served).any(|path| path == "/private" || path.starts_with("/private/")) {
            return true;
        }
    }
    false
}

/// The fields of `normalize` that may be `keep`.
const STEPS: [&str; 7] = [
    "escapedSlashes",
    "backslashes",
    "pathParameters",
    "doubleEncoding",
    "decodedDelimiters",
    "semicolonQuery",
    "emptySegments",
];

/// Returns a normalization in which some fields are `keep`, and the others `everyReading`.
fn normalize(kept: &[bool]) -> Normalize {
    let word = |kept: &bool| if *kept { "keep" } else { "everyReading" };
    let fields: serde_json::Map<_, _> =
        STEPS.iter().zip(kept).map(|(field, kept)| ((*field).to_owned(), json!(word(kept)))).collect();
    policy::document::read(json!(fields).to_string().as_bytes()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_canonical_path_is_its_own_canonical_path(raw in path()) {
        if let Ok(read) = parse(&raw) {
            let target = read.target();
            let again = parse(&target).unwrap();
            prop_assert_eq!(again.canonical(), read.canonical());
            // Every reading of the forwarded path was checked.
            for reading in again.readings() {
                prop_assert!(read.readings().any(|checked| checked == reading), "{} was not checked", reading);
            }
        }
    }

    #[test]
    fn every_reading_of_a_reading_is_a_reading(raw in path()) {
        if let Ok(read) = parse(&raw) {
            let forwarded = read.target();
            // Dot segments are kept only by the upstream, which sees the forwarded path.
            let resolved = Normalize { dot_segments: DotSegments::Resolve, ..Normalize::default() };
            for (read, normalize) in [(&read, resolved), (&parse(&forwarded).unwrap(), Normalize::default())] {
                for reading in read.readings() {
                    let again = RequestPath::parse(reading.as_bytes(), b"GET", &normalize, &PathLimits::default()).unwrap();
                    for other in again.readings() {
                        prop_assert!(read.readings().any(|known| known == other), "{} of {}", other, reading);
                    }
                }
            }
        }
    }

    #[test]
    fn a_chosen_canonical_path_is_its_own_canonical_path(raw in path(), chosen in prop::collection::vec(any::<bool>(), STEPS.len())) {
        let words = ["decode", "toSlash", "strip", "keep", "keep", "keep", "merge"];
        let choices = STEPS.iter().zip(words).zip(chosen).filter(|(_, is_chosen)| *is_chosen);
        let fields: serde_json::Map<_, _> =
            choices.map(|((field, word), _)| ((*field).to_owned(), json!(word))).collect();
        let normalize = policy::document::read(json!(fields).to_string().as_bytes()).unwrap();
        if let Ok(read) = RequestPath::parse(&raw, b"GET", &normalize, &PathLimits::default()) {
            let target = read.target();
            let again = RequestPath::parse(&target, b"GET", &normalize, &PathLimits::default()).unwrap();
            prop_assert_eq!(again.canonical(), read.canonical());
            for reading in again.readings() {
                prop_assert!(read.readings().any(|checked| checked == reading), "{} was not checked", reading);
            }
        }
    }

    #[test]
    fn another_step_removes_no_reading(raw in path(), kept in prop::collection::vec(any::<bool>(), STEPS.len()), step in 0..STEPS.len()) {
        let mut more = kept.clone();
        more[step] = false;
        let (few, more) = (normalize(&kept), normalize(&more));
        let parse = |normalize| RequestPath::parse(&raw, b"GET", normalize, &PathLimits::default());
        if let (Ok(few), Ok(more)) = (parse(&few), parse(&more)) {
            for reading in few.readings() {
                prop_assert!(more.readings().any(|other| other == reading), "{} is missing", reading);
            }
        }
    }

    #[test]
    fn a_canonical_path_is_absolute_and_without_dot_segments(raw in path()) {
        if let Ok(read) = parse(&raw) {
            prop_assert!(!read.canonical().split('/').any(|segment| matches!(segment, "." | "..")));
            for reading in read.readings() {
                prop_assert!(reading.starts_with('/'));
                prop_assert!(reading.bytes().all(|byte| byte.is_ascii_graphic()));
            }
        }
    }

    #[test]
    fn a_deny_rule_denies_every_spelling_of_its_paths(raw in path()) {
        let policy = r#"{"default": "allow", "rules": [
            {"name": "private", "match": {"paths": [{"prefix": "/private"}]}, "action": "deny"}]}"#;
        let read = parse(&raw);
        let private = |reading: &str| {
            let mut first = reading.split('/').nth(1).unwrap_or_default();
            // A denial ignores dots and blanks at the end of a segment.
            while let Some(shorter) = first.strip_suffix('.').or_else(|| first.strip_suffix("%20")) {
                first = shorter;
            }
            first == "private"
        };
        let expected = match &read {
            Ok(read) if read.readings().any(private) => Some("denied"),
            Ok(_) => None,
            Err(error) => Some(error.name()),
        };
        prop_assert_eq!(outcome(policy, &raw), expected);
    }

    #[test]
    fn an_allowed_path_cannot_be_read_as_a_denied_one(raw in path()) {
        let policy = r#"{"default": "allow", "rules": [
            {"name": "private", "match": {"paths": [{"prefix": "/private"}]}, "action": "deny"}]}"#;
        if let Ok(text) = std::str::from_utf8(&raw) {
            let path = text.split(['?', '#']).next().unwrap();
            prop_assert!(outcome(policy, &raw).is_some() || !could_be_private(path));
        }
    }

    #[test]
    fn a_normalized_host_is_parsed_unchanged(raw in prop::collection::vec(any::<u8>(), 0..40)) {
        if let Ok(authority) = Authority::parse(&raw) {
            let again = Authority::parse(authority.host.as_str().as_bytes()).unwrap();
            prop_assert_eq!(again.host, authority.host);
        }
    }

    #[test]
    fn random_bytes_are_not_a_configuration(raw in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(load::<Ringfence>(&raw).is_err());
    }
}

/// Path patterns over a small set of segments.
fn path_pattern() -> impl Strategy<Value = serde_json::Value> {
    let segment =
        || prop_oneof![Just("a"), Just("b"), Just("B"), Just("ab"), Just("a%2Fb"), Just("k"), Just("")];
    let path = prop::collection::vec(segment(), 1..4).prop_map(|segments| format!("/{}", segments.join("/")));
    let template = prop::collection::vec(prop_oneof![Just("a"), Just("b"), Just("*"), Just("k")], 1..4)
        .prop_flat_map(|segments| {
            let end = prop_oneof![Just(""), Just("/"), Just("/**")];
            end.prop_map(move |end| format!("/{}{end}", segments.join("/")))
        });
    let regex = prop_oneof![
        Just("/a.*"),
        Just("/a?b.*"),
        Just("/a|/b"),
        Just("(?i)/b"),
        Just("/ab+/.*"),
        Just("/a/"),
        Just("/b/(.*)"),
        Just(".*b")
    ];
    prop_oneof![
        path.clone().prop_map(|path| json!({"exact": path})),
        path.clone().prop_map(|path| json!({"prefix": prefix(&path)})),
        path.prop_map(|path| json!({"prefix": prefix(&path), "ignoreCase": true})),
        template.clone().prop_map(|template| json!({"template": template})),
        template.prop_map(|template| json!({"template": template, "ignoreCase": true})),
        regex.prop_map(|regex| json!({"regex": regex})),
        Just(json!({"suffix": "b"})),
        Just(json!({"contains": "b/"})),
        Just(json!({"suffix": "a/"})),
        Just(json!({"regex": "/k(/.*)?", "ignoreCase": true})),
        Just(json!({"exact": "/a/ks", "ignoreCase": true})),
    ]
}

/// Returns the path with one last slash at most, as a prefix must have.
fn prefix(path: &str) -> String {
    let prefix = path.trim_end_matches('/');
    if path.ends_with('/') { format!("{prefix}/") } else { prefix.to_owned() }
}

/// A rule's match: optional hosts and paths, and an optional `not`.
fn request_match() -> impl Strategy<Value = serde_json::Value> {
    let hosts = prop_oneof![
        Just("a.example"),
        Just("b.a.example"),
        Just("*.example"),
        Just("*.a.example"),
        Just("*"),
        Just("10.0.0.1")
    ];
    let hosts = prop::option::weighted(0.6, prop::collection::vec(hosts, 1..3));
    let paths = prop::option::weighted(0.8, prop::collection::vec(path_pattern(), 1..3));
    let not = prop::option::weighted(0.2, path_pattern());
    (hosts, paths, not).prop_map(|(hosts, paths, not)| {
        let mut fields = serde_json::Map::new();
        fields.extend(hosts.map(|hosts| ("hosts".to_owned(), json!(hosts))));
        fields.extend(paths.map(|paths| ("paths".to_owned(), json!(paths))));
        fields.extend(not.map(|path| ("not".to_owned(), json!({"paths": [path]}))));
        json!(fields)
    })
}

/// The outcome of a request, as text. With the trace `Vec<Step>` all rules are tried, otherwise those of the index.
fn outcome_of<S: Stage, T: Trace + Default>(stage: &S, host: &str, path: &str) -> String {
    // Without a path, a CONNECT.
    let method = if path.is_empty() { "CONNECT" } else { "GET" };
    let lines = [(":method", method), (":authority", host), (":path", path)];
    let lines = lines.map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    let lines = lines.into_iter().filter(|(_, value)| !value.is_empty());
    let outcome = decide::<S, T>(stage, lines, Connection::default(), 0);
    let lines: Vec<_> = outcome.request.iter().flat_map(|request| request.headers.lines()).collect();
    let shadowed = (&outcome.report.shadowed, &outcome.report.matched_in_shadow);
    format!("{:?} {lines:?} {shadowed:?} {:?}", outcome.answer, outcome.response_state)
}

proptest! {
    #[test]
    fn an_index_finds_every_rule_that_matches(
        rules in prop::collection::vec((request_match(), 0..4_usize), 9..30),
        host in prop_oneof![Just("a.example"), Just("b.a.example"), Just("c.b.a.example"), Just("other"), Just("10.0.0.1")],
        path in "|/(a|b|B|ab|a%2fb|a;b|%2e%2e|/|\\.\\.|%e2%84%aa){0,3}(/(a|b|A|ab|%C5%BF)?){0,3}",
    ) {
        let name = |index: usize| format!("r{index}");
        let path_rules: Vec<_> = rules.iter().enumerate().map(|(index, (matcher, kind))| {
            let mode = if *kind == 3 { "shadow" } else { "enforce" };
            let action = if *kind == 0 { "deny" } else { "allow" };
            json!({"name": name(index), "mode": mode, "match": matcher, "action": action})
        }).collect();
        let header_rules: Vec<_> = rules.iter().enumerate().map(|(index, (matcher, _))| {
            json!({"name": name(index), "match": matcher, "request": {"add": [{"name": "x-rule", "value": name(index)}]}})
        }).collect();
        let token_rules: Vec<_> = rules.iter().enumerate().map(|(index, (matcher, kind))| {
            let require = if *kind == 0 { json!({"provider": "p"}) } else { json!("none") };
            json!({"name": name(index), "match": matcher, "require": require})
        }).collect();
        let policy = json!({
            "path": {"default": "deny", "rules": path_rules},
            "header": {"rules": header_rules},
        });
        let stage = load::<Ringfence>(policy.to_string().as_bytes()).unwrap();
        prop_assert_eq!(outcome_of::<_, NoTrace>(&stage, host, &path), outcome_of::<_, Vec<Step>>(&stage, host, &path));
        let keys = json!({"keys": [{"kty": "oct", "k": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"}]});
        let policy = json!({
            "providers": {"p": {"issuer": "i", "algorithms": ["HS256"], "jwks": {"inline": keys}}},
            "rules": token_rules,
        });
        let stage = load::<TokenStage>(policy.to_string().as_bytes()).unwrap();
        prop_assert_eq!(outcome_of::<_, NoTrace>(&stage, host, &path), outcome_of::<_, Vec<Step>>(&stage, host, &path));
    }
}

/// Returns true if a policy allows a request.
fn allows(policy: &serde_json::Value, path: &str) -> bool {
    let stage = load::<Ringfence>(policy.to_string().as_bytes()).unwrap();
    outcome_of::<_, NoTrace>(&stage, "a.example", path).starts_with("None")
}

proptest! {
    #[test]
    fn a_denial_does_not_depend_on_the_last_slash(pattern in path_pattern(), path in "(/(a|b|A|ab|k|B)){1,3}") {
        let policy = json!({"path": {"default": "allow", "rules": [
            {"name": "denied", "match": {"paths": [pattern]}, "action": "deny"}
        ]}});
        prop_assert_eq!(allows(&policy, &path), allows(&policy, &format!("{path}/")));
    }

    #[test]
    fn a_match_that_restricts_counts_more_and_one_that_grants_less(matcher in request_match(), path in "(/(a|b|A|k|B|%C5%BF)?){1,4}") {
        for (action, default) in [("deny", "allow"), ("allow", "deny")] {
            let policy = |last_slash: &str| json!({"path": {
                "normalize": {"trailingSlash": last_slash}, "default": default,
                "rules": [{"name": "rule", "match": matcher, "action": action}],
            }});
            prop_assert!(allows(&policy("keep"), &path) || !allows(&policy("denials"), &path));
        }
    }
}

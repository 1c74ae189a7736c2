//! Properties of headers: how edits are written, and how names and lists are read.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "tests")]

use policy::decision::NoTrace;
use policy::http::{Change, Connection, Headers, is_spelling};
use policy::stages::{HeaderStage, Ringfence, Stage};
use policy::{Outcome, decide, load};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

type Line = (Vec<u8>, Vec<u8>);

const NAMES: [&str; 7] = ["x-a", "x_a", "x.a", "x-b", "x_b", "content-length", "y"];

fn name() -> impl Strategy<Value = String> {
    select(&NAMES[..]).prop_map(str::to_owned)
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let value = select(vec!["1", "2", " 2", "3,4", "admin", "user, admin", ""]);
    vec((name(), value), 0..10).prop_map(|lines| {
        let pseudo = [(b":method".to_vec(), b"GET".to_vec()), (b":path".to_vec(), b"/".to_vec())];
        let lines = lines.into_iter().map(|(name, value)| (name.into_bytes(), value.as_bytes().to_vec()));
        pseudo.into_iter().chain(lines).collect()
    })
}

#[derive(Debug, Clone)]
enum Edit {
    Set(String),
    SetPath,
    Add(String),
    Remove(String),
    RemoveSpellings(String),
    RemoveReceived(String),
    Retain(String),
    Rename(String, String),
    Rewrite(String),
    RewriteSpellings(String),
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        name().prop_map(Edit::Set),
        Just(Edit::SetPath),
        name().prop_map(Edit::Add),
        name().prop_map(Edit::Remove),
        name().prop_map(Edit::RemoveSpellings),
        name().prop_map(Edit::RemoveReceived),
        name().prop_map(Edit::Retain),
        (name(), name()).prop_map(|(from, to)| Edit::Rename(from, to)),
        name().prop_map(Edit::Rewrite),
        name().prop_map(Edit::RewriteSpellings),
    ]
}

fn apply(edit: &Edit, headers: &mut Headers<'_>) {
    let appended = |value: &[u8]| value.contains(&b'2').then(|| [value, b"!"].concat());
    match edit {
        Edit::Set(name) => headers.set(name, b"set"),
        Edit::SetPath => headers.set(":path", b"/new"),
        Edit::Add(name) => headers.add(name, b"added"),
        Edit::Remove(name) => headers.remove(|found| found == name.as_bytes()),
        Edit::RemoveSpellings(name) => headers.remove(|found| is_spelling(found, name)),
        Edit::RemoveReceived(name) => headers.remove_received(|found| is_spelling(found, name)),
        Edit::Retain(name) => headers.retain_values(|found| found == name.as_bytes(), |value| value != b"2"),
        Edit::Rename(from, to) => headers.rename(from, to),
        Edit::Rewrite(name) => headers.rewrite(|found| found == name.as_bytes(), appended),
        Edit::RewriteSpellings(name) => headers.rewrite(|found| is_spelling(found, name), appended),
    }
}

/// Applies a change as Envoy does: a new line is written at the end, a pseudo-header before the other headers.
fn write(change: &Change, lines: &mut Vec<Line>) {
    let (Change::Set(name, _) | Change::Add(name, _) | Change::Remove(name)) = change;
    if !matches!(change, Change::Add(..)) {
        lines.retain(|line| line.0 != *name);
    }
    if let Change::Set(name, value) | Change::Add(name, value) = change {
        let pseudo = lines.iter().filter(|line| line.0.starts_with(b":")).count();
        let place = if name.starts_with(b":") { pseudo } else { lines.len() };
        lines.insert(place, (name.clone(), value.clone()));
    }
}

fn borrowed(lines: &[Line]) -> impl Iterator<Item = (&[u8], &[u8])> + Clone {
    lines.iter().map(|(name, value)| (&name[..], &value[..]))
}

fn owned(headers: &Headers<'_>) -> Vec<Line> {
    headers.lines().map(|(name, value)| (name.to_vec(), value.to_vec())).collect()
}

/// Returns the reason of the denial, or the lines that the upstream receives.
fn decided(stage: &HeaderStage, lines: &[Line]) -> Result<Vec<Line>, &'static str> {
    let authority: (&[u8], &[u8]) = (b":authority", b"a");
    let lines = borrowed(lines).chain([authority]);
    let outcome: Outcome<'_, HeaderStage, NoTrace> = decide(stage, lines, Connection::default(), 0);
    match outcome.answer {
        Some(answer) => Err(answer.reason.name()),
        None => Ok(owned(&outcome.request.unwrap().headers)),
    }
}

fn stage(policy: serde_json::Value) -> HeaderStage {
    load(policy.to_string().as_bytes()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changes_one_by_one_are_the_lines_at_once(lines in lines(), edits in vec(edit(), 0..6)) {
        let mut headers = Headers::new(borrowed(&lines));
        for edit in &edits {
            apply(edit, &mut headers);
        }
        let mut written = lines.clone();
        for change in headers.changes() {
            write(change, &mut written);
        }
        prop_assert_eq!(written, owned(&headers));
    }

    #[test]
    fn no_client_sets_a_header_of_the_policy(lines in lines()) {
        let rules = json!([{"name": "own", "request": {
            "rename": [{"from": "y", "to": "x-b"}], "set": [{"name": "x-a", "value": "own"}]}}]);
        let upstream = decided(&stage(json!({"rules": rules})), &lines).unwrap();
        let values = |name: &str, lines: &[Line]| -> Vec<Vec<u8>> {
            lines.iter().filter(|line| is_spelling(&line.0, name)).map(|line| line.1.clone()).collect()
        };
        prop_assert_eq!(values("x-a", &upstream), [b"own".to_vec()]);
        prop_assert_eq!(values("x-b", &upstream), values("y", &lines));
    }

    #[test]
    fn a_list_in_one_line_is_forbidden_as_several_lines_are(items in vec("(admin|user|\"a,b\"| x ){1,2}", 1..5)) {
        let stage = stage(json!({"rules": [{"name": "role", "forbid": [
            {"name": "x-role", "exact": "admin"}, {"name": "x-role", "exact": "\"a,b\""}]}]}));
        let start = [(b":method".to_vec(), b"GET".to_vec()), (b":path".to_vec(), b"/".to_vec())];
        let line = |value: &str| (b"x-role".to_vec(), value.as_bytes().to_vec());
        let several: Vec<_> = start.iter().cloned().chain(items.iter().map(|item| line(item))).collect();
        let one: Vec<_> = start.into_iter().chain([line(&items.join(", "))]).collect();
        prop_assert_eq!(decided(&stage, &one).is_err(), decided(&stage, &several).is_err());
    }

    #[test]
    fn names_by_class_forbid_and_remove_every_spelling(lines in lines()) {
        let policy = |action: serde_json::Value| {
            let mut rule = action;
            rule["name"] = "role".into();
            stage(json!({"names": "equivalent", "rules": [rule]}))
        };
        let has = |name: &str, value: Option<&[u8]>| {
            lines.iter().any(|line| {
                is_spelling(&line.0, name) && value.is_none_or(|value| line.1.trim_ascii() == value)
            })
        };
        let forbids = policy(json!({"forbid": [{"name": "x-a", "exact": "2"}]}));
        prop_assert_eq!(decided(&forbids, &lines).is_err(), has("x-a", Some(b"2")));
        let removes = policy(json!({"request": {"remove": ["x-a", "content_*"]}}));
        let upstream = decided(&removes, &lines).unwrap();
        prop_assert!(!upstream.iter().any(|line| is_spelling(&line.0, "x-a")));
        let lengths = |lines: &[Line]| lines.iter().filter(|line| line.0 == b"content-length").count();
        prop_assert_eq!(lengths(&upstream), lengths(&lines));
    }
}

#[test]
fn every_filter_forwards_the_host_and_one_of_them_writes_it() {
    let rule = json!({"name": "own", "match": {"hosts": ["a.example"]}});
    let mut denies = rule.clone();
    denies["action"] = "deny".into();
    let policy = json!({
        "vhost": {"hosts": [{"name": "b", "domains": ["b.example"]}]},
        "path": {"default": "allow", "rules": [denies]},
        "header": {"rules": [rule]},
    });
    let stage: Ringfence = load(policy.to_string().as_bytes()).unwrap();
    for (host, expected) in
        [("B.Example.", Some("b.example")), ("B.Example:80", Some("b.example:80")), ("b.example:80", None)]
    {
        for name in [":authority", "host"] {
            let lines = [(":method", "GET"), (name, host), (":path", "/")];
            let lines = lines.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
            let outcome: Outcome<'_, Ringfence, NoTrace> = decide(&stage, lines, Connection::default(), 0);
            let set = |host: &str| Change::Set(b":authority".to_vec(), host.as_bytes().to_vec());
            let changes: Vec<Change> = expected.map(set).into_iter().collect();
            assert_eq!(outcome.request.unwrap().headers.changes(), changes, "{name}: {host}");
        }
    }
}

#[test]
fn the_preset_replaces_empty_security_headers() {
    let stage = stage(json!({"presets": ["securityResponse"]}));
    let lines: [(&[u8], &[u8]); 5] = [
        (b":status", b"200"),
        (b"x-frame-options", b""),
        (b"referrer-policy", b" "),
        (b"referrer-policy", b""),
        (b"strict-transport-security", b"max-age=0"),
    ];
    let mut headers = Headers::new(lines);
    stage.on_response(&Vec::new(), &mut headers);
    let values = |name| headers.values(name).map(|value| str::from_utf8(value).unwrap()).collect::<Vec<_>>();
    assert_eq!(values("x-frame-options"), ["deny"]);
    assert_eq!(values("referrer-policy"), ["no-referrer"]);
    // The way in which an upstream turns it off (RFC 6797, section 6.1.1).
    assert_eq!(values("strict-transport-security"), ["max-age=0"]);
}

#[test]
fn trailers_that_the_policy_judges_are_removed() {
    let policy = json!({
        "path": {
            "default": "allow",
            "rules": [{"name": "debug", "match": {"headers": [{"name": "x-path", "present": true}]}, "action": "deny"}],
        },
        "token": {
            "providers": {"p": {
                "issuer": "i", "algorithms": ["HS256"],
                "jwks": {"inline": {"keys": [{"kty": "oct", "k": "cmVwbGFjZS10aGlzLWJ5LTMyLXJhbmRvbS1ieXRlcyE"}]}},
                "claimToHeaders": [{"claim": "sub", "header": "x-user"}],
                "payloadHeader": "x-payload",
            }},
            "rules": [{"name": "all", "require": {"provider": "p"}}],
        },
        "header": {
            "underscores": "remove", "presets": ["edgeSanitize"],
            "rules": [
                {"name": "rules", "match": {"headers": [{"name": "x-matched", "present": false}]},
                 "require": [{"name": "x-needed", "present": true}],
                 "forbid": [{"name": "x-admin", "present": true}], "single": ["x-single", "host"],
                 "request": {"remove": ["x-gone", "x-internal-*", "x-in*", "x_out_*"], "rename": [{"from": "x-from", "to": "x-to"}],
                     "rewrite": [{"name": "x-new", "regex": "a", "substitution": "b"}],
                     "set": [{"name": "x-set", "value": "1"}], "add": [{"name": "x-added", "value": "1"}]}},
                {"name": "shadow", "mode": "shadow", "forbid": [{"name": "x-shadow", "present": true}],
                 "single": ["x-shadow"], "request": {"remove": ["x-shadow-*"], "set": [{"name": "x-shadow", "value": "1"}]}},
            ],
        },
    });
    let stage: Ringfence = load(policy.to_string().as_bytes()).unwrap();
    for removed in [
        "host",
        "Host",
        ":path",
        "te",
        "content_length",
        "transfer-encoding",
        "authorization",
        "x-user",
        "X.User",
        "x-payload",
        "a_b",
        "x-forwarded-host",
        "x-envoy-original-path",
        "x-needed",
        "x-admin",
        "x-single",
        "x-gone",
        "x-internal-a",
        "X_Internal",
        "x-out-a",
        "x-from",
        "x-to",
        "x-new",
        "x-set",
        "x-added",
        "x-matched",
        "x-path",
        "X.Original_URL",
    ] {
        assert!(stage.removes_trailer(removed.as_bytes()), "{removed}");
    }
    for kept in ["grpc-status", "x-other", "x-shadow", "checksum", "x-userx", "x-i", "x-shadow-a", "x-out"] {
        assert!(!stage.removes_trailer(kept.as_bytes()), "{kept}");
    }
    let off: Ringfence =
        load(policy.to_string().replace(r#""rules":"#, r#""mode":"shadow","rules":"#).as_bytes()).unwrap();
    assert!(
        !off.removes_trailer(b"host") && !off.removes_trailer(b"x-admin") && !off.removes_trailer(b"x-user")
    );
}

//! Properties of rewrites and redirects: no reading of the new path leaves what the replacement can make.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use policy::decision::NoTrace;
use policy::http::{Connection, Normalize, PathLimits, RequestPath};
use policy::stages::PathStage;
use policy::{Outcome, decide, load};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A replacement of the paths under `/v`, and what every reading of a new path must be.
#[derive(Debug, Clone)]
struct Replacement {
    paths: Value,
    fields: Value,
    holds: fn(&str) -> bool,
}

/// Returns the segments under `/new`, or `None` if the path is not under it.
fn under_new(path: &str) -> Option<Vec<&str>> {
    let rest = path.strip_prefix("/new")?;
    match rest.strip_prefix('/') {
        Some(rest) => Some(rest.split('/').collect()),
        None => rest.is_empty().then(Vec::new),
    }
}

fn replacement() -> impl Strategy<Value = Replacement> {
    fn is_new(path: &str) -> bool {
        under_new(path).is_some()
    }
    fn is_user(path: &str) -> bool {
        under_new(path).is_some_and(|segments| segments.len() == 2 && segments[1] == "user")
    }
    fn is_pair(path: &str) -> bool {
        under_new(path).is_some_and(|segments| segments.len() == 2)
    }
    fn is_without_dashes(path: &str) -> bool {
        path.starts_with("/v") && !path.contains('-')
    }
    fn is_without_letters(path: &str) -> bool {
        path.starts_with("/v") && !path.contains(['e', '7'])
    }
    let template = |text: &str| json!([{"template": text}]);
    let prefix = || json!([{"prefix": "/v"}]);
    let regex = |regex: &str, to: &str| json!({"regex": regex, "substitution": to});
    prop::sample::select(vec![
        Replacement { paths: prefix(), fields: json!({"prefix": "/new"}), holds: is_new },
        Replacement {
            paths: json!([{"prefix": "/v/w"}, {"prefix": "/v"}]),
            fields: json!({"prefix": "/new/"}),
            holds: is_new,
        },
        Replacement { paths: prefix(), fields: json!({"path": "/new"}), holds: |path| path == "/new" },
        Replacement { paths: template("/v/{a}"), fields: json!({"path": "/new/{a}/user"}), holds: is_user },
        Replacement {
            paths: template("/v/{a}/**"),
            fields: json!({"path": "/new/{a}/user"}),
            holds: is_user,
        },
        Replacement {
            paths: template("/v/{a}/{b}/**"),
            fields: json!({"path": "/new/{b}/{a}"}),
            holds: is_pair,
        },
        Replacement {
            paths: template("/v/{a}/**"),
            fields: json!({"path": "/new/{a}-{a}/user"}),
            holds: is_user,
        },
        Replacement { paths: prefix(), fields: regex("^/v(/|$)", "/new/"), holds: is_new },
        Replacement { paths: prefix(), fields: regex("-", ""), holds: is_without_dashes },
        Replacement { paths: prefix(), fields: regex("e|7|-", "."), holds: is_without_letters },
        Replacement {
            paths: template("/v/{a}/**"),
            fields: regex("^/v/([^/]*).*", r"/new/\1/user"),
            holds: is_user,
        },
    ])
}

/// Paths under `/v`, most of them, with spellings that servers read differently.
fn path() -> impl Strategy<Value = String> {
    let pieces = [
        "/", "/", "/", "//", ".", "..", "/..", "/..%2f", "%2F", "%5c", "\\", ";", ";x=1", "%3b", "%252f",
        "%252e", "%25252e", "%3f", "%23", "%253f", "a", "-", ".-.", "%2d", "e", "7", "v", "/v/", "/v/w/",
        "%2fv%2f", "new",
    ];
    let start = prop::sample::select(vec!["/v/", "/v/", "/v/a/", "/v/w/", "/v", "/x/../v/"]);
    (start, prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..8))
        .prop_map(|(start, pieces)| start.to_owned() + &pieces.concat())
}

fn readings(path: &str) -> Vec<String> {
    let path = RequestPath::parse(path.as_bytes(), b"GET", &Normalize::default(), &PathLimits::default());
    path.unwrap().readings().map(str::to_owned).collect()
}

/// Returns the new path of a request, if it is not denied.
fn new_path(action: &str, replacement: &Replacement, path: &str) -> Option<String> {
    let rule = json!({"name": "r", "match": {"paths": replacement.paths}, "action": action, action: replacement.fields});
    let policy = json!({"default": "deny", "rules": [rule]});
    let stage: PathStage = load(policy.to_string().as_bytes()).unwrap();
    let lines: [(&[u8], &[u8]); 3] =
        [(b":method", b"GET"), (b":authority", b"a"), (b":path", path.as_bytes())];
    let outcome: Outcome<'_, PathStage, NoTrace> =
        decide(&stage, lines.into_iter(), Connection::default(), 0);
    let target = match outcome.answer {
        Some(answer) => {
            let mut headers = answer.reply.headers.into_iter();
            headers.find(|(name, _)| name == "location").map(|(_, value)| value)
        }
        None => {
            outcome.request.and_then(|request| request.headers.values(":path").next().map(<[u8]>::to_vec))
        }
    };
    target.map(|target| String::from_utf8(target).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_reading_of_a_new_path_is_one_that_the_replacement_makes(
        replacement in replacement(),
        path in path(),
        action in prop::sample::select(vec!["rewrite", "redirect"]),
    ) {
        if let Some(new) = new_path(action, &replacement, &path) {
            for reading in readings(&new) {
                prop_assert!((replacement.holds)(&reading), "{} of {}", reading, new);
            }
        }
    }
}

#[test]
fn a_new_path_that_servers_read_in_different_ways_is_rejected() {
    let problems = |action: &str, normalize: Value, fields: Value| {
        let rule =
            json!({"name": "r", "match": {"paths": [{"prefix": "/v"}]}, "action": action, action: fields});
        let policy = json!({"normalize": normalize, "default": "deny", "rules": [rule]});
        match load::<PathStage>(policy.to_string().as_bytes()) {
            Ok(_) => Vec::new(),
            Err(problems) => problems.iter().map(ToString::to_string).collect(),
        }
    };
    for action in ["rewrite", "redirect"] {
        for path in ["/a;v=1", "/a%2Fb", "/a//b", "/a\\b", "/a%3Fb", "/a%2541"] {
            for field in ["path", "prefix"] {
                let expected = format!(
                    "replacement at rules[0].{action}: servers read the new path in different ways; write a path without \
                     escapes, `;`, `\\` and `//`, or set `normalize` to `keep` the spelling"
                );
                assert_eq!(problems(action, json!({}), json!({field: path})), [expected], "{path}");
            }
        }
        assert!(problems(action, json!({}), json!({"path": "/a:b@c/d%20e=1"})).is_empty());
        assert!(problems(action, json!({"escapedSlashes": "keep"}), json!({"prefix": "/a%2Fb"})).is_empty());
    }
}

//! The VM survives hostile requests.

use crate::envoy_with;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::thread;
use testkit::envoy::Envoy;
use testkit::http::{Request, http1, http2};

const POLICY: &str = r#"{
    "vhost": {"unknownHost": "allow", "sni": "match", "hosts": [
        {"name": "shop", "domains": ["shop.example.com", "*.example.com"], "methods": ["GET", "POST"], "ports": [80]}]},
    "path": {"default": "allow", "rules": [
        {"name": "admin", "match": {"paths": [{"prefix": "/admin"}, {"regex": "/[a-z]+/.*x"}], "query": [{"name": "q", "contains": "x"}]}, "action": "deny"},
        {"name": "user", "match": {"paths": [{"template": "/u/{id}"}]}, "action": "rewrite", "rewrite": {"path": "/i/{id}"}},
        {"name": "old", "match": {"paths": [{"prefix": "/o"}]}, "action": "redirect", "redirect": {"regex": "o(.*)", "substitution": "n\\1"}}]},
    "header": {"underscores": "remove", "presets": ["edgeSanitize", "securityResponse"], "rules": [
        {"name": "edit", "forbid": [{"name": "x-role", "exact": "admin"}], "single": ["host", "x-a"],
         "request": {"remove": ["x-b*"], "rename": [{"from": "x-c", "to": "x-d"}], "rewrite": [{"name": "x-e", "regex": "(.)", "substitution": "\\1\\1"}], "set": [{"name": "x-f", "value": "1"}]}}]}
}"#;

const PATHS: [&[u8]; 20] = [
    b"/", b"//", b"..", b"%2e", b"%2F", b"%5c", b"\\", b";", b"%25", b"%252e", b"%", b"%c0%af", b"?", b"#",
    b"\xff", b"admin", b"/u/x", b"/o/x", b"%00", b"q=x",
];
const HOSTS: [&[u8]; 14] = [
    b"shop.example.com",
    b".",
    b":",
    b"80",
    b"[",
    b"]",
    b"::1",
    b"@",
    b",",
    b"%",
    b" ",
    b"\xc3\xa9",
    b"a",
    b"127.0.0.1",
];
const NAMES: [&[u8]; 8] = [b"x-role", b"x-a", b"x-b1", b"x-c", b"x-e", b"x_f", b"content-type", b"x-envoy-x"];
const VALUES: [&[u8]; 8] = [b"admin", b" ", b"\t", b"\xff\xfe", b"\x80", b",", b"application/grpc", b""];

const METHODS: [&[u8]; 6] = [b"GET", b"POST", b"OPTIONS", b"CONNECT", b"get", b"\xff"];

/// Returns text of pieces that filters treat specially, and of arbitrary bytes.
fn text(pieces: &'static [&'static [u8]], most: usize) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        39 => select(pieces).prop_map(<[u8]>::to_vec),
        1 => any::<u8>().prop_map(|byte| vec![byte]),
    ];
    vec(piece, 0..most).prop_map(|pieces| {
        let mut text = pieces.concat();
        text.retain(|byte| !matches!(byte, b'\r' | b'\n'));
        text
    })
}

fn hostile() -> impl Strategy<Value = Request> {
    let after = |start: &'static [u8], text: Vec<u8>| Some([start, &text].concat());
    let method = prop_oneof![7 => select(&METHODS[..2]), 1 => select(&METHODS[..])];
    let target = prop_oneof![
        1 => Just(None),
        1 => Just(Some(b"*".to_vec())),
        1 => text(&PATHS, 6).prop_map(move |path| after(b"http://x/", path)),
        21 => text(&PATHS, 10).prop_map(move |path| after(b"/", path)),
    ];
    let authority = prop_oneof![
        1 => text(&HOSTS, 5).prop_map(Some),
        1 => Just(None),
        6 => Just(Some(b"shop.example.com".to_vec())),
    ];
    let line = (select(&NAMES[..]), text(&VALUES, 5)).prop_map(|(name, value)| (name.to_vec(), value));
    (method, target, authority, vec(line, 0..6)).prop_map(|(method, target, authority, lines)| Request {
        method: method.to_vec(),
        target,
        authority,
        version: "HTTP/1.1",
        lines,
    })
}

#[test]
fn ten_thousand_hostile_requests_leave_the_vm_alive() {
    let (mut envoy, address) = envoy_with("hostile", "ringfence", POLICY, &[]).unwrap();
    let created = |envoy: &Envoy| envoy.stat("wasm.envoy.wasm.runtime.v8.created").unwrap();
    let before = created(&envoy);
    let threads: Vec<_> = (1..=4)
        .map(|seed: u8| {
            thread::spawn(move || {
                let random = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
                let mut runner = TestRunner::new_with_rng(Config::default(), random);
                let requests = hostile();
                let mut statuses = std::collections::BTreeMap::new();
                for number in 0..2500 {
                    let request = requests.new_tree(&mut runner).unwrap().current();
                    let response =
                        if number % 2 == 0 { http1(address, &request) } else { http2(address, &request) };
                    *statuses.entry(response.map_or(0, |response| response.status)).or_insert(0) += 1;
                }
                statuses
            })
        })
        .collect();
    let mut statuses = std::collections::BTreeMap::new();
    for thread in threads {
        for (status, count) in thread.join().unwrap() {
            *statuses.entry(status).or_insert(0) += count;
        }
    }
    println!("{statuses:?}");
    // A crashed VM responds with 503, an internal error of the engine with 500.
    assert_eq!((statuses.get(&503), statuses.get(&500)), (None, None));
    assert!(statuses[&200] > 100 && statuses[&400] > 100, "{statuses:?}");
    assert_eq!(http1(address, &Request::get("/clean")).unwrap().status, 200);
    assert!(envoy.process().is_running());
    let log = envoy.log();
    assert!(!log.contains("Function: proxy_on") && !log.contains("the host failed"), "{log}");
    // No VM was replaced, and enough of the requests reached the filters.
    assert_eq!(created(&envoy), before);
    let reached = |envoy: &Envoy| envoy.stat("wasmcustom.ringfence_vhost_policy_requests_total").unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while reached(&envoy) < 4000 {
        assert!(std::time::Instant::now() < deadline, "only {} reached the filters", reached(&envoy));
    }
}

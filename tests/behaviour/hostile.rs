//! Whatever a request holds, the VM survives it.

use crate::envoy_with;
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

/// Numbers that look random and are the same in every run (xorshift64*).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % below
    }

    /// Pieces that filters trip over, and bytes of any value.
    fn text(&mut self, pieces: &[&[u8]], most: usize) -> Vec<u8> {
        let mut text = Vec::new();
        for _ in 0..self.next(most) {
            match self.next(40) {
                0 => text.push(self.next(256) as u8),
                _ => text.extend_from_slice(pieces[self.next(pieces.len())]),
            }
        }
        text.retain(|byte| !matches!(byte, b'\r' | b'\n'));
        text
    }
}

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

fn hostile(numbers: &mut Numbers) -> Request {
    let methods: [&[u8]; 6] = [b"GET", b"POST", b"OPTIONS", b"CONNECT", b"get", b"\xff"];
    let method = methods[if numbers.next(8) == 0 { numbers.next(6) } else { numbers.next(2) }];
    let target = match numbers.next(24) {
        0 => None,
        1 => Some(b"*".to_vec()),
        2 => Some([b"http://x/".to_vec(), numbers.text(&PATHS, 6)].concat()),
        _ => Some([b"/".to_vec(), numbers.text(&PATHS, 10)].concat()),
    };
    let lines = (0..numbers.next(6))
        .map(|_| (NAMES[numbers.next(NAMES.len())].to_vec(), numbers.text(&VALUES, 5)))
        .collect();
    let authority = match numbers.next(8) {
        0 => Some(numbers.text(&HOSTS, 5)),
        1 => None,
        _ => Some(b"shop.example.com".to_vec()),
    };
    Request { method: method.to_vec(), target, authority, version: "HTTP/1.1", lines }
}

#[test]
fn ten_thousand_hostile_requests_leave_the_vm_alive() {
    let (mut envoy, address) = envoy_with("hostile", "ringfence", POLICY, &[]).unwrap();
    let created = |envoy: &Envoy| envoy.stat("wasm.envoy.wasm.runtime.v8.created").unwrap();
    let before = created(&envoy);
    let threads: Vec<_> = (1..=4)
        .map(|seed| {
            thread::spawn(move || {
                let mut numbers = Numbers(seed * 0x9E37_79B9);
                let mut statuses = std::collections::BTreeMap::new();
                for number in 0..2500 {
                    let request = hostile(&mut numbers);
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
    // A dead VM answers 503 to all; what the engine could not do is 500.
    assert_eq!((statuses.get(&503), statuses.get(&500)), (None, None));
    assert!(statuses[&200] > 100 && statuses[&400] > 100, "{statuses:?}");
    assert_eq!(http1(address, &Request::get("/clean")).unwrap().status, 200);
    assert!(envoy.process().is_running());
    let log = envoy.log();
    assert!(!log.contains("Function: proxy_on") && !log.contains("the host failed"), "{log}");
    // The same VM answered all of it, and enough of it reached the filters.
    assert_eq!(created(&envoy), before);
    let reached = |envoy: &Envoy| envoy.stat("wasmcustom.ringfence_vhost_policy_requests_total").unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while reached(&envoy) < 4000 {
        assert!(std::time::Instant::now() < deadline, "only {} reached the filters", reached(&envoy));
    }
}

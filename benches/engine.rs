//! Benchmarks of the engine in native code, without Envoy and without a VM.
#![allow(clippy::unwrap_used, missing_docs, reason = "benchmarks")]

use criterion::{Criterion, criterion_group, criterion_main};
use policy::decision::NoTrace;
use policy::http::Connection;
use policy::stages::PathStage;
use policy::{Outcome, decide, load};
use serde_json::json;
use std::hint::black_box;

/// Returns a policy with this many rules, each for a different path.
fn policy(rules: usize) -> String {
    let rule = |n: usize| json!({"name": format!("r{n}"), "match": {"paths": [{"prefix": format!("/area/{n}")}]}, "action": "allow"});
    let rules: Vec<_> = (0..rules).map(rule).collect();
    json!({"default": "deny", "rules": rules}).to_string()
}

fn decisions(criterion: &mut Criterion) {
    for rules in [10, 10_000] {
        let text = policy(rules);
        let stage: PathStage = load(text.as_bytes()).unwrap();
        for path in ["/area/9/x?page=2", "/area/..%2farea/9;v=1/x"] {
            let lines: [(&[u8], &[u8]); 3] =
                [(b":method", b"GET"), (b":authority", b"shop.example.com"), (b":path", path.as_bytes())];
            criterion.bench_function(&format!("{rules} rules, {path}"), |bencher| {
                bencher.iter(|| {
                    let lines = black_box(lines).into_iter();
                    let outcome: Outcome<'_, _, NoTrace> = decide(&stage, lines, Connection::default(), 0);
                    outcome.answer.is_none()
                });
            });
        }
        criterion.bench_function(&format!("load {rules} rules"), |bencher| {
            bencher.iter(|| load::<PathStage>(black_box(text.as_bytes())).unwrap());
        });
    }
}

criterion_group!(benches, decisions);
criterion_main!(benches);

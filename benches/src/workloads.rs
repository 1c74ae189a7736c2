//! The workloads.

use crate::expressions;
use crate::policies;
use crate::tokens::Issuer;
use crate::variants::{
    self, CHAIN, FLOOR, HEADER, NATIVE, NATIVE_CACHED, NONE, PATH, RINGFENCE, TOKEN, Variant,
};
use anyhow::Result;
use std::path::Path;
use std::sync::Arc;
use testkit::bootstrap::wasm;

/// A workload: requests, and the variants that handle them.
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    pub(crate) requests: Arc<Vec<Vec<u8>>>,
    /// The status if the policies deny the requests; `None` if they allow them.
    pub(crate) denied: Option<u16>,
    pub(crate) variants: Vec<Variant>,
}

impl Workload {
    /// Adds each variant a second time, with the modules of another build.
    pub(crate) fn add_baselines(&mut self, folder: &Path) {
        let variants = std::mem::take(&mut self.variants).into_iter();
        self.variants = variants.flat_map(|now| [now.baseline(folder), Some(now)]).flatten().collect();
    }
}

/// The number of tokens of W2, more than any cache holds.
const NEW_TOKENS: usize = 20_000;

pub(crate) fn all() -> Result<Vec<Workload>> {
    let issuer = Issuer::new()?;
    let jwks = issuer.jwks();
    let (plain, on_response) = (policies::few(&jwks, false), policies::few(&jwks, true));
    let token = issuer.token(0);
    let repeated = Arc::new(vec![request("/products/42?page=2", &token)]);
    let new = (1..=NEW_TOKENS).map(|number| request("/products/42?page=2", &issuer.token(number)));
    let new = Arc::new(new.collect::<Vec<_>>());
    let denied = Arc::new(vec![request("/nowhere", &token)]);
    let with_token = [NONE, FLOOR, TOKEN, RINGFENCE, NATIVE, NATIVE_CACHED];
    let when_denied = [NONE, PATH, RINGFENCE, CHAIN, NATIVE];
    let plain_path = Arc::new(vec![request(&expressions::plain(), &token)]);
    let ambiguous_path = Arc::new(vec![request(&expressions::ambiguous(), &token)]);
    let with_response = [NONE, FLOOR, HEADER, RINGFENCE, CHAIN];
    let workload = |name, what, requests: &Arc<_>, variants| Workload {
        name,
        what,
        requests: Arc::clone(requests),
        denied: None,
        variants,
    };
    Ok(vec![
        workload(
            "W1",
            "20 rules per filter, 15 headers, the same RS256 token in every request",
            &repeated,
            variants::all(&plain, &jwks)?,
        ),
        workload(
            "W2",
            "W1 with a new token in every request",
            &new,
            variants::some(&with_token, &plain, &jwks)?,
        ),
        workload("W3", "10, 100, 1,000 and 10,000 rules on hosts and paths", &repeated, growing()?),
        Workload {
            denied: Some(403),
            ..workload(
                "W4",
                "W1, denied by the path policy",
                &denied,
                variants::some(&when_denied, &plain, &jwks)?,
            )
        },
        workload(
            "W5",
            "W1 with response headers",
            &repeated,
            variants::some(&with_response, &on_response, &jwks)?,
        ),
        workload(
            "W6",
            "a path of 8,000 bytes, and regular expressions that deny",
            &plain_path,
            expressions::variants(&[20, 100])?,
        ),
        workload(
            "W6-readings",
            "the same with a path that has several readings of its length",
            &ambiguous_path,
            expressions::variants(&[20])?,
        ),
    ])
}

/// Returns variants with a growing number of rules.
fn growing() -> Result<Vec<Variant>> {
    let mut variants = vec![Variant::new(NONE, Vec::new())];
    for (name, rules) in
        [("10 rules", 10), ("100 rules", 100), ("1,000 rules", 1000), ("10,000 rules", 10_000)]
    {
        variants.push(Variant::new(name, vec![wasm("ringfence", &policies::many(rules).to_string())?]));
    }
    Ok(variants)
}

/// Returns a request with fifteen headers, as browsers and meshes send them.
fn request(target: &str, token: &str) -> Vec<u8> {
    let lines = [
        format!("GET {target} HTTP/1.1"),
        "host: shop.example.com".to_owned(),
        format!("authorization: Bearer {token}"),
        "user-agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)".to_owned(),
        "accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8".to_owned(),
        "accept-language: en-GB,en;q=0.5".to_owned(),
        "accept-encoding: gzip, deflate, br".to_owned(),
        "cache-control: no-cache".to_owned(),
        "cookie: theme=dark; region=eu; basket=7f3a9c".to_owned(),
        "referer: https://shop.example.com/products".to_owned(),
        "sec-fetch-mode: navigate".to_owned(),
        "sec-fetch-site: same-origin".to_owned(),
        "x-request-id: 6f1ed002-ab5a-4c1b-9b4b-7a4d3f1f0d11".to_owned(),
        "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned(),
        "x-client: web".to_owned(),
        "x-session: 5e0b2f".to_owned(),
    ];
    format!("{}\r\n\r\n", lines.join("\r\n")).into_bytes()
}

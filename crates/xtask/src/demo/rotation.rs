//! The second part of the demo: an issuer rotates its keys and becomes unavailable while requests run.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use testkit::bootstrap::{Listener, add_cluster, bootstrap, wasm};
use testkit::case::parse_details;
use testkit::envoy::Envoy;
use testkit::http::{Request, http1};
use testkit::issuer::Issuer;
use testkit::key_server::{Answer, KeyServer};
use testkit::upstream;

const ISSUER: &str = "https://issuer.example/";

const POLICY: &str = r#"{
    "providers": {"shop": {
        "issuer": "https://issuer.example/", "algorithms": ["ES256"],
        "jwks": {"remote": {"cluster": "issuer", "uri": "http://issuer.example/jwks.json", "cacheDuration": "3s", "cooldownDuration": "1s"}}
    }},
    "rules": [{"name": "all", "require": {"provider": "shop"}}]
}"#;

/// The interval of rotations, slightly longer than `cooldownDuration`.
const BETWEEN_KEYS: Duration = Duration::from_millis(1100);

/// An issuer, its key server, and an Envoy that accepts its tokens.
struct World {
    issuer: Arc<Issuer>,
    server: KeyServer,
    envoy: Envoy,
    address: SocketAddr,
}

/// Runs the requests and prints the results.
pub(super) fn run() -> Result<()> {
    let world = World::start()?;
    println!("\n{}", columns("the issuer", "a request with", "status", "denied by"));
    let first = world.token();
    world.row("has one key", "its token", &first, 200)?;
    world.issuer.rotate();
    let second = world.token();
    world.row("signs with a second key", "the first token of the second key", &second, 200)?;
    world.row("still serves the first key", "the token of the first key", &first, 200)?;
    std::thread::sleep(BETWEEN_KEYS);
    world.issuer.rotate();
    let third = world.token();
    world.row("replaces the first key with a third", "the first token of the third key", &third, 200)?;
    world.row("", "the token of the first key, now removed", &first, 401)?;
    let other = Issuer::new(ISSUER).token(&json!({}));
    world.row("", "a token of a key that the issuer never had", &other, 401)?;
    let under_load = world.under_load()?;
    println!(
        "{under_load} requests during five rotations and an outage longer than the cache duration: all 200."
    );
    Ok(())
}

impl World {
    fn start() -> Result<Self> {
        let issuer = Arc::new(Issuer::new(ISSUER));
        let server = KeyServer::start(&issuer, 0).context("cannot start the key server")?;
        let listener = Listener::new("keys", vec![wasm("token-validation", POLICY)?], upstream::start(0)?);
        let mut bootstrap = bootstrap(&[listener]);
        add_cluster(&mut bootstrap, "issuer", server.address);
        let envoy = Envoy::start("rotation", &bootstrap, &[])?;
        let address = envoy.listener("keys")?;
        Ok(Self { issuer, server, envoy, address })
    }

    fn token(&self) -> String {
        self.issuer.token(&json!({"sub": "kim"}))
    }

    fn send(&self, token: &str) -> Result<(u16, String)> {
        let request = Request::get("/").with("authorization", &format!("Bearer {token}"));
        let response = http1(self.address, &request)?;
        Ok((response.status, response.text("x-details")))
    }

    fn row(&self, issuer: &str, request: &str, token: &str, expected: u16) -> Result<()> {
        let (status, details) = self.send(token)?;
        println!("{}", columns(issuer, request, &status.to_string(), &denial(&details)));
        ensure!(status == expected, "expected {expected}; Envoy's log:\n{}", self.envoy.log());
        Ok(())
    }

    /// Sends requests while the keys rotate and the issuer is unavailable. Returns the number of requests.
    fn under_load(&self) -> Result<usize> {
        let ended = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let load = [(); 4].map(|()| scope.spawn(|| self.send_until(&ended)));
            let rotated = self.rotate();
            ended.store(true, Ordering::SeqCst);
            let sent = load.map(|thread| thread.join().map_err(|_| anyhow::anyhow!("a client panicked"))?);
            let sent: Result<usize> = sent.into_iter().sum();
            rotated.and(sent)
        })
    }

    fn send_until(&self, ended: &AtomicBool) -> Result<usize> {
        let mut sent = 0;
        while !ended.load(Ordering::SeqCst) {
            let (status, details) = self.send(&self.token())?;
            ensure!(status == 200, "a request with a valid token was denied: {status} {details}");
            sent += 1;
        }
        Ok(sent)
    }

    fn rotate(&self) -> Result<()> {
        for _ in 0..5 {
            std::thread::sleep(BETWEEN_KEYS);
            self.issuer.rotate();
        }
        std::thread::sleep(BETWEEN_KEYS);
        self.server.set(Answer::Status(503));
        self.envoy
            .wait_for_stat("wasmcustom.ringfence_token_validation_jwks_fetch_failures_total", 3)
            .map(drop)
    }
}

/// Returns a line of the table.
fn columns(issuer: &str, request: &str, status: &str, denial: &str) -> String {
    format!("{issuer:36}{request:44}{status:>6}  {denial}").trim_end().to_owned()
}

/// Returns the rule and the reason of a denial, as the table of the other requests does; nothing for an allowed request.
fn denial(details: &str) -> String {
    if !details.starts_with("ringfence_") {
        return String::new();
    }
    let (rule, reason) = parse_details(details);
    rule.map_or(reason.clone(), |rule| format!("{rule}: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::{columns, denial};

    #[test]
    fn a_line_names_the_rule_that_denied_and_has_no_blanks_at_its_end() {
        let denied = denial("ringfence_token_validation_token_key{all}");
        assert_eq!(denied, "all: token_key");
        assert!(columns("", "its token", "401", &denied).ends_with("   401  all: token_key"));
        assert!(columns("has one key", "its token", "200", &denial("via_upstream")).ends_with("   200"));
    }
}

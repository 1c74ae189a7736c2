//! The demo's second part: an issuer changes its keys, and goes away, while requests run.

use anyhow::{Context, Result, bail};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use testkit::bootstrap::{Listener, add_cluster, bootstrap, wasm};
use testkit::envoy::Envoy;
use testkit::http::{Request, http1};
use testkit::issuer::Issuer;
use testkit::key_server::{Answer, KeyServer};
use testkit::upstream;

const POLICY: &str = r#"{
    "providers": {"shop": {
        "issuer": "https://issuer.example/", "algorithms": ["ES256"],
        "jwks": {"remote": {"cluster": "issuer", "uri": "http://issuer.example/jwks.json", "cacheDuration": "3s", "cooldownDuration": "1s"}}
    }},
    "rules": [{"name": "all", "require": {"provider": "shop"}}]
}"#;

/// A little more than `cooldownDuration`: an issuer that changes its key more often than that would announce it first.
const BETWEEN_KEYS: Duration = Duration::from_millis(1100);

/// An issuer, its key server, and an Envoy that takes its tokens.
struct World {
    issuer: Arc<Issuer>,
    server: KeyServer,
    envoy: Envoy,
    address: SocketAddr,
}

/// Runs it and prints what came of it.
pub(super) fn run() -> Result<()> {
    let world = World::start()?;
    println!("\n{:46}{:42}status  reason", "the issuer", "a request with");
    let first = world.token();
    world.row("has one key", "its token", &first, 200)?;
    world.issuer.rotate();
    let second = world.token();
    world.row("signs with a second key from now on", "the first token of it", &second, 200)?;
    world.row("still lists the first key", "the token of before", &first, 200)?;
    std::thread::sleep(BETWEEN_KEYS);
    world.issuer.rotate();
    world.row("drops the first key for a third", "the first token of the third", &world.token(), 200)?;
    world.row("", "the token of the first key, which was known", &first, 401)?;
    world.row(
        "",
        "a token that another signed",
        &Issuer::new("https://issuer.example/").token(&json!({})),
        401,
    )?;
    let under_load = world.under_load()?;
    println!(
        "{under_load} requests while it changed its key five times and was away for longer than keys are cached: all 200."
    );
    Ok(())
}

impl World {
    fn start() -> Result<Self> {
        let issuer = Arc::new(Issuer::new("https://issuer.example/"));
        let server = KeyServer::start(&issuer, 0).context("the key server does not start")?;
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

    fn ask(&self, token: &str) -> Result<(u16, String)> {
        let request = Request::get("/").with("authorization", &format!("Bearer {token}"));
        let answer = http1(self.address, &request)?;
        Ok((answer.status, answer.text("x-details")))
    }

    fn row(&self, issuer: &str, request: &str, token: &str, expected: u16) -> Result<()> {
        let (status, details) = self.ask(token)?;
        let reason = details.strip_prefix("ringfence_token_validation_").unwrap_or("");
        println!("{issuer:46}{request:42}{status:6}  {reason}");
        if status != expected {
            bail!("{expected} was expected; Envoy's log:\n{}", self.envoy.log());
        }
        Ok(())
    }

    /// Sends requests while the keys change and the issuer goes away; how many were sent.
    fn under_load(&self) -> Result<usize> {
        let (ended, sent) = (AtomicBool::new(false), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            let load: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        while !ended.load(Ordering::SeqCst) {
                            let (status, details) = self.ask(&self.token())?;
                            if status != 200 {
                                bail!("a request with a good token was denied: {status} {details}");
                            }
                            sent.fetch_add(1, Ordering::SeqCst);
                        }
                        Ok(())
                    })
                })
                .collect();
            let changed = self.change();
            ended.store(true, Ordering::SeqCst);
            for thread in load {
                thread.join().map_err(|_| anyhow::anyhow!("a client ended"))??;
            }
            changed
        })?;
        Ok(sent.into_inner())
    }

    fn change(&self) -> Result<()> {
        for _ in 0..5 {
            std::thread::sleep(BETWEEN_KEYS);
            self.issuer.rotate();
        }
        std::thread::sleep(BETWEEN_KEYS);
        self.server.set(Answer::Status(503));
        let failures = || self.envoy.stat("wasmcustom.ringfence_token_validation_jwks_fetch_failures_total");
        let deadline = Instant::now() + Duration::from_secs(30);
        while failures()? < 3 {
            if Instant::now() > deadline {
                bail!("the keys were not fetched anew; Envoy's log:\n{}", self.envoy.log());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }
}

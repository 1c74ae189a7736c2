//! Fetching keys: when, by which worker, and the effect on requests.

use crate::wait_for_counter;
use serde_json::{Value, json};
use std::io::{BufReader, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use testkit::bootstrap::{Listener, add_cluster, bootstrap, wasm};
use testkit::envoy::Envoy;
use testkit::http::{Request, connect, http1, read_response};
use testkit::issuer::Issuer;
use testkit::key_server::{Answer, KeyServer};
use testkit::upstream;

/// An issuer, its key server, and an Envoy that accepts its tokens.
struct World {
    issuer: Arc<Issuer>,
    server: KeyServer,
    envoy: Envoy,
    address: SocketAddr,
}

impl World {
    /// Starts them. `remote` replaces fields of `jwks.remote`; `answer` is the initial behaviour of the key server.
    fn start(name: &str, answer: Answer, remote: Value, arguments: &[&str]) -> Self {
        Self::with(name, answer, arguments, |policy| {
            let fields = policy["providers"]["corporate"]["jwks"]["remote"].as_object_mut().unwrap();
            fields.extend(remote.as_object().unwrap().clone());
        })
    }

    /// Starts them with a modified policy.
    fn with(name: &str, answer: Answer, arguments: &[&str], change: impl FnOnce(&mut Value)) -> Self {
        let issuer = Arc::new(Issuer::new("https://issuer.example/"));
        let server = KeyServer::start(&issuer, 0).unwrap();
        server.set(answer);
        let mut policy = json!({
            "providers": {"corporate": {
                "issuer": "https://issuer.example/",
                "algorithms": ["ES256"],
                "jwks": {"remote": {"cluster": "jwks", "uri": "http://issuer.example/jwks.json"}},
                "claimToHeaders": [{"claim": "sub", "header": "x-user"}],
            }},
            "rules": [{"name": "all", "require": {"provider": "corporate"}}],
        });
        change(&mut policy);
        let filter = wasm("token-validation", &policy.to_string()).unwrap();
        let listener = Listener::new(name, vec![filter], upstream::start(0).unwrap());
        let mut bootstrap = bootstrap(&[listener]);
        add_cluster(&mut bootstrap, "jwks", server.address);
        let envoy = Envoy::start(name, &bootstrap, arguments).unwrap();
        let address = envoy.listener(name).unwrap();
        Self { issuer, server, envoy, address }
    }

    fn token(&self) -> String {
        self.issuer.token(&json!({"sub": "kim"}))
    }

    /// Sends a request with this token, and returns the status and the details.
    fn ask(&self, token: &str) -> (u16, String) {
        let answer = http1(self.address, &with_token(token)).unwrap();
        (answer.status, answer.text("x-details"))
    }

    fn stat(&self, what: &str) -> u64 {
        self.envoy.stat(&format!("wasmcustom.ringfence_token_validation_{what}_total")).unwrap()
    }

    /// Sends requests with a valid token until `done`. All must be allowed.
    fn passes_until(&self, what: &str, done: impl Fn() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(30);
        let token = self.token();
        while !done() {
            assert_eq!(self.ask(&token).0, 200, "{what}\n{}", self.envoy.log());
            assert!(Instant::now() < deadline, "{what}: not within 30 s\n{}", self.envoy.log());
        }
    }
}

fn until(what: &str, done: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !done() {
        assert!(Instant::now() < deadline, "{what}: not within 30 s");
    }
}

fn with_token(token: &str) -> Request {
    Request::get("/").with("authorization", &format!("Bearer {token}"))
}

#[test]
fn one_worker_fetches_for_the_process() {
    let world = World::start("one", Answer::Keys, json!({}), &["--concurrency", "4"]);
    let token = world.token();
    // Connections are distributed over the workers.
    for _ in 0..40 {
        assert_eq!(world.ask(&token), (200, String::new()));
    }
    assert_eq!(world.server.requests(), 1);
}

#[test]
fn a_request_with_a_body_waits_for_the_first_keys() {
    let world = World::start("first", Answer::Status(503), json!({"timeout": "9s"}), &["--concurrency", "2"]);
    until("a failure", || world.stat("jwks_fetch_failures") > 0);
    let token = world.token();
    let request = |body: &str| {
        format!(
            "POST /x HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    // One client disconnects while it waits, and one has an expired token.
    let mut gone = connect(world.address).unwrap();
    gone.write_all(request("gone").as_bytes()).unwrap();
    let forged = world.issuer.token(&json!({"exp": 1}));
    assert_eq!(world.ask(&forged), (401, "ringfence_token_validation_token_expired{all}".to_owned()));
    let mut waiting: Vec<_> = (0..20)
        .map(|_| {
            let mut stream = connect(world.address).unwrap();
            stream.write_all(request("with a body").as_bytes()).unwrap();
            stream
        })
        .collect();
    drop(gone);
    assert_eq!(world.envoy.stat("http.first.downstream_rq_2xx").unwrap(), 0);
    world.server.set(Answer::Keys);
    for stream in &mut waiting {
        let answer = read_response(&mut BufReader::new(stream), true).unwrap();
        assert_eq!(answer.status, 200, "{}", world.envoy.log());
        let seen = upstream::parse_echo(&answer.body);
        assert!(seen.headers.contains(&(b"x-user".to_vec(), b"kim".to_vec())));
        assert!(!seen.headers.iter().any(|(name, _)| name == b"authorization"));
    }
    assert!(!world.envoy.log().contains("the host"), "{}", world.envoy.log());
}

#[test]
fn without_keys_the_status_is_503_after_the_timeout() {
    let world = World::start("never", Answer::Silence, json!({"timeout": "500ms"}), &[]);
    let started = Instant::now();
    let answer = http1(world.address, &with_token(&world.token())).unwrap();
    assert_eq!(answer.status, 503);
    assert_eq!(answer.text("x-details"), "ringfence_token_validation_keys_missing{all}");
    assert_eq!((answer.text("retry-after").as_str(), answer.header("www-authenticate")), ("1", None));
    assert!(started.elapsed() >= Duration::from_millis(400));
    wait_for_counter(&world.envoy, "token_validation_denied_total", 1);
}

#[test]
fn a_missing_cluster_is_logged() {
    let world = World::start("nowhere", Answer::Keys, json!({"cluster": "jkws", "timeout": "500ms"}), &[]);
    assert_eq!(world.ask(&world.token()).0, 503);
    let line = "keys of provider `corporate` from cluster `jkws`: cannot be fetched: unknown cluster";
    assert!(world.envoy.log().contains(line), "{}", world.envoy.log());
}

#[test]
fn the_first_token_of_a_new_key_is_allowed_in_every_worker() {
    let world = World::start("rotate", Answer::Keys, json!({}), &["--concurrency", "4"]);
    let old = world.token();
    for _ in 0..40 {
        assert_eq!(world.ask(&old).0, 200);
    }
    world.issuer.rotate();
    let new = world.token();
    // Each connection may be another worker's, of which one fetches.
    for _ in 0..40 {
        assert_eq!(world.ask(&new), (200, String::new()), "{}", world.envoy.log());
    }
    assert_eq!((world.ask(&old).0, world.server.requests()), (200, 2));
}

#[test]
fn tokens_with_unknown_keys_do_not_cause_extra_fetches() {
    let world =
        World::start("made-up", Answer::Keys, json!({"cooldownDuration": "10m"}), &["--concurrency", "2"]);
    assert_eq!(world.ask(&world.token()).0, 200);
    let stranger = Issuer::new("https://issuer.example/");
    stranger.rotate();
    for number in 0..50 {
        let forged = stranger.token(&json!({"sub": number}));
        assert_eq!(world.ask(&forged), (401, "ringfence_token_validation_token_key{all}".to_owned()));
    }
    assert_eq!(world.server.requests(), 2);
}

#[test]
fn a_removed_key_is_rejected_even_for_a_cached_token() {
    let world = World::start("back", Answer::Keys, json!({}), &[]);
    let old = world.token();
    assert_eq!((world.ask(&old).0, world.ask(&old).0), (200, 200));
    world.issuer.rotate();
    world.issuer.rotate();
    assert_eq!(world.ask(&world.token()).0, 200);
    assert_eq!(world.ask(&old), (401, "ringfence_token_validation_token_key{all}".to_owned()));
}

#[test]
fn providers_with_the_same_uri_are_independent() {
    let world = World::with("shared", Answer::Keys, &[], |policy| {
        // It is first by name, so it fetches first, and the key set has no key for it.
        let mut other = policy["providers"]["corporate"].clone();
        other["algorithms"] = json!(["RS256"]);
        policy["providers"]["another"] = other;
        policy["rules"][0]["require"] = json!({"anyOf": ["another", "corporate"]});
    });
    assert_eq!(world.ask(&world.token()), (200, String::new()), "{}", world.envoy.log());
    world.issuer.rotate();
    assert_eq!(world.ask(&world.token()), (200, String::new()), "{}", world.envoy.log());
}

#[test]
fn a_thousand_waiting_requests_are_completed_by_one_vm() {
    let remote = json!({"timeout": "3s", "cooldownDuration": "10m"});
    let world = World::start("thousand", Answer::Keys, remote, &[]);
    assert_eq!(world.ask(&world.token()).0, 200);
    world.server.set(Answer::Silence);
    let stranger = Issuer::new("https://issuer.example/");
    stranger.rotate();
    let token = stranger.token(&json!({}));
    let head = format!("GET / HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n\r\n");
    let waiting: Vec<_> = (0..1000)
        .map(|_| {
            let mut stream = connect(world.address).unwrap();
            stream.write_all(head.as_bytes()).unwrap();
            stream
        })
        .collect();
    for mut stream in waiting {
        let answer = read_response(&mut BufReader::new(&mut stream), true).unwrap();
        assert_eq!(answer.text("x-details"), "ringfence_token_validation_token_key{all}");
    }
    assert_eq!(world.ask(&world.token()).0, 200);
    assert!(!world.envoy.log().contains("Function: proxy_on"), "{}", world.envoy.log());
}

#[test]
fn an_invalid_key_set_never_replaces_a_valid_one() {
    let remote = json!({"timeout": "300ms", "cacheDuration": "1s"});
    let world = World::start("garbage", Answer::Keys, remote, &[]);
    assert_eq!(world.ask(&world.token()).0, 200);
    let huge = format!("{{\"keys\": []{}}}", " ".repeat(2 * 1024 * 1024));
    let foreign = r#"{"keys": [{"kty": "EC", "crv": "P-384", "kid": "a"}]}"#;
    for answer in [
        Answer::Body(b"<html>".to_vec()),
        Answer::Body(b"{\"keys\": []}".to_vec()),
        Answer::Body(foreign.as_bytes().to_vec()),
        Answer::Body(huge.into_bytes()),
        Answer::Body(Vec::new()),
        Answer::Status(404),
        Answer::Status(302),
        Answer::BreakOff,
        Answer::Silence,
        Answer::Refusal,
    ] {
        let failures = world.stat("jwks_fetch_failures");
        let (what, requests) = (format!("{answer:?}"), world.server.requests());
        world.server.set(answer);
        let done = || world.stat("jwks_fetch_failures") > failures && world.server.requests() > requests;
        world.passes_until(what.get(..40).unwrap_or(&what), done);
        // After the keys are available again, the usual interval applies.
        world.server.set(Answer::Keys);
        let (requests, successes) =
            (world.server.requests(), || world.stat("jwks_fetches") - world.stat("jwks_fetch_failures"));
        let before = successes();
        world.passes_until("back", || world.server.requests() >= requests + 2 && successes() > before);
        assert!(!world.envoy.log().contains("the host"), "{}", world.envoy.log());
    }
    for why in ["the response is incomplete", "status 404", "the key set is not valid JSON", "no usable key"]
    {
        assert!(world.envoy.log().contains(why), "{why}: {}", world.envoy.log());
    }
}

#[test]
fn the_issuer_may_be_unavailable_longer_than_the_cache_duration() {
    let remote = json!({"timeout": "500ms", "cacheDuration": "1s"});
    let world = World::start("away", Answer::Keys, remote, &["--concurrency", "2"]);
    assert_eq!(world.ask(&world.token()).0, 200);
    world.server.set(Answer::Refusal);
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let token = world.token();
                while !ended.load(Ordering::SeqCst) {
                    assert_eq!(world.ask(&token).0, 200);
                }
            });
        }
        // Three consecutive failures: more than three seconds without a response.
        let failures = world.stat("jwks_fetch_failures");
        world.passes_until("away", || world.stat("jwks_fetch_failures") >= failures + 3);
        ended.store(true, Ordering::SeqCst);
    });
    // It is available again, with another key.
    world.issuer.rotate();
    world.server.set(Answer::Keys);
    let deadline = Instant::now() + Duration::from_secs(20);
    while world.ask(&world.token()).0 != 200 {
        assert!(Instant::now() < deadline, "{}", world.envoy.log());
    }
}

#[test]
fn keys_are_not_used_after_they_expire() {
    let remote = json!({"timeout": "100ms", "cacheDuration": "1s", "staleIfError": "1s"});
    let world = World::start("stale", Answer::Keys, remote, &[]);
    let (token, started) = (world.token(), Instant::now());
    assert_eq!(world.ask(&token).0, 200);
    world.server.set(Answer::Status(500));
    let deadline = started + Duration::from_secs(20);
    loop {
        match world.ask(&token) {
            (200, _) => assert!(Instant::now() < deadline),
            answer => {
                let expected = "ringfence_token_validation_keys_stale{all}".to_owned();
                assert_eq!(answer, (503, expected));
                // Two seconds, in whole seconds, after the last fetch.
                assert!(started.elapsed() > Duration::from_millis(900), "{:?}", started.elapsed());
                break;
            }
        }
    }
}

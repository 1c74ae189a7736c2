//! A request that waits for keys stays paused, whatever follows its headers; afterwards all of it reaches the upstream.

use serde_json::json;
use std::io::{BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use testkit::bootstrap::{Listener, add_cluster, bootstrap_with_trailers, wasm};
use testkit::envoy::Envoy;
use testkit::http::{Part, Request, Response, connect, finish_http2, read_response, start_http2};
use testkit::issuer::Issuer;
use testkit::key_server::{Answer, KeyServer};

/// Starts an upstream that responds with the bytes of the whole request, and counts requests.
fn upstream() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, count) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let counter = Arc::clone(&count);
    let handle = move |mut stream: TcpStream| {
        let (mut request, mut chunk) = (Vec::new(), [0; 65_536]);
        while !is_complete(&request) {
            match stream.read(&mut chunk) {
                Ok(0) | Err(_) => break,
                Ok(read) => request.extend_from_slice(&chunk[..read]),
            }
        }
        if !request.is_empty() {
            counter.fetch_add(1, Ordering::SeqCst);
            let _ = stream.write_all(&testkit::http::response(200, &[("connection", b"close")], &request));
        }
    };
    std::thread::spawn(move || testkit::http::accept(&listener, handle));
    (address, count)
}

/// Returns true if the bytes are a whole request (RFC 9112).
fn is_complete(request: &[u8]) -> bool {
    let Some(end) = request.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { return false };
    let (head, body) = request.split_at(end + 4);
    let head = Request::parse(head);
    let value = |name: &[u8]| head.lines.iter().find(|(other, _)| other == name).map(|(_, value)| value);
    if value(b"transfer-encoding").is_some() {
        let has_last_chunk = body.starts_with(b"0\r\n") || body.windows(5).any(|bytes| bytes == b"\r\n0\r\n");
        return has_last_chunk && body.ends_with(b"\r\n\r\n");
    }
    let length = value(b"content-length").and_then(|text| String::from_utf8_lossy(text).parse().ok());
    body.len() >= length.unwrap_or(0)
}

/// An issuer whose keys are not available yet, and an Envoy that accepts its tokens.
struct World {
    issuer: Arc<Issuer>,
    server: KeyServer,
    envoy: Envoy,
    address: SocketAddr,
    /// The number of requests that reached the upstream.
    reached: Arc<AtomicUsize>,
}

impl World {
    fn start(filter: &str, stops_at_headers_only: bool) -> Self {
        let name = format!("waiting-{filter}-{stops_at_headers_only}");
        let issuer = Arc::new(Issuer::new("https://issuer.example/"));
        let server = KeyServer::start(&issuer, 0).unwrap();
        server.set(Answer::Status(503));
        let remote = json!({"cluster": "jwks", "uri": "http://issuer.example/jwks.json", "timeout": "9s"});
        let provider = json!({
            "issuer": "https://issuer.example/", "algorithms": ["ES256"], "jwks": {"remote": remote},
        });
        let rules = json!([{"name": "all", "require": {"provider": "corporate"}}]);
        let mut policy = json!({"providers": {"corporate": provider}, "rules": rules});
        if filter == "ringfence" {
            policy = json!({"path": {"default": "allow"}, "token": policy});
        }
        let mut filter = wasm(filter, &policy.to_string()).unwrap();
        filter["typed_config"]["config"]["allow_on_headers_stop_iteration"] = json!(stops_at_headers_only);
        let (upstream, reached) = upstream();
        let mut bootstrap = bootstrap_with_trailers(Listener::new(&name, vec![filter], upstream));
        add_cluster(&mut bootstrap, "jwks", server.address);
        let envoy = Envoy::start(&name, &bootstrap, &[]).unwrap();
        let address = envoy.listener(&name).unwrap();
        Self { issuer, server, envoy, address, reached }
    }

    /// Sends a request for each [`RESTS`] over HTTP/1 and HTTP/2.
    fn send_all(&self, token: &str) -> Vec<Waiting> {
        let rests = RESTS.into_iter();
        rests.flat_map(|rest| [self.http1(token, &rest), self.http2(token, &rest)]).collect()
    }

    fn http1(&self, token: &str, rest: &Rest) -> Waiting {
        let mut stream = connect(self.address).unwrap();
        let framing = match rest {
            Rest { body: [], trailer: None } => String::new(),
            Rest { body, trailer: None } => {
                format!("content-length: {}\r\n", body.iter().map(|part| part.len()).sum::<usize>())
            }
            _ => "transfer-encoding: chunked\r\n".to_owned(),
        };
        let head = format!("POST / HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n{framing}\r\n");
        let mut parts = vec![head];
        match rest.trailer {
            None => parts.extend(rest.body.iter().map(|part| (*part).to_owned())),
            Some(trailer) => {
                parts.extend(rest.body.iter().map(|part| format!("{:x}\r\n{part}\r\n", part.len())));
                parts.push(format!("0\r\n{trailer}: yes\r\n\r\n"));
            }
        }
        parts.iter().for_each(|part| stream.write_all(part.as_bytes()).unwrap());
        Waiting { stream, is_http2: false, rest: rest.clone() }
    }

    fn http2(&self, token: &str, rest: &Rest) -> Waiting {
        let request = post(token);
        let mut parts: Vec<Part> =
            rest.body.iter().map(|part| Part::Data(part.as_bytes().to_vec())).collect();
        let line = |name: &str| vec![(name.as_bytes().to_vec(), b"yes".to_vec())];
        parts.extend(rest.trailer.map(|trailer| Part::Trailers(line(trailer))));
        let stream = start_http2(self.address, &request, &parts).unwrap();
        Waiting { stream, is_http2: true, rest: rest.clone() }
    }

    /// Waits until Envoy has received the headers of this many requests.
    fn wait_for_requests(&self, name: &str, count: usize) {
        self.envoy.wait_for_stat(&format!("http.{name}.downstream_rq_total"), count as u64).unwrap();
    }
}

fn post(token: &str) -> Request {
    let request = Request::get("/").with("authorization", &format!("Bearer {token}"));
    Request { method: b"POST".to_vec(), ..request }
}

/// What follows the headers of a request.
#[derive(Debug, Clone)]
struct Rest {
    body: &'static [&'static str],
    trailer: Option<&'static str>,
}

const RESTS: [Rest; 5] = [
    Rest { body: &[], trailer: None },
    Rest { body: &["all-at-once"], trailer: None },
    Rest { body: &["first-part", "second-part", "third-part"], trailer: None },
    Rest { body: &["first-part", "second-part"], trailer: Some("x-trailer") },
    Rest { body: &[], trailer: Some("x-trailer") },
];

/// A request without a response yet.
struct Waiting {
    stream: TcpStream,
    is_http2: bool,
    rest: Rest,
}

impl Waiting {
    fn response(self) -> Response {
        if self.is_http2 {
            return finish_http2(self.stream).unwrap();
        }
        read_response(&mut BufReader::new(self.stream), true).unwrap()
    }
}

/// Every module that can wait, with the setting of Envoy that lets a body pass a paused request, and without.
const SETTINGS: [(&str, bool); 4] =
    [("token-validation", false), ("token-validation", true), ("ringfence", false), ("ringfence", true)];

#[test]
fn nothing_that_follows_the_headers_releases_a_waiting_request() {
    for (filter, stops_at_headers_only) in SETTINGS {
        let what = format!("{filter}, allow_on_headers_stop_iteration: {stops_at_headers_only}");
        let world = World::start(filter, stops_at_headers_only);
        let stranger = Issuer::new("https://issuer.example/");
        stranger.rotate();
        stranger.rotate();
        let forged = world.send_all(&stranger.token(&json!({"sub": "root"})));
        let good = world.send_all(&world.issuer.token(&json!({"sub": "kim"})));
        let expected = good.len();
        // Clients that are gone before the keys arrive.
        let token = world.issuer.token(&json!({"sub": "gone"}));
        drop(world.send_all(&token));
        let reset = [Part::Data(b"part".to_vec()), Part::Reset];
        let _open = start_http2(world.address, &post(&token), &reset).unwrap();
        let name = format!("waiting-{filter}-{stops_at_headers_only}");
        world.wait_for_requests(&name, 3 * expected + 1);
        // Another request is answered meanwhile, so the bodies have been received.
        let expired = world.http1(&world.issuer.token(&json!({"exp": 1})), &RESTS[1]).response();
        assert_eq!(expired.status, 401, "{what}");
        assert_eq!(world.reached.load(Ordering::SeqCst), 0, "{what}\n{}", world.envoy.log());
        world.server.set(Answer::Keys);
        for waiting in good {
            let (rest, is_http2) = (waiting.rest.clone(), waiting.is_http2);
            let response = waiting.response();
            let what = format!("{what}, HTTP/2: {is_http2}, {rest:?}");
            assert_eq!(response.status, 200, "{what}\n{}", world.envoy.log());
            let seen = String::from_utf8_lossy(&response.body).into_owned();
            let trailer = rest.trailer.map(|trailer| format!("{trailer}: yes"));
            let parts = rest.body.iter().copied().chain(trailer.as_deref());
            let (_, mut seen_rest) = seen.split_once("\r\n\r\n").unwrap();
            for part in parts {
                let (_, after) = seen_rest.split_once(part).unwrap_or_else(|| panic!("{what}: {seen}"));
                seen_rest = after;
            }
        }
        for waiting in forged {
            let what = format!("{what}, HTTP/2: {}, {:?}", waiting.is_http2, waiting.rest);
            let response = waiting.response();
            assert_eq!(response.status, 401, "{what}");
            let details = "ringfence_token_validation_token_key{all}";
            assert_eq!(response.text("x-details"), details, "{what}");
        }
        assert_eq!(world.reached.load(Ordering::SeqCst), expected, "{what}");
        assert!(!world.envoy.log().contains("the host"), "{what}\n{}", world.envoy.log());
        assert!(!world.envoy.log().contains("Function: proxy_on"), "{what}\n{}", world.envoy.log());
    }
}

#[test]
fn a_body_beyond_the_buffer_waits_or_is_refused() {
    for (stops_at_headers_only, status) in [(false, 200), (true, 413)] {
        let world = World::start("token-validation", stops_at_headers_only);
        let token = world.issuer.token(&json!({"sub": "kim"}));
        let size = 3_000_000;
        let head = format!(
            "POST / HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\ncontent-length: {size}\r\n\r\n"
        );
        let mut stream = connect(world.address).unwrap();
        let mut writer = stream.try_clone().unwrap();
        let sender = std::thread::spawn(move || {
            // Envoy may stop reading.
            let _ = writer.write_all(&[head.as_bytes(), &vec![b'x'; size]].concat());
        });
        world.wait_for_requests(&format!("waiting-token-validation-{stops_at_headers_only}"), 1);
        assert_eq!(world.reached.load(Ordering::SeqCst), 0);
        if status == 200 {
            world.server.set(Answer::Keys);
        }
        let response = read_response(&mut BufReader::new(&mut stream), true).unwrap();
        assert_eq!(response.status, status, "{}", world.envoy.log());
        if status == 200 {
            assert!(response.body.len() > size);
        } else {
            assert_eq!(world.reached.load(Ordering::SeqCst), 0);
        }
        drop(stream);
        sender.join().unwrap();
    }
}

//! Header lines as they reach the upstream: their order, edits beyond the limits of the host, and trailers.

use crate::envoy_with;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};
use testkit::bootstrap::{Listener, bootstrap, bootstrap_with_trailers, wasm};
use testkit::envoy::Envoy;
use testkit::http::{Request, http1, listen};
use testkit::upstream::{self, parse_echo};

/// The lines with these names, in order, as the upstream receives them.
fn received(address: SocketAddr, request: &Request, is_shown: impl Fn(&str) -> bool) -> Vec<String> {
    let response = http1(address, request).unwrap();
    assert_eq!(response.status, 200, "{} {}", response.text("x-details"), response.body.len());
    let lines = parse_echo(&response.body).headers;
    let line = |(name, value): &(Vec<u8>, Vec<u8>)| {
        let name = String::from_utf8_lossy(name).into_owned();
        is_shown(&name).then(|| format!("{name}={}", String::from_utf8_lossy(value)))
    };
    lines.iter().filter_map(line).collect()
}

#[test]
fn lines_have_the_same_order_however_they_are_written() {
    // Four edits are written one by one, more at once.
    let edits = |many: bool| {
        let more =
            if many { r#", {"name": "y-1", "value": "1"}, {"name": "y-2", "value": "2"}"# } else { "" };
        format!(
            r#"{{"rules": [{{"name": "edit", "request": {{
                "rewrite": [{{"name": "x-a", "regex": "1", "substitution": "one"}}],
                "set": [{{"name": "x-b", "value": "set"}}], "add": [{{"name": "x-c", "value": "added"}}{more}]}}}}]}}"#
        )
    };
    let request = [("x-a", "1"), ("x-c", "2"), ("x-b", "3"), ("user-agent", "u"), ("x-b", "4"), ("x-d", "5")];
    let request = request.iter().fold(Request::get("/"), |request, (name, value)| request.with(name, value));
    let mut written = Vec::new();
    for (name, many) in [("order-single", false), ("order-whole", true)] {
        let (_envoy, address) = envoy_with(name, "header-policy", &edits(many), &[]).unwrap();
        let is_own = |name: &str| matches!(name, "x-a" | "x-b" | "x-c" | "x-d" | "user-agent");
        written.push(received(address, &request, is_own));
    }
    assert_eq!(written[0], ["x-c=2", "user-agent=u", "x-d=5", "x-a=one", "x-b=set", "x-c=added"]);
    assert_eq!(written[1], written[0]);
}

/// A proxy behind Envoy removes the headers that `connection` names, and Envoy forwards that header in an upgrade.
#[test]
fn an_upgrade_names_no_header_of_the_policy() {
    let policy =
        r#"{"rules": [{"name": "tier", "request": {"set": [{"name": "x-tier", "value": "free"}]}}]}"#;
    let upstream = listen(0, |head| {
        let lines = parse_echo(head).headers;
        let text = |name: &str| {
            let values = lines.iter().filter(|line| line.0 == name.as_bytes()).map(|line| &line.1[..]);
            String::from_utf8(values.collect::<Vec<_>>().join(&b"|"[..])).unwrap()
        };
        upstream::echo(head, &[("x-connection", &text("connection")), ("x-tier", &text("x-tier"))])
    });
    let mut listener =
        Listener::new("upgrade", vec![wasm("header-policy", policy).unwrap()], upstream.unwrap());
    listener.manager = json!({"upgrade_configs": [{"upgrade_type": "websocket"}]});
    let envoy = Envoy::start("upgrade", &bootstrap(&[listener]), &[]).unwrap();
    let address = envoy.listener("upgrade").unwrap();
    for (sent, forwarded) in [
        ("Upgrade, x-tier", "Upgrade"),
        ("x-tier,keep-alive ,,Upgrade", "keep-alive, Upgrade"),
        ("keep-alive, Upgrade", "keep-alive, Upgrade"),
        ("upgrade", "upgrade"),
    ] {
        let request = Request::get("/").with("connection", sent).with("upgrade", "websocket");
        let response = http1(address, &request).unwrap();
        assert_eq!(
            (response.text("x-connection"), response.text("x-tier")),
            (forwarded.into(), "free".into()),
            "{sent}"
        );
    }
}

/// Starts Envoy with limits that are as high as Envoy allows.
fn with_raised_limits(name: &str, policy: &str) -> (Envoy, SocketAddr) {
    let mut listener =
        Listener::new(name, vec![wasm("header-policy", policy).unwrap()], upstream::start(0).unwrap());
    listener.manager = json!({
        "max_request_headers_kb": 8192,
        "common_http_protocol_options": {"max_headers_count": 20000},
    });
    let envoy = Envoy::start(name, &bootstrap(&[listener]), &[]).unwrap();
    let address = envoy.listener(name).unwrap();
    (envoy, address)
}

#[test]
fn edits_beyond_the_limits_of_the_host_are_written_one_by_one() {
    let policy = r#"{
        "limits": {"maxCount": 20000, "maxValueBytes": 8388608, "maxTotalBytes": 8388608},
        "underscores": "remove",
        "rules": [{"name": "edit", "request": {
            "remove": ["x-gone-*"], "rename": [{"from": "x-from", "to": "x-to"}],
            "set": [{"name": "x-1", "value": "1"}, {"name": "x-2", "value": "2"}, {"name": "x-3", "value": "3"}]}}]}"#;
    let (envoy, address) = with_raised_limits("host-limits", policy);
    let shown = |name: &str| !name.starts_with("x-many") && name.starts_with("x-");
    let expected = ["x-to=a", "x-1=1", "x-2=2", "x-3=3"];
    let request = Request::get("/").with("x-from", "a").with("x_to", "forged").with("x-1", "forged");
    // More than 1,024 lines.
    let mut many = request.clone();
    for number in 0..3000 {
        many = many.with(&format!("x-many-{number}"), "v").with(&format!("x-gone-{number}"), "v");
    }
    let mut lines = received(address, &many, |_| true);
    assert_eq!(lines.iter().filter(|line| line.starts_with("x-many")).count(), 3000);
    lines.retain(|line| {
        shown(line)
            && !line.starts_with("x-forwarded")
            && !line.starts_with("x-request")
            && !line.starts_with("x-envoy")
    });
    assert_eq!(lines, expected);
    // More than 1 MiB.
    let long = (0..40)
        .fold(request, |request, number| request.with(&format!("x-many-{number}"), &"v".repeat(60_000)));
    let mut lines = received(address, &long, |_| true);
    assert_eq!(lines.iter().filter(|line| line.starts_with("x-many")).count(), 40);
    lines.retain(|line| {
        shown(line)
            && !line.starts_with("x-many")
            && !line.starts_with("x-forwarded")
            && !line.starts_with("x-request")
            && !line.starts_with("x-envoy")
    });
    assert_eq!(lines, expected);
    assert!(!envoy.log().contains("the host failed"));
}

/// Starts an upstream that responds to each connection with the bytes of its request, up to the end of its trailers.
fn upstream_with_trailers() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let handle = |mut stream: TcpStream| {
        let (mut request, mut chunk) = (Vec::new(), [0; 4096]);
        while !request.windows(3).any(|bytes| bytes == b"\n0\r") || !request.ends_with(b"\r\n\r\n") {
            match stream.read(&mut chunk) {
                Ok(0) | Err(_) => return,
                Ok(read) => request.extend_from_slice(&chunk[..read]),
            }
        }
        let _ = stream.write_all(&testkit::http::response(200, &[("connection", b"close")], &request));
    };
    std::thread::spawn(move || testkit::http::accept(&listener, handle));
    address
}

fn envoy_with_trailers(name: &str, filter: &str, policy: &Value) -> (Envoy, SocketAddr) {
    let filter = wasm(filter, &policy.to_string()).unwrap();
    let listener = Listener::new(name, vec![filter], upstream_with_trailers());
    let envoy = Envoy::start(name, &bootstrap_with_trailers(listener), &[]).unwrap();
    let address = envoy.listener(name).unwrap();
    (envoy, address)
}

/// Sends a request with trailers, and returns the status and the trailers that the upstream received.
fn trailers(address: SocketAddr, head: &str, trailers: &str) -> (u16, String) {
    let mut stream = testkit::http::connect(address).unwrap();
    let request = format!(
        "POST / HTTP/1.1\r\nhost: shop.example.com\r\n{head}transfer-encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n{trailers}\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let response = testkit::http::read_response(&mut std::io::BufReader::new(&mut stream), true).unwrap();
    let body = String::from_utf8_lossy(&response.body).into_owned();
    let received = body.rsplit_once("\n0\r\n").map(|(_, trailers)| trailers.trim_end().to_owned());
    (response.status, received.unwrap_or_default())
}

#[test]
fn trailers_with_the_names_of_judged_headers_are_removed() {
    let header = json!({"presets": ["edgeSanitize"], "rules": [
        {"name": "role", "forbid": [{"name": "x-admin", "present": true}],
         "request": {"set": [{"name": "x-tier", "value": "basic"}]}}]});
    let token = json!({
        "providers": {"p": {
            "issuer": "i", "algorithms": ["HS256"],
            "jwks": {"inline": {"keys": [{"kty": "oct", "k": "cmVwbGFjZS10aGlzLWJ5LTMyLXJhbmRvbS1ieXRlcyE"}]}},
            "claimToHeaders": [{"claim": "sub", "header": "x-user"}]}},
        "rules": [{"name": "all", "require": {"provider": "p", "optional": true}}],
    });
    let vhost = json!({"hosts": [{"name": "shop", "domains": ["shop.example.com"]}]});
    let path = json!({"default": "allow"});
    let sent = "checksum: 1\r\nx-admin: 1\r\nX.Admin: 2\r\nx_tier: gold\r\nx-user: root\r\nx_user: root\r\nhost: evil.example\r\nx-forwarded-host: evil.example\r\nauthorization: Bearer x\r\ngrpc-message: 3\r\n";
    let without = |removed: &[&str]| {
        let lines = sent.trim_end().split("\r\n").filter(|line| {
            let name = line.split(':').next().unwrap().to_ascii_lowercase();
            !removed.contains(&name.as_str())
        });
        lines.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("\r\n")
    };
    let of_header = ["x-admin", "x.admin", "x_tier", "host", "x-forwarded-host"];
    let of_token = ["x-user", "x_user", "host", "authorization"];
    let both = [&of_header[..], &of_token[..]].concat();
    let all = json!({"vhost": vhost, "path": path, "token": token, "header": header});
    for (filter, policy, removed) in [
        ("header-policy", &header, &of_header[..]),
        ("token-validation", &token, &of_token),
        ("vhost-policy", &vhost, &["host"]),
        ("path-policy", &path, &["host"]),
        ("ringfence", &all, &both),
    ] {
        let (envoy, address) = envoy_with_trailers(&format!("trailers-{filter}"), filter, policy);
        let (status, received) = trailers(address, "", sent);
        assert_eq!((status, received.to_ascii_lowercase()), (200, without(removed)), "{filter}");
        assert_eq!(trailers(address, "", "checksum: 1\r\n"), (200, "checksum: 1".to_owned()), "{filter}");
        assert!(!envoy.log().contains("the host failed"), "{filter}");
    }
}

#[test]
fn a_long_cookie_is_rewritten_in_bounded_time() {
    let policy = r#"{
        "limits": {"maxCount": 20000, "maxValueBytes": 8388608, "maxTotalBytes": 8388608},
        "rules": [{"name": "edit", "request": {
            "rewrite": [{"name": "cookie", "regex": "(a)([^;]?)", "substitution": "\\2\\1"}]}}]}"#;
    let (_envoy, address) = with_raised_limits("long-cookie", policy);
    for size in [1_000, 64 * 1024, 8_000_000] {
        let request = Request::get("/").with("cookie", &"ab".repeat(size / 2));
        let started = Instant::now();
        let response = http1(address, &request).unwrap();
        println!("{size}: {} {:?} {}", response.status, started.elapsed(), response.text("x-details"));
        assert!(started.elapsed() < Duration::from_secs(1), "{size} {:?}", started.elapsed());
    }
}

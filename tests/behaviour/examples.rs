//! The policies of `examples/istio-ingress`, in the filter order of Istio.

use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use testkit::bootstrap::{Listener, add_cluster, bootstrap, wasm};
use testkit::envoy::Envoy;
use testkit::http::{Request, Response, http1};
use testkit::issuer::Issuer;
use testkit::key_server::KeyServer;
use testkit::upstream;
use testkit::workspace::root;

/// Returns the WasmPlugins of an overlay in the order they run: by phase, then by descending priority.
fn plugins(overlay: &str) -> Vec<Value> {
    let mut plugins = Vec::new();
    let folder = root().join("examples/istio-ingress/overlays").join(overlay);
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        plugins.extend(yaml::values(overlay, &text).unwrap());
    }
    plugins.retain(|document| document["kind"] == "WasmPlugin");
    // The phases AUTHN, AUTHZ, STATS run in alphabetical order.
    plugins.sort_by_key(|plugin| {
        let spec = &plugin["spec"];
        (spec["phase"].as_str().unwrap().to_owned(), -spec["priority"].as_i64().unwrap_or_default())
    });
    plugins
}

/// Returns the filter of a WasmPlugin. Istio sets no `vm_id`, so the modules of a proxy share one.
fn filter(plugin: &Value) -> Value {
    let url = plugin["spec"]["url"].as_str().unwrap();
    let (_, name) = url.rsplit_once(':').unwrap().0.rsplit_once('/').unwrap();
    let mut policy = plugin["spec"]["pluginConfig"].clone();
    // The test uses plaintext.
    let hosts =
        if name == "ringfence" { policy.pointer_mut("/vhost/hosts") } else { policy.pointer_mut("/hosts") };
    for host in hosts.and_then(Value::as_array_mut).into_iter().flatten() {
        host.as_object_mut().unwrap().remove("tls");
    }
    let mut filter = wasm(name, &policy.to_string()).unwrap();
    let config = filter["typed_config"]["config"].as_object_mut().unwrap();
    config["vm_config"].as_object_mut().unwrap().remove("vm_id");
    filter
}

struct World {
    issuer: Arc<Issuer>,
    _server: KeyServer,
    _envoy: Envoy,
    address: SocketAddr,
}

impl World {
    fn start(overlay: &str) -> Self {
        let issuer = Arc::new(Issuer::new("https://issuer.example.com/"));
        let server = KeyServer::start(&issuer, 0).unwrap();
        let filters = plugins(overlay).iter().map(filter).collect();
        let listener = Listener::new("gateway", filters, upstream::start(0).unwrap());
        let mut bootstrap = bootstrap(&[listener]);
        add_cluster(&mut bootstrap, "outbound|80||issuer.example.com", server.address);
        let envoy = Envoy::start(&format!("example-{overlay}"), &bootstrap, &[]).unwrap();
        let address = envoy.listener("gateway").unwrap();
        Self { issuer, _server: server, _envoy: envoy, address }
    }

    fn ask(&self, request: &str, token: Option<&Value>) -> Response {
        let [method, host, path] = request.split(' ').collect::<Vec<_>>()[..] else { panic!("{request}") };
        let mut request = Request::get(path).with("x-internal-trace", "1").with("x-user", "admin");
        (request.method, request.authority) = (method.into(), Some(host.into()));
        if let Some(claims) = token {
            request = request.with("authorization", &format!("Bearer {}", self.issuer.token(claims)));
        }
        http1(self.address, &request).unwrap()
    }
}

/// Returns the values of a header at the upstream.
fn upstream_header(response: &Response, name: &str) -> Vec<String> {
    let headers = upstream::parse_echo(&response.body).headers.into_iter();
    let values = headers.filter(|(other, _)| other == name.as_bytes());
    values.map(|(_, value)| String::from_utf8_lossy(&value).into_owned()).collect()
}

#[test]
fn one_module_and_a_chain_of_four_decide_alike_at_the_gateway() {
    let token = json!({"sub": "kim", "aud": "shop"});
    let writer = json!({"sub": "kim", "aud": "shop", "scope": "shop:write"});
    for overlay in ["ringfence", "modules"] {
        let world = World::start(overlay);
        for (request, claims, status) in [
            ("GET shop.example.com /books/1", None, 200),
            ("GET shop.example.com /static/..%2fadmin", None, 404),
            ("GET evilshop.example.com /", None, 404),
            ("DELETE shop.example.com /books/1", None, 405),
            ("POST shop.example.com /checkout", None, 401),
            ("POST shop.example.com /checkout", Some(&token), 200),
            ("GET api.example.com /v1/orders", None, 308),
            ("GET api.example.com /v2/orders", None, 401),
            ("GET api.example.com /v2/orders", Some(&token), 200),
            ("POST api.example.com /v2/orders", Some(&token), 403),
            ("POST api.example.com /v2/orders", Some(&writer), 200),
        ] {
            assert_eq!(world.ask(request, claims).status, status, "{overlay}: {request}");
        }
        let response = world.ask("GET api.example.com /v2/orders", Some(&token));
        assert_eq!(upstream_header(&response, "x-user"), ["kim"], "{overlay}");
        assert_eq!(
            upstream_header(&response, "authorization").len(),
            1,
            "{overlay}: the sidecar gets the token"
        );
        assert!(upstream_header(&response, "x-internal-trace").is_empty(), "{overlay}");
        assert!(
            upstream_header(&world.ask("GET shop.example.com /", None), "x-user").is_empty(),
            "{overlay}"
        );
    }
}

#[test]
fn a_sidecar_validates_the_token_again() {
    let world = World::start("sidecars");
    let token = json!({"sub": "kim", "aud": "shop"});
    for (request, claims, status) in [
        ("GET storefront:8080 /books/1", None, 200),
        ("GET api:8080 /v2/orders", None, 401),
        ("GET api:8080 /books/..;/v2/orders", None, 401),
        ("GET api:8080 /v2/orders", Some(&token), 200),
        ("GET api:8080 /actuator/env", Some(&token), 404),
    ] {
        assert_eq!(world.ask(request, claims).status, status, "{request}");
    }
    assert_eq!(upstream_header(&world.ask("GET api:8080 /v2/orders", Some(&token)), "x-user"), ["kim"]);
}

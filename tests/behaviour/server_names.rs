//! `sni: match` on a listener with two filter chains, of which one asks for a client certificate.

use serde_json::{Value, json};
use std::net::SocketAddr;
use testkit::bootstrap::{Listener, bootstrap, wasm};
use testkit::envoy::Envoy;
use testkit::http::{Request, http1_over, http2_over};
use testkit::{tls, upstream};

/// Starts Envoy: the filter chain of `public.a.com` asks for no certificate, the other one requires it.
fn start(name: &str, hosts: Value) -> (Envoy, SocketAddr) {
    let policy = json!({"sni": "match", "hosts": hosts}).to_string();
    let filters = vec![wasm("vhost-policy", &policy).unwrap()];
    let mut listener = Listener::new(name, filters, upstream::start(0).unwrap());
    listener.tls = Some(tls::certificate_for("a.com").unwrap());
    let mut bootstrap = bootstrap(&[listener]);
    let chains = &mut bootstrap["static_resources"]["listeners"][0]["filter_chains"];
    let mut public = chains[0].clone();
    public["filter_chain_match"] = json!({"server_names": ["public.a.com"]});
    let context = &mut public["transport_socket"]["typed_config"]["common_tls_context"];
    context.as_object_mut().unwrap().remove("validation_context");
    chains[0]["transport_socket"]["typed_config"]["require_client_certificate"] = json!(true);
    chains.as_array_mut().unwrap().push(public);
    let envoy = Envoy::start(name, &bootstrap, &[]).unwrap();
    let address = envoy.listener(name).unwrap();
    (envoy, address)
}

/// Returns the statuses over HTTP/1 and HTTP/2.
fn statuses(address: SocketAddr, sni: &str, host: &str, certified: bool) -> [u16; 2] {
    let request = Request { authority: Some(host.as_bytes().to_vec()), ..Request::get("/") };
    let connect = |alpn: &[u8]| tls::connect(address, Some(sni), alpn, certified).unwrap();
    [
        http1_over(&mut connect(b"http/1.1"), &request).unwrap().status,
        http2_over(&mut connect(b"h2"), "https", &request).unwrap().status,
    ]
}

#[test]
fn a_server_name_does_not_open_the_hosts_of_another_filter_chain() {
    let entries = |last: &[&str]| json!([{"name": "public", "domains": ["public.a.com"]}, {"name": "internal", "domains": last}]);
    for (index, last) in [&["*.a.com"][..], &["*"], &["*", "*.a.com", "internal.a.com"]].iter().enumerate() {
        let (envoy, address) = start(&format!("server-names-{index}"), entries(last));
        for (sni, host, certified, status) in [
            ("public.a.com", "public.a.com", false, 200),
            ("public.a.com", "internal.a.com", false, 421),
            ("public.a.com", "x.public.a.com", false, 421),
            ("internal.a.com", "internal.a.com", true, 200),
            ("internal.a.com", "public.a.com", true, 421),
            ("other.a.com", "yet-another.a.com", true, 200),
        ] {
            let found = statuses(address, sni, host, certified);
            assert_eq!(found, [status; 2], "{last:?} {sni} {host}\n{}", envoy.log());
        }
    }
}

//! Fetching keys over TLS with envoy-configs/token-validation-remote.yaml.

use cases::HeaderLine;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use testkit::envoy::Envoy;
use testkit::http::{Request, http1};
use testkit::issuer::Issuer;
use testkit::key_server::Answer;
use testkit::workspace::root;
use testkit::workspace::run_folder;
use testkit::{tls, upstream};

/// Starts Envoy and a key server with a certificate for this name.
fn start(name: &str, certified: &str) -> anyhow::Result<(Envoy, Arc<Issuer>)> {
    let issuer = Arc::new(Issuer::new("https://issuer.example/"));
    let (certificate, key) = tls::certificate_for(certified)?;
    let served = Arc::clone(&issuer);
    let address =
        tls::serve(&certificate, &key, move |_| testkit::key_server::respond(&Answer::Keys, &served))?;
    let ca = run_folder(name)?.join("ca.pem");
    std::fs::write(&ca, certificate)?;
    let text = std::fs::read_to_string(root().join("envoy-configs/token-validation-remote.yaml"))?;
    let mut bootstrap = yaml::values("token-validation-remote.yaml", &text)?.remove(0);
    let mut put = |pointer: &str, value: Value| {
        *bootstrap.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value;
    };
    let socket = |address: SocketAddr| json!({"address": "127.0.0.1", "port_value": address.port()});
    let endpoint = "load_assignment/endpoints/0/lb_endpoints/0/endpoint/address/socket_address";
    put("/admin/address/socket_address/port_value", json!(0));
    put("/static_resources/listeners/0/address/socket_address/port_value", json!(0));
    put(&format!("/static_resources/clusters/0/{endpoint}"), socket(upstream::start(0)?));
    put(&format!("/static_resources/clusters/1/{endpoint}"), socket(address));
    let context = "transport_socket/typed_config/common_tls_context/validation_context/trusted_ca";
    put(&format!("/static_resources/clusters/1/{context}"), json!({"filename": ca}));
    Ok((Envoy::start(name, &bootstrap, &[])?, issuer))
}

fn send(envoy: &Envoy, issuer: &Issuer) -> (u16, Vec<HeaderLine>) {
    let token = issuer.token(&json!({"sub": "kim", "aud": "api"}));
    let request = Request::get("/").with("authorization", &format!("Bearer {token}"));
    let answer = http1(envoy.listener("listener").unwrap(), &request).unwrap();
    (answer.status, upstream::parse_echo(&answer.body).headers)
}

#[test]
fn keys_are_fetched_from_a_server_with_a_valid_certificate() {
    let (envoy, issuer) = start("keys-tls", "issuer.example").unwrap();
    let (status, headers) = send(&envoy, &issuer);
    assert_eq!(status, 200, "{}", envoy.log());
    assert!(headers.contains(&(b"x-user".to_vec(), b"kim".to_vec())));
}

#[test]
fn keys_are_not_fetched_from_a_server_with_another_name() {
    let (envoy, issuer) = start("keys-other", "other.example").unwrap();
    assert_eq!(send(&envoy, &issuer).0, 503);
    assert!(envoy.log().contains("cannot be fetched: status 503"), "{}", envoy.log());
}

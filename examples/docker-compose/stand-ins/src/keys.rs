//! The issuer. `/jwks.json` returns its public keys, `/token?CLAIMS` a token for percent-encoded JSON claims, `/forged?CLAIMS`
//! a token signed with an unpublished key of the same name, and `/addresses` the addresses of the container.
//!
//! It issues any token to any caller, so only the client and the ingress share a network with it.

use crate::addresses;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::net::{SocketAddr, TcpListener};
use testkit::http::{Request, response, serve};
use testkit::issuer::Issuer;

pub(crate) const PORT: u16 = 8080;
/// The `iss` claim of its tokens.
const NAME: &str = "https://issuer.example/";

/// Serves requests until the process is stopped.
pub(crate) fn run() -> Result<()> {
    let listener = TcpListener::bind(("0.0.0.0", PORT)).context("cannot listen on the port")?;
    let (issuer, forger) = (Issuer::new(NAME), Issuer::new(NAME));
    serve(&listener, move |head| respond(&issuer, &forger, head));
    Ok(())
}

fn respond(issuer: &Issuer, forger: &Issuer, head: &[u8]) -> Vec<u8> {
    let target = Request::parse(head).path();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let signer = match path {
        "/jwks.json" => return response(200, &[], issuer.jwks().as_bytes()),
        "/addresses" => return response(200, &[], addresses::own().as_bytes()),
        "/token" => issuer,
        "/forged" => forger,
        _ => return response(404, &[], b""),
    };
    match claims(query) {
        Ok(claims) => response(200, &[], signer.token(&claims).as_bytes()),
        Err(error) => response(400, &[], format!("{error:#}\n").as_bytes()),
    }
}

fn claims(query: &str) -> Result<Value> {
    let escaped = query.replace('%', "\\x");
    let bytes = cases::unescape(&escaped).map_err(anyhow::Error::msg)?;
    serde_json::from_slice(&bytes).context("the claims are not JSON")
}

/// Returns the request target for a token with these claims.
fn target(claims: &Value, forged: bool) -> String {
    let path = if forged { "/forged" } else { "/token" };
    let query: String = claims.to_string().bytes().map(|byte| format!("%{byte:02x}")).collect();
    format!("{path}?{query}")
}

pub(crate) fn token(server: SocketAddr, claims: &Value, forged: bool) -> Result<String> {
    get(server, &target(claims, forged))
}

/// Sends a request to the key server, and returns the body of the response.
pub(crate) fn get(server: SocketAddr, target: &str) -> Result<String> {
    let response = testkit::http::http1(server, &Request::get(target))?;
    let text = String::from_utf8(response.body)?;
    if response.status != 200 {
        bail!("the key server responds {}: {text}", response.status);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::{Issuer, NAME, respond, target};
    use serde_json::json;

    #[test]
    fn tokens_have_the_requested_claims() {
        let (issuer, forger) = (Issuer::new(NAME), Issuer::new(NAME));
        let ask = |target: &str| {
            let head = format!("GET {target} HTTP/1.1\r\n\r\n");
            String::from_utf8(respond(&issuer, &forger, head.as_bytes())).unwrap()
        };
        let token = ask(&target(&json!({"sub": "kim % \\ ü"}), false));
        assert!(
            token.starts_with("HTTP/1.1 200")
                && token.split("\r\n\r\n").nth(1).unwrap().matches('.').count() == 2
        );
        assert!(ask("/jwks.json").contains("\"keys\":[{"));
        assert!(ask("/token?%").starts_with("HTTP/1.1 400"));
        assert!(ask("/token?no").starts_with("HTTP/1.1 400"));
        assert!(ask("/else").starts_with("HTTP/1.1 404"));
    }
}

//! The issuer of the harness. `/jwks.json` are its public keys; `/token?CLAIMS` is a token for the claims, JSON that is
//! percent-encoded; `/forged?CLAIMS` is the same, signed with a key of the same name that nobody was told of; `/addresses` are
//! its own.
//!
//! Whoever can reach this can be anybody, so only the client and the ingress share a network with it.

use crate::addresses;
use crate::answer::{method_and_target, response};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::net::{SocketAddr, TcpListener};
use testkit::http::Request;
use testkit::issuer::Issuer;
use testkit::upstream;

/// The port.
pub(crate) const PORT: u16 = 8080;
/// The `iss` of its tokens.
const NAME: &str = "https://issuer.example/";

/// Runs until it is stopped.
pub(crate) fn run() -> Result<()> {
    let listener = TcpListener::bind(("0.0.0.0", PORT)).context("the port cannot be had")?;
    let (issuer, forger) = (Issuer::new(NAME), Issuer::new(NAME));
    upstream::serve(&listener, move |head| answer(&issuer, &forger, head));
    Ok(())
}

fn answer(issuer: &Issuer, forger: &Issuer, head: &[u8]) -> Vec<u8> {
    let (_, target) = method_and_target(head);
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let signer = match path {
        "/jwks.json" => return response(200, &[], issuer.jwks().as_bytes()),
        "/addresses" => return response(200, &[], addresses::own().join(",").as_bytes()),
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
    serde_json::from_slice(&bytes).context("the claims are no JSON")
}

/// The target that asks for a token with these claims.
fn target(claims: &Value, forged: bool) -> String {
    let path = if forged { "/forged" } else { "/token" };
    let query: String = claims.to_string().bytes().map(|byte| format!("%{byte:02x}")).collect();
    format!("{path}?{query}")
}

/// Asks the key server at `server` for a token.
pub(crate) fn token(server: SocketAddr, claims: &Value, forged: bool) -> Result<String> {
    ask(server, &target(claims, forged))
}

/// Asks the key server for something.
pub(crate) fn ask(server: SocketAddr, target: &str) -> Result<String> {
    let answer = testkit::http::http1(server, &Request::get(target))?;
    let text = String::from_utf8(answer.body)?;
    if answer.status != 200 {
        bail!("the key server answers {}: {text}", answer.status);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::{Issuer, NAME, answer, target};
    use serde_json::json;

    #[test]
    fn a_token_has_the_claims_that_were_asked_for() {
        let (issuer, forger) = (Issuer::new(NAME), Issuer::new(NAME));
        let ask = |target: &str| {
            let head = format!("GET {target} HTTP/1.1\r\n\r\n");
            String::from_utf8(answer(&issuer, &forger, head.as_bytes())).unwrap()
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

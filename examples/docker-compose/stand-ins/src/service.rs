//! A service. It answers with the head of the request that reached it, and can be asked to be a caller itself:
//!
//! - `/reach/HOST:PORT` tells whether a connection from here comes about;
//! - `/via/HOST:PORT/REST` sends the request on, for `/REST`, and gives back what comes of it.

use crate::addresses;
use crate::answer::{lines, method_and_target, response};
use anyhow::{Context, Result};
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::time::Duration;
use testkit::http::Request;
use testkit::upstream;

/// The port; on loopback alone, so that whoever wants to talk to a service has to pass its sidecar.
pub(crate) const PORT: u16 = 8080;

/// How long a connection may take: what is cut off by the kernel fails at once, or never.
const PATIENCE: Duration = Duration::from_secs(1);

/// Runs until it is stopped.
pub(crate) fn run(name: String) -> Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", PORT)).context("the port cannot be had")?;
    upstream::serve(&listener, move |head| answer(&name, head));
    Ok(())
}

fn answer(name: &str, head: &[u8]) -> Vec<u8> {
    let (_, target) = method_and_target(head);
    if let Some(place) = target.strip_prefix("/reach/") {
        return reach(place);
    }
    if let Some(rest) = target.strip_prefix("/via/") {
        return via(rest, head)
            .unwrap_or_else(|error| response(502, &[], format!("{name}: {error:#}\n").as_bytes()));
    }
    upstream::echo(head, &[("x-service", name)])
}

/// Whether any address of the place can be reached; `x-addresses` are those of this service.
fn reach(place: &str) -> Vec<u8> {
    let outcome = connect(place);
    let (reached, body) = match &outcome {
        Ok(()) => (&b"yes"[..], "reached\n".to_owned()),
        Err(error) => (&b"no"[..], format!("not reached: {error:#}\n")),
    };
    let own = addresses::own().join(",");
    response(200, &[("x-reached", reached), ("x-addresses", own.as_bytes())], body.as_bytes())
}

fn resolve(place: &str) -> Result<Vec<SocketAddr>> {
    Ok(place.to_socket_addrs().context("no such name")?.collect())
}

/// Tries a connection to each address of a place until one comes about.
pub(crate) fn connect(place: &str) -> Result<()> {
    let mut outcome = Err(anyhow::anyhow!("no address"));
    for address in resolve(place)? {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(_) => return Ok(()),
            Err(error) => outcome = Err(error.into()),
        }
    }
    outcome
}

/// Sends the request on.
fn via(rest: &str, head: &[u8]) -> Result<Vec<u8>> {
    let (place, path) = rest.split_once('/').unwrap_or((rest, ""));
    let address = *resolve(place)?.first().context("no address")?;
    let mut request = Request { lines: lines(head), ..Request::get(&format!("/{path}")) };
    request.method = method_and_target(head).0.into_bytes();
    request.authority = Some(place.as_bytes().to_vec());
    request.lines.retain(|(name, _)| !of_the_connection(&String::from_utf8_lossy(name)));
    let answer = testkit::http::http1(address, &request)?;
    let headers: Vec<(&str, &[u8])> = answer
        .headers
        .iter()
        .filter(|(name, _)| !of_the_connection(name))
        .map(|(name, value)| (name.as_str(), value.as_slice()))
        .collect();
    Ok(response(answer.status, &headers, &answer.body))
}

/// Headers that are not sent on.
fn of_the_connection(name: &str) -> bool {
    ["host", "connection", "content-length", "transfer-encoding"]
        .iter()
        .any(|other| name.eq_ignore_ascii_case(other))
}

#[cfg(test)]
mod tests {
    use super::{answer, upstream};
    use std::net::TcpListener;

    fn ask(target: &str) -> String {
        let head = format!("GET {target} HTTP/1.1\r\nhost: a\r\nx-user: kim\r\n\r\n");
        String::from_utf8(answer("details", head.as_bytes())).unwrap()
    }

    #[test]
    fn a_service_echoes_and_names_itself() {
        let told = ask("/details/0");
        assert!(
            told.contains("x-service: details\r\n") && told.contains("\r\n\r\nGET /details/0 "),
            "{told}"
        );
    }

    #[test]
    fn a_service_tells_what_it_reaches() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let told = ask(&format!("/reach/127.0.0.1:{port}"));
        assert!(told.contains("x-reached: yes\r\n") && told.contains("x-addresses: "), "{told}");
        drop(listener);
        let told = ask(&format!("/reach/127.0.0.1:{port}"));
        assert!(told.contains("x-reached: no") && told.contains("not reached: "), "{told}");
    }

    #[test]
    fn a_service_sends_requests_on() {
        let next = upstream::start(0).unwrap();
        let told = ask(&format!("/via/{next}/ratings/0"));
        assert!(told.contains("\r\n\r\nGET /ratings/0 ") && told.contains("x-user: kim"), "{told}");
        assert!(told.contains(&format!("host: {next}")) && !told.contains("host: a\r"), "{told}");
    }
}

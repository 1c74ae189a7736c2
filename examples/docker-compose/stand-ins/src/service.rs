//! A service. It echoes the head of each request, and can act as a caller:
//!
//! - `/reach/HOST:PORT` opens a connection and reports whether it succeeded;
//! - `/via/HOST:PORT/REST` forwards the request as `/REST` and returns the response.

use crate::addresses;
use anyhow::{Context, Result};
use std::net::{TcpListener, TcpStream, ToSocketAddrs};
use std::time::Duration;
use testkit::http::{self, Request, serve};
use testkit::upstream;

/// The port, on loopback only, so that every caller has to use the sidecar.
pub(crate) const PORT: u16 = 8080;

/// The time limit of a connection. A blocked connection fails at once or not at all.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// Serves requests until the process is stopped.
pub(crate) fn run(name: String) -> Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", PORT)).context("cannot listen on the port")?;
    serve(&listener, move |head| respond(&name, head));
    Ok(())
}

fn respond(name: &str, head: &[u8]) -> Vec<u8> {
    let request = Request::parse(head);
    let target = request.path();
    if let Some(place) = target.strip_prefix("/reach/") {
        return reach(place);
    }
    if let Some(rest) = target.strip_prefix("/via/") {
        return via(rest, request)
            .unwrap_or_else(|error| http::response(502, &[], format!("{name}: {error:#}\n").as_bytes()));
    }
    upstream::echo(head, &[("x-service", name)])
}

/// Reports whether any address of the place can be reached. `x-addresses` has the addresses of this service.
fn reach(place: &str) -> Vec<u8> {
    let outcome = connect(place);
    let (reached, body) = match &outcome {
        Ok(()) => (&b"yes"[..], "reached\n".to_owned()),
        Err(error) => (&b"no"[..], format!("not reached: {error:#}\n")),
    };
    http::response(
        200,
        &[("x-reached", reached), ("x-addresses", addresses::own().as_bytes())],
        body.as_bytes(),
    )
}

/// Opens a connection to the first address of a place that accepts one.
pub(crate) fn connect(place: &str) -> Result<()> {
    let mut outcome = Err(anyhow::anyhow!("no address"));
    for address in place.to_socket_addrs().context("no such name")? {
        match TcpStream::connect_timeout(&address, CONNECT_TIMEOUT) {
            Ok(_) => return Ok(()),
            Err(error) => outcome = Err(error.into()),
        }
    }
    outcome
}

fn via(rest: &str, mut request: Request) -> Result<Vec<u8>> {
    let (place, path) = rest.split_once('/').unwrap_or((rest, ""));
    request.target = Some(format!("/{path}").into_bytes());
    request.authority = Some(place.as_bytes().to_vec());
    request.lines.retain(|(name, _)| !is_hop_by_hop(&String::from_utf8_lossy(name)));
    let response = http::http1(addresses::first(place)?, &request)?;
    let forwarded = response.headers.iter().filter(|(name, _)| !is_hop_by_hop(name));
    let headers: Vec<_> = forwarded.map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    Ok(http::response(response.status, &headers, &response.body))
}

/// Returns true for headers that are not forwarded.
fn is_hop_by_hop(name: &str) -> bool {
    let names = ["host", "connection", "content-length", "transfer-encoding"];
    names.iter().any(|other| name.eq_ignore_ascii_case(other))
}

#[cfg(test)]
mod tests {
    use super::{respond, upstream};
    use std::net::TcpListener;

    fn ask(target: &str) -> String {
        let head = format!("GET {target} HTTP/1.1\r\nhost: a\r\nx-user: kim\r\n\r\n");
        String::from_utf8(respond("details", head.as_bytes())).unwrap()
    }

    #[test]
    fn a_service_echoes_the_request_with_its_name() {
        let text = ask("/details/0");
        assert!(
            text.contains("x-service: details\r\n") && text.contains("\r\n\r\nGET /details/0 "),
            "{text}"
        );
    }

    #[test]
    fn a_service_reports_whether_it_reaches_a_place() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let text = ask(&format!("/reach/127.0.0.1:{port}"));
        assert!(text.contains("x-reached: yes\r\n") && text.contains("x-addresses: "), "{text}");
        drop(listener);
        let text = ask(&format!("/reach/127.0.0.1:{port}"));
        assert!(text.contains("x-reached: no") && text.contains("not reached: "), "{text}");
    }

    #[test]
    fn a_service_forwards_requests() {
        let next = upstream::start(0).unwrap();
        let text = ask(&format!("/via/{next}/ratings/0"));
        assert!(text.contains("\r\n\r\nGET /ratings/0 ") && text.contains("x-user: kim"), "{text}");
        assert!(text.contains(&format!("host: {next}")) && !text.contains("host: a\r"), "{text}");
    }
}

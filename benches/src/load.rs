//! The load: persistent connections, each with one request at a time.

use anyhow::{Context, Result, bail};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The number of connections, enough to keep Envoy busy: the cost of waking up must not be measured.
const CONNECTIONS: usize = 16;

#[derive(Debug, Default)]
pub(crate) struct Turn {
    pub(crate) requests: u64,
    /// The latencies in microseconds, unordered.
    pub(crate) latencies: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Until {
    Time(Duration),
    Requests(u64),
}

/// Sends the requests one after another on each connection, and checks the status of the responses.
pub(crate) fn run(
    address: SocketAddr,
    requests: &Arc<Vec<Vec<u8>>>,
    status: u16,
    until: Until,
) -> Result<Turn> {
    let started = Instant::now();
    let each = |number: usize| {
        let requests = Arc::clone(requests);
        std::thread::spawn(move || connection(address, &requests, number, status, until, started))
    };
    let threads: Vec<_> = (0..CONNECTIONS).map(each).collect();
    let mut turn = Turn::default();
    for thread in threads {
        let part = thread.join().map_err(|_| anyhow::anyhow!("a connection panicked"))??;
        turn.requests += part.requests;
        turn.latencies.extend(part.latencies);
    }
    Ok(turn)
}

fn connection(
    address: SocketAddr,
    requests: &[Vec<u8>],
    number: usize,
    status: u16,
    until: Until,
    started: Instant,
) -> Result<Turn> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let expected = format!("HTTP/1.1 {status} ");
    let mut buffer = vec![0; 65_536];
    let mut turn = Turn::default();
    // Every connection sends different requests, so that a new token is not sent twice.
    let (first, step) = if requests.len() < CONNECTIONS { (0, 1) } else { (number, CONNECTIONS) };
    for request in requests.iter().skip(first).step_by(step).cycle() {
        let over = match until {
            Until::Time(time) => started.elapsed() >= time,
            Until::Requests(most) => turn.requests >= most.div_ceil(CONNECTIONS as u64),
        };
        if over {
            break;
        }
        let sent = Instant::now();
        stream.write_all(request)?;
        read(&mut stream, &mut buffer, expected.as_bytes())?;
        turn.requests += 1;
        turn.latencies.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    Ok(turn)
}

/// Reads one response, which must have a `content-length`.
fn read(stream: &mut TcpStream, buffer: &mut [u8], expected: &[u8]) -> Result<()> {
    let mut have = 0;
    loop {
        let read = stream.read(&mut buffer[have..])?;
        if read == 0 {
            bail!("the connection was closed");
        }
        have += read;
        let Some(end) = buffer[..have].windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = &buffer[..end];
        if !head.starts_with(expected) {
            bail!("unexpected response: {}", String::from_utf8_lossy(head));
        }
        let length = content_length(head).context("no content-length")?;
        if have >= end + 4 + length {
            return Ok(());
        }
    }
}

fn content_length(head: &[u8]) -> Option<usize> {
    let (_, rest) = std::str::from_utf8(head).ok()?.split_once("content-length: ")?;
    rest.lines().next()?.parse().ok()
}

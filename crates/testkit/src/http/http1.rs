//! HTTP/1.

use super::connection::{Stream, connect};
use super::message::{Request, Response};
use anyhow::{Context, Result, ensure};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;

/// Sends a request over a new connection.
pub fn http1(address: SocketAddr, request: &Request) -> Result<Response> {
    http1_over(&mut connect(address)?, request)
}

/// Sends a request over this connection.
pub fn http1_over(stream: &mut dyn Stream, request: &Request) -> Result<Response> {
    // A proxy that rejects a request may close the connection before it has read the whole request.
    let _ = stream.write_all(&serialize(request));
    let has_body = !matches!(request.method.as_slice(), b"HEAD" | b"CONNECT");
    read_response(&mut BufReader::new(stream), has_body)
}

fn serialize(request: &Request) -> Vec<u8> {
    let authority = request.authority.clone();
    let target = request.target.clone().or_else(|| authority.clone()).unwrap_or_default();
    let mut bytes = [&request.method[..], b" ", &target, b" ", request.version.as_bytes(), b"\r\n"].concat();
    let host = authority.map(|authority| (b"host".to_vec(), authority));
    for (name, value) in host.iter().chain(&request.lines) {
        bytes.extend_from_slice(&[&name[..], b": ", value, b"\r\n"].concat());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes
}

/// Reads a response.
pub fn read_response(reader: &mut impl BufRead, has_body: bool) -> Result<Response> {
    let first = String::from_utf8_lossy(&line(reader)?).into_owned();
    let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
    let mut response = Response {
        status: status.with_context(|| format!("no status in {first:?}"))?,
        ..Response::default()
    };
    loop {
        let text = line(reader)?;
        let Some(colon) = text.iter().position(|byte| *byte == b':') else { break };
        let name = String::from_utf8_lossy(&text[..colon]).to_ascii_lowercase();
        response.headers.push((name, text[colon + 1..].trim_ascii().to_vec()));
    }
    if !has_body || matches!(response.status, 204 | 304) {
        return Ok(response);
    }
    if response.text("transfer-encoding").eq_ignore_ascii_case("chunked") {
        loop {
            let size = usize::from_str_radix(str::from_utf8(&line(reader)?)?.trim(), 16)
                .context("invalid chunk size")?;
            let mut chunk = vec![0; size];
            reader.read_exact(&mut chunk)?;
            line(reader)?;
            if size == 0 {
                break;
            }
            response.body.extend(chunk);
        }
    } else if let Ok(length) = response.text("content-length").parse::<usize>() {
        response.body = vec![0; length];
        reader.read_exact(&mut response.body)?;
    } else {
        reader.read_to_end(&mut response.body)?;
    }
    Ok(response)
}

fn line(reader: &mut impl BufRead) -> Result<Vec<u8>> {
    let mut line = Vec::new();
    ensure!(reader.read_until(b'\n', &mut line)? > 0, "the connection was closed");
    while line.last().is_some_and(|byte| matches!(byte, b'\r' | b'\n')) {
        line.pop();
    }
    Ok(line)
}

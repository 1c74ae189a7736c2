//! HTTP/2 (RFC 9113), one request per connection.

use super::connection::{Stream, connect};
use super::message::{Request, Response};
use anyhow::{Result, bail};
use std::io::Write;
use std::net::{SocketAddr, TcpStream};

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const ACK: u8 = 1;
/// An error code: the client does not need the stream any more.
const CANCEL: u8 = 8;
const MAX_FRAME: usize = 16_384;

/// Sends a request over a new connection.
pub fn http2(address: SocketAddr, request: &Request) -> Result<Response> {
    http2_over(&mut connect(address)?, "http", request)
}

/// Sends a request over this connection.
pub fn http2_over(stream: &mut dyn Stream, scheme: &str, request: &Request) -> Result<Response> {
    let connect = request.method == b"CONNECT" && request.target.is_none();
    let _ = stream.write_all(&head(scheme, request, !connect));
    read_response(stream, connect)
}

/// What follows the headers of a request.
#[derive(Debug, Clone)]
pub enum Part {
    /// A part of the body.
    Data(Vec<u8>),
    /// Trailers with these names and values.
    Trailers(Vec<(Vec<u8>, Vec<u8>)>),
    /// The client resets the stream.
    Reset,
}

/// Sends a request and what follows its headers over a new connection. The last part ends the stream.
pub fn start_http2(address: SocketAddr, request: &Request, rest: &[Part]) -> Result<TcpStream> {
    let mut stream = connect(address)?;
    stream.write_all(&head("http", request, rest.is_empty()))?;
    for (index, part) in rest.iter().enumerate() {
        let end = if index + 1 == rest.len() { END_STREAM } else { 0 };
        let mut bytes = Vec::new();
        match part {
            Part::Data(data) => push_frame(&mut bytes, DATA, end, 1, data),
            Part::Trailers(lines) => {
                let lines = lines.iter().map(|(name, value)| (&name[..], &value[..]));
                let block = loona_hpack::Encoder::new().encode(lines);
                push_frame(&mut bytes, HEADERS, END_HEADERS | END_STREAM, 1, &block);
            }
            Part::Reset => push_frame(&mut bytes, RST_STREAM, 0, 1, &[0, 0, 0, CANCEL]),
        }
        stream.write_all(&bytes)?;
    }
    Ok(stream)
}

/// Reads the response to a request of [`start_http2`].
pub fn finish_http2(mut stream: TcpStream) -> Result<Response> {
    read_response(&mut stream, false)
}

/// Returns the start of a connection and the headers of a request.
fn head(scheme: &str, request: &Request, ends: bool) -> Vec<u8> {
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    // SETTINGS_INITIAL_WINDOW_SIZE, and the same for the connection: no response has to wait for a window update.
    push_frame(&mut bytes, SETTINGS, 0, 0, &[0, 4, 0x7f, 0xff, 0xff, 0xff]);
    push_frame(&mut bytes, WINDOW_UPDATE, 0, 0, &[0x7f, 0xff, 0, 0]);
    let block = header_block(scheme, request);
    let flags = if ends { END_STREAM } else { 0 };
    let mut chunks = block.chunks(MAX_FRAME).peekable();
    let mut kind = HEADERS;
    while let Some(chunk) = chunks.next() {
        let end = if chunks.peek().is_none() { END_HEADERS } else { 0 };
        let first = if kind == HEADERS { flags } else { 0 };
        push_frame(&mut bytes, kind, first | end, 1, chunk);
        kind = CONTINUATION;
    }
    bytes
}

/// Encodes the header fields; HPACK can carry any bytes.
fn header_block(scheme: &str, request: &Request) -> Vec<u8> {
    let mut fields = vec![(b":method".to_vec(), request.method.clone())];
    if let Some(target) = &request.target {
        fields.push((b":scheme".to_vec(), scheme.as_bytes().to_vec()));
        fields.push((b":path".to_vec(), target.clone()));
    }
    fields.extend(request.authority.iter().map(|authority| (b":authority".to_vec(), authority.clone())));
    fields.extend(request.lines.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())));
    loona_hpack::Encoder::new().encode(fields.iter().map(|(name, value)| (&name[..], &value[..])))
}

fn push_frame(bytes: &mut Vec<u8>, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
    let length = u32::try_from(payload.len()).unwrap_or_default().to_be_bytes();
    bytes.extend_from_slice(&length[1..]);
    bytes.extend_from_slice(&[kind, flags]);
    bytes.extend_from_slice(&stream.to_be_bytes());
    bytes.extend_from_slice(payload);
}

fn read_response(stream: &mut dyn Stream, headers_only: bool) -> Result<Response> {
    let mut response = Response::default();
    let mut decoder = loona_hpack::Decoder::new();
    let mut block = Vec::new();
    let mut ends = false;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head)?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let (kind, flags) = (head[3], head[4]);
        let mut payload = vec![0; length];
        stream.read_exact(&mut payload)?;
        match kind {
            SETTINGS if flags & ACK == 0 => acknowledge(stream, SETTINGS, &[]),
            PING if flags & ACK == 0 => acknowledge(stream, PING, &payload),
            HEADERS | CONTINUATION => {
                ends |= kind == HEADERS && flags & END_STREAM != 0;
                block.extend_from_slice(&payload);
                if flags & END_HEADERS != 0 {
                    let fields = decoder.decode(&block);
                    for (name, value) in fields.map_err(|error| anyhow::anyhow!("HPACK: {error:?}"))? {
                        let name = String::from_utf8_lossy(&name).into_owned();
                        if name == ":status" {
                            response.status = String::from_utf8_lossy(&value).parse()?;
                        } else {
                            response.headers.push((name, value.to_vec()));
                        }
                    }
                    block.clear();
                    if ends || headers_only {
                        return Ok(response);
                    }
                }
            }
            DATA => {
                response.body.extend_from_slice(&payload);
                if flags & END_STREAM != 0 {
                    return Ok(response);
                }
            }
            RST_STREAM if response.status == 0 => bail!("the stream was reset"),
            RST_STREAM => return Ok(response),
            GOAWAY if response.status == 0 => bail!("the connection was closed"),
            _ => {}
        }
    }
}

fn acknowledge(stream: &mut dyn Stream, kind: u8, payload: &[u8]) {
    let mut bytes = Vec::new();
    push_frame(&mut bytes, kind, ACK, 0, payload);
    let _ = stream.write_all(&bytes);
}

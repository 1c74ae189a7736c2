//! The flags that describe a request.

use super::request::{add_header, default_sni, parse, parse_header};
use crate::exit::Failure;
use clap::Args;
use inspect::Request;

/// The flags that describe a request.
#[derive(Debug, Args)]
pub struct Flags {
    /// The method and the URL, such as `GET https://shop.example.com/x`; with --host, the method and the path. The path is
    /// not normalized; `\xHH` is a byte
    #[arg(long, value_name = "METHOD URL", required_unless_present_any = ["requests", "cases"])]
    request: Option<String>,
    /// A header line; may be repeated
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    headers: Vec<String>,
    /// A token for the header `authorization: Bearer`; `@FILE` reads it from a file
    #[arg(long)]
    token: Option<String>,
    /// The authority, if it is not that of the URL
    #[arg(long)]
    host: Option<String>,
    /// Use a TLS connection, even if the URL is not `https`
    #[arg(long, conflicts_with = "plaintext")]
    tls: bool,
    /// Use a plaintext connection, even if the URL is `https`
    #[arg(long)]
    plaintext: bool,
    /// The server name (SNI) of a TLS connection; by default the host; empty for none
    #[arg(long, conflicts_with = "plaintext")]
    sni: Option<String>,
    /// The SHA-256 of the client's certificate, in hex
    #[arg(long, value_name = "HEX", value_parser = digest)]
    client_certificate: Option<String>,
}

impl Flags {
    /// Returns the request.
    pub fn request(&self) -> Result<Request, Failure> {
        let text = self.request.as_deref().unwrap_or_default();
        let mut request = parse(text, self.host.as_deref()).map_err(Failure::usage)?;
        for line in &self.headers {
            add_header(&mut request, parse_header(line).map_err(Failure::usage)?);
        }
        if let Some(token) = &self.token {
            let value = format!("Bearer {}", read_token(token)?);
            request.headers.push((b"authorization".to_vec(), value.into_bytes()));
        }
        request.tls = (request.tls || self.tls || self.sni.is_some()) && !self.plaintext;
        request.sni = match &self.sni {
            Some(sni) => Some(sni.clone().into_bytes()).filter(|sni| !sni.is_empty()),
            None => default_sni(&request),
        };
        request.certificate.clone_from(&self.client_certificate);
        if request.host.is_none() {
            return Err(Failure::usage(format_args!(
                "`{text}` has no host; write the whole URL, or add --host"
            )));
        }
        Ok(request)
    }
}

fn read_token(token: &str) -> Result<String, Failure> {
    let Some(file) = token.strip_prefix('@') else { return Ok(token.to_owned()) };
    let read = std::fs::read_to_string(file);
    read.map(|text| text.trim().to_owned()).map_err(|error| Failure::usage(format_args!("{file}: {error}")))
}

fn digest(hex: &str) -> Result<String, &'static str> {
    let hex = hex.replace(':', "").to_ascii_lowercase();
    let valid = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    if valid { Ok(hex) } else { Err("write the SHA-256 as 64 hex digits") }
}

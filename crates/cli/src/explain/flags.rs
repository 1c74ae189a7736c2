//! The flags that describe a request.

use super::connection::Connection;
use super::request::Entry;
use crate::exit::Failure;
use crate::files;
use clap::Args;
use inspect::Request;
use std::path::Path;

/// The flags that describe a request.
#[derive(Debug, Args)]
pub struct Flags {
    /// The method and the URL, such as `GET https://shop.example.com/x`; with --host, the method and the path. The path is
    /// not normalized; `\xHH` is a byte
    #[arg(long, value_name = "METHOD URL")]
    request: Option<String>,
    /// A header line; may be repeated
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    headers: Vec<String>,
    /// A token for the header `authorization: Bearer`; `@FILE` reads it from a file
    #[arg(long)]
    token: Option<String>,
    /// The authority, for a request without one; it may be empty
    #[arg(long)]
    host: Option<String>,
    /// Use a TLS connection, even if the URL is not `https`
    #[arg(long, conflicts_with = "plaintext")]
    tls: bool,
    /// Use a plaintext connection, even if the URL is `https`
    #[arg(long)]
    plaintext: bool,
    #[command(flatten)]
    connection: Connection,
}

impl Flags {
    /// Returns the request.
    pub fn request(&self) -> Result<Request, Failure> {
        let token = self.token.as_deref().map(read_token).transpose()?;
        let mut connection = self.connection.clone();
        connection.tls = (self.tls || self.plaintext).then_some(self.tls);
        let text = self.request.clone().unwrap_or_default();
        let (host, headers) = (self.host.clone(), self.headers.clone());
        let entry = Entry { request: text, host, headers, token, connection };
        entry.request().map_err(Failure::usage)
    }
}

fn read_token(token: &str) -> Result<String, Failure> {
    match token.strip_prefix('@') {
        Some("") => Err(Failure::usage("`--token @` has no file; write `--token @FILE`")),
        Some(file) => Ok(files::read_one(Path::new(file))?.text.trim().to_owned()),
        None => Ok(token.to_owned()),
    }
}

//! The connection of a request: its flags, and its fields in a list of requests.

use clap::Args;
use inspect::{Request, unescape};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// The connection of a request; by default that of the URL.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Connection {
    /// True for TLS; set by `--tls` and `--plaintext`.
    #[arg(skip)]
    pub tls: Option<bool>,
    /// The server name (SNI) of a TLS connection; by default the host; empty for none
    #[arg(long, conflicts_with = "plaintext")]
    sni: Option<String>,
    /// The SHA-256 of the client's certificate, in hex
    #[arg(long, value_name = "HEX", value_parser = inspect::sha256)]
    #[serde(default, deserialize_with = "certificate")]
    client_certificate: Option<String>,
}

fn certificate<'de, D: Deserializer<'de>>(text: D) -> Result<Option<String>, D::Error> {
    let text: Option<String> = Deserialize::deserialize(text)?;
    let digest = |text: String| {
        let invalid = |help| D::Error::custom(format_args!("invalid certificate `{text}`; {help}"));
        inspect::sha256(&text).map_err(invalid)
    };
    text.map(digest).transpose()
}

impl Connection {
    /// Sets the connection of a request.
    ///
    /// # Errors
    /// Returns why a field is invalid.
    pub fn apply(&self, request: &mut Request) -> Result<(), String> {
        let Self { tls, sni, client_certificate } = self;
        request.tls = tls.unwrap_or(request.tls || sni.is_some());
        request.sni = match sni {
            Some(sni) => Some(unescape(sni)?).filter(|sni| !sni.is_empty()),
            None => default_sni(request),
        };
        request.certificate.clone_from(client_certificate);
        Ok(())
    }
}

/// Returns the server name that a client sends by default: the host, except an IP address (RFC 6066, section 3).
pub fn default_sni(request: &Request) -> Option<Vec<u8>> {
    let authority = policy::http::Authority::parse(request.host.as_deref()?).ok()?;
    (request.tls && !authority.host.is_ip()).then(|| authority.host.as_str().as_bytes().to_vec())
}

//! The time and the connection of a request.

use super::clock;
use super::ffi;
use crate::host::CallFailed;
use policy::http::Connection;
use policy::stages::Needs;

/// What the engine needs besides the headers.
#[derive(Default)]
pub(crate) struct ConnectionFacts {
    /// The time, in seconds since 1970.
    pub(crate) now: u64,
    tls: bool,
    sni: Option<Vec<u8>>,
    certificate: Option<Vec<u8>>,
}

impl ConnectionFacts {
    /// Reads what a stage needs from the host, and nothing else.
    pub(crate) fn read(needs: Needs) -> Result<Self, CallFailed> {
        let mut facts = Self::default();
        if needs.time {
            facts.now = clock::seconds();
        }
        if needs.tls {
            facts.tls = ffi::property("connection\0tls_version")?.is_some_and(|version| !version.is_empty());
        }
        if needs.sni && facts.tls {
            facts.sni = ffi::property("connection\0requested_server_name")?;
        }
        if needs.certificate {
            facts.certificate = ffi::property("connection\0sha256_peer_certificate_digest")?;
        }
        Ok(facts)
    }

    /// Returns the connection for the engine.
    pub(crate) fn connection(&self) -> Connection<'_> {
        Connection { tls: self.tls, sni: self.sni.as_deref(), certificate: self.certificate.as_deref() }
    }
}

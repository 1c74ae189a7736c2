//! A verifier that prefers the host.

use super::host_verify::{HostVerify, verify_by_host};
use super::known_answer::known_answer;
use crate::algorithm::Algorithm;
use crate::keys::Key;
use crate::verify::{InModule, Verifier};

/// Verifies RS* and ES* by the host; all other algorithms, and all signatures that the host does not verify, by the
/// module.
///
/// The host sets no minimum for the size of an RSA key and does not bind curves to algorithms: both are checked when
/// the key is read.
#[derive(Debug, Clone, Copy)]
pub struct HostBacked<H> {
    /// `None` if the host gave a wrong answer to the probe.
    pub(super) host: Option<H>,
}

impl<H: HostVerify> HostBacked<H> {
    /// Creates a verifier that trusts the host.
    pub fn new(host: H) -> Self {
        Self { host: Some(host) }
    }

    /// Creates a verifier that uses the host only if it gives the [`known_answer`].
    pub fn probed(host: H) -> Self {
        Self { host: known_answer(&host).then_some(host) }
    }
}

impl<H: HostVerify> Verifier for HostBacked<H> {
    fn verify(&self, algorithm: Algorithm, key: &Key, message: &[u8], signature: &[u8]) -> bool {
        if !key.admits(algorithm, signature) {
            return false;
        }
        let host = self.host.as_ref();
        let verified = host.and_then(|host| verify_by_host(host, algorithm, key, message, signature));
        verified.unwrap_or_else(|| InModule.verify(algorithm, key, message, signature))
    }
}

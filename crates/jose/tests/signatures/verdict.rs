//! Verifying with both verifiers.

use crate::aws_lc::AwsLc;
use jose::{Algorithm, HostBacked, HostVerify, InModule, Key, Verifier};

/// Verifies a signature by the module and by a host, and checks that both agree.
pub(crate) fn verdict(algorithm: Algorithm, key: &Key, message: &[u8], signature: &[u8]) -> bool {
    let in_module = InModule.verify(algorithm, key, message, signature);
    let host = Shared(&AwsLc::default());
    let host_backed = HostBacked::new(&host).verify(algorithm, key, message, signature);
    assert_eq!(in_module, host_backed, "{algorithm} is verified by only one of the two");
    if in_module {
        // RS* and ES* are verified by the host.
        let by_host = matches!(algorithm.name().get(..2), Some("RS" | "ES")) && key.spki().is_some();
        assert_eq!(host.0.calls.get(), usize::from(by_host), "{algorithm}");
    }
    in_module
}

struct Shared<'a>(&'a AwsLc);

impl HostVerify for &Shared<'_> {
    fn verify_signature(&self, h: &str, k: &[u8], s: &[u8], m: &[u8]) -> Result<bool, jose::HostUnavailable> {
        self.0.verify_signature(h, k, s, m)
    }
}

//! What both verifiers say.

use crate::aws_lc::AwsLc;
use jose::{Algorithm, Family, HostBacked, HostVerify, InModule, Key, Verifier};

/// What the module says of a signature, and a host, which must say the same.
pub(crate) fn verdict(algorithm: Algorithm, key: &Key, message: &[u8], signature: &[u8]) -> bool {
    let in_module = InModule.verify(algorithm, key, message, signature);
    let host = Shared(&AwsLc::default());
    let host_backed = HostBacked::new(&host).verify(algorithm, key, message, signature);
    assert_eq!(in_module, host_backed, "{algorithm} is verified by one only");
    if in_module {
        // RS* and ES* do go to the host.
        let asked = matches!(algorithm.family(), Family::Rsa | Family::Ec) && key.spki().is_some();
        assert_eq!(host.0.asked.get(), usize::from(asked), "{algorithm}");
    }
    in_module
}

struct Shared<'a>(&'a AwsLc);

impl HostVerify for &Shared<'_> {
    fn verify_signature(&self, h: &str, k: &[u8], s: &[u8], m: &[u8]) -> Result<bool, jose::HostAbsent> {
        self.0.verify_signature(h, k, s, m)
    }
}

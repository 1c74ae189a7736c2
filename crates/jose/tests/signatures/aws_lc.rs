//! A host that verifies with AWS-LC, which takes keys and ECDSA signatures in DER, as Envoy's BoringSSL does.

use aws_lc_rs::signature::{self as aws, UnparsedPublicKey, VerificationAlgorithm};
use jose::{HostUnavailable, HostVerify};
use std::cell::Cell;

/// The host, and the number of calls to it.
#[derive(Default)]
pub(crate) struct AwsLc {
    pub(crate) calls: Cell<usize>,
}

/// The object identifier of RSA keys with its tag.
const RSA_ENCRYPTION: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

impl HostVerify for AwsLc {
    fn verify_signature(
        &self,
        hash: &str,
        spki: &[u8],
        signature: &[u8],
        message: &[u8],
    ) -> Result<bool, HostUnavailable> {
        self.calls.set(self.calls.get() + 1);
        let rsa = spki.windows(RSA_ENCRYPTION.len()).any(|window| window == RSA_ENCRYPTION);
        let algorithm: &'static dyn VerificationAlgorithm = match (rsa, hash) {
            (true, "sha256") => &aws::RSA_PKCS1_2048_8192_SHA256,
            (true, "sha384") => &aws::RSA_PKCS1_2048_8192_SHA384,
            (true, "sha512") => &aws::RSA_PKCS1_2048_8192_SHA512,
            (false, "sha256") => &aws::ECDSA_P256_SHA256_ASN1,
            (false, "sha384") => &aws::ECDSA_P384_SHA384_ASN1,
            (false, "sha512") => &aws::ECDSA_P521_SHA512_ASN1,
            _ => panic!("no hash of a token: {hash}"),
        };
        Ok(UnparsedPublicKey::new(algorithm, spki).verify(message, signature).is_ok())
    }
}

#[test]
fn aws_lc_gives_the_known_answer() {
    let host = AwsLc::default();
    assert!(jose::known_answer(&host));
    assert_eq!(host.calls.get(), 4);
}

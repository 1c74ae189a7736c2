//! Signatures verified by the host.

use super::ffi::{self, Envoy};
use jose::{HostUnavailable, HostVerify, decode_result, encode_request};

/// Envoy's foreign function `verify_signature` (since 1.30).
impl HostVerify for Envoy {
    fn verify_signature(
        &self,
        hash: &str,
        spki: &[u8],
        signature: &[u8],
        message: &[u8],
    ) -> Result<bool, HostUnavailable> {
        let argument = encode_request(hash, spki, signature, message);
        let result =
            ffi::call_foreign_function("verify_signature", &argument).map_err(|_| HostUnavailable)?;
        // A successful call does not imply a valid signature: the result does.
        decode_result(&result).ok_or(HostUnavailable)
    }
}

//! Signing keys on P-256.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use std::fs::File;
use std::io::Read;

/// A signing key on P-256.
pub(crate) struct Key {
    /// The number of the key within its issuer, from 1.
    pub(crate) number: usize,
    signing: SigningKey,
}

impl Key {
    /// Generates a random key.
    pub(crate) fn generate(number: usize) -> Self {
        let mut source = File::open("/dev/urandom").expect("/dev/urandom is readable");
        loop {
            let mut secret = [0; 32];
            source.read_exact(&mut secret).expect("/dev/urandom is readable");
            // One in 2^32 random values is not a valid secret key.
            if let Ok(signing) = SigningKey::from_slice(&secret) {
                return Self { number, signing };
            }
        }
    }

    /// Returns the key ID.
    pub(crate) fn kid(&self) -> String {
        format!("key-{}", self.number)
    }

    /// Returns the public key as a JWK (RFC 7518, section 6.2.1).
    pub(crate) fn public(&self) -> Value {
        let point = self.signing.verifying_key().to_encoded_point(false);
        let number = |bytes: Option<_>| URL_SAFE_NO_PAD.encode(bytes.expect("an uncompressed point"));
        json!({
            "kty": "EC",
            "crv": "P-256",
            "use": "sig",
            "alg": "ES256",
            "kid": self.kid(),
            "x": number(point.x()),
            "y": number(point.y()),
        })
    }

    /// Signs a message with ES256 (RFC 7518, section 3.4).
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature: Signature = self.signing.sign(message);
        signature.to_bytes().to_vec()
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.kid())
    }
}

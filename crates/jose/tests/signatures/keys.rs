//! Keys from the numbers in a vector.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::{Algorithm, Key, KeySet};
use serde_json::{Value, json};

/// Encodes bytes for a JWK.
pub(crate) fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Decodes the bytes of a JWK.
pub(crate) fn bytes(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// Reads the key of a JWK, or returns why it cannot be used.
pub(crate) fn key(jwk: &Value, algorithms: &[Algorithm]) -> Result<Key, &'static str> {
    let set = json!({"keys": [jwk]}).to_string();
    let (keys, left_out) = KeySet::parse(set.as_bytes(), algorithms).unwrap();
    match left_out.first() {
        Some(left_out) => Err(left_out.why),
        None => Ok(keys.keys()[0].clone()),
    }
}

pub(crate) fn rsa(n: &[u8], e: &[u8], algorithm: Algorithm) -> Result<Key, &'static str> {
    key(&json!({"kty": "RSA", "n": text(n), "e": text(e)}), &[algorithm])
}

/// Reads the key of a point in the uncompressed form.
pub(crate) fn ec(crv: &str, point: &[u8], algorithm: Algorithm) -> Result<Key, &'static str> {
    let (x, y) = point[1..].split_at((point.len() - 1) / 2);
    key(&json!({"kty": "EC", "crv": crv, "x": text(x), "y": text(y)}), &[algorithm])
}

pub(crate) fn ed25519(x: &[u8]) -> Result<Key, &'static str> {
    key(&json!({"kty": "OKP", "crv": "Ed25519", "x": text(x)}), &[Algorithm::EdDSA])
}

pub(crate) fn secret(k: &[u8], algorithm: Algorithm) -> Result<Key, &'static str> {
    key(&json!({"kty": "oct", "k": text(k)}), &[algorithm])
}

//! The members of a key that depend on its type (RFC 7518, section 6; RFC 8037, section 2).

use super::{rsa_key, spki};
use crate::algorithm::{Algorithm, Scheme};
use crate::curve::Curve;
use crate::hash::Hash;
use encoding::base64url;
use jsonwebtoken::{AlgorithmFamily, DecodingKey, DecodingKeyKind};
use rsa::traits::PublicKeyParts;
use serde_json::{Map, Value};

/// A key in the forms in which it is used.
#[derive(Clone)]
pub(crate) struct Material {
    /// The key for the module. An EC key is a point in the uncompressed form (SEC 1, section 2.3.3).
    pub(super) decoding: DecodingKey,
    /// The `SubjectPublicKeyInfo`, if a host can verify with it.
    pub(super) spki: Option<Vec<u8>>,
}

impl Material {
    /// Reads the members that belong to the type of the key.
    pub(super) fn read(jwk: &Map<String, Value>) -> Result<Self, &'static str> {
        match text(jwk, "kty") {
            Some("RSA") => rsa(jwk),
            Some("EC") => ec(jwk),
            Some("OKP") => ed25519(jwk),
            Some("oct") => secret(jwk),
            Some(_) => Err("unknown `kty`"),
            None => Err("`kty` is missing"),
        }
    }

    /// Returns the length of this key's signatures, or `None` if the key does not fit the algorithm.
    pub(super) fn signature_bytes(&self, algorithm: Algorithm) -> Option<usize> {
        use AlgorithmFamily::{Ec, Ed, Hmac};
        use DecodingKeyKind::{RsaModulusExponent, SecretOrDer};
        match (algorithm.scheme(), self.decoding.family(), self.decoding.kind()) {
            (Scheme::RsaPkcs1(_) | Scheme::RsaPss(_), _, RsaModulusExponent { n, .. }) => Some(n.len()),
            (Scheme::Ecdsa(curve), Ec, SecretOrDer(point)) => {
                let bytes = 2 * curve.bytes();
                (point.len() == 1 + bytes).then_some(bytes)
            }
            (Scheme::Ed25519, Ed, _) => Some(ed25519_dalek::SIGNATURE_LENGTH),
            // "A key of the same size as the hash output […] or larger MUST be used" (RFC 7518, section 3.2).
            (Scheme::Hmac(hash), Hmac, SecretOrDer(secret)) => {
                (secret.len() >= hash.bytes()).then(|| hash.bytes())
            }
            (Scheme::RsaPkcs1(_) | Scheme::RsaPss(_), ..) => None,
            (Scheme::Ecdsa(_) | Scheme::Ed25519 | Scheme::Hmac(_), ..) => None,
        }
    }
}

fn text<'a>(jwk: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    jwk.get(name).and_then(Value::as_str)
}

fn bytes(jwk: &Map<String, Value>, name: &str) -> Option<Vec<u8>> {
    base64url::decode(text(jwk, name)?)
}

fn rsa(jwk: &Map<String, Value>) -> Result<Material, &'static str> {
    let modulus = bytes(jwk, "n").ok_or("`n` is not base64url")?;
    let exponent = bytes(jwk, "e").ok_or("`e` is not base64url")?;
    let key = rsa_key::parse(&modulus, &exponent)?;
    let (n, e) = (key.n().to_bytes_be(), key.e().to_bytes_be());
    let spki = rsa_key::suits_host(&key).then(|| spki::rsa(&n, &e));
    Ok(Material { decoding: DecodingKey::from_rsa_raw_components(&n, &e), spki })
}

fn ec(jwk: &Map<String, Value>) -> Result<Material, &'static str> {
    let curve = text(jwk, "crv").and_then(Curve::parse).ok_or("unknown `crv`")?;
    let x = bytes(jwk, "x").ok_or("`x` is not base64url")?;
    let y = bytes(jwk, "y").ok_or("`y` is not base64url")?;
    // "The length of this octet string MUST be the full size of a coordinate" (RFC 7518, section 6.2.1.2).
    if x.len() != curve.bytes() || y.len() != curve.bytes() {
        return Err("wrong length of `x` or `y` for this curve");
    }
    let point = [&[4], x.as_slice(), y.as_slice()].concat();
    if !curve.has(&point) {
        return Err("the point is not on the curve");
    }
    Ok(Material { decoding: DecodingKey::from_ec_der(&point), spki: Some(spki::ec(curve, &point)) })
}

fn ed25519(jwk: &Map<String, Value>) -> Result<Material, &'static str> {
    if text(jwk, "crv") != Some("Ed25519") {
        return Err("unknown `crv`");
    }
    let x = bytes(jwk, "x").ok_or("`x` is not base64url")?;
    let x: [u8; ed25519_dalek::PUBLIC_KEY_LENGTH] = x.try_into().map_err(|_| "`x` is not 32 bytes long")?;
    let key = ed25519_dalek::VerifyingKey::from_bytes(&x).map_err(|_| "the point is not on the curve")?;
    // For such a key there are signatures that fit every message (RFC 8032, section 8.9; small subgroups).
    if key.is_weak() {
        return Err("the point has a small order");
    }
    Ok(Material { decoding: DecodingKey::from_ed_der(&x), spki: None })
}

fn secret(jwk: &Map<String, Value>) -> Result<Material, &'static str> {
    let secret = bytes(jwk, "k").ok_or("`k` is not base64url")?;
    if secret.len() < Hash::Sha256.bytes() {
        return Err("`k` has fewer than 32 bytes");
    }
    Ok(Material { decoding: DecodingKey::from_secret(&secret), spki: None })
}

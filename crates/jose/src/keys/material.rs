//! What a key consists of, by its type (RFC 7518, section 6; RFC 8037, section 2).

use super::rsa_numbers::RsaNumbers;
use super::{Curve, spki};
use crate::algorithm::{Algorithm, Family};
use crate::base64url;
use jsonwebtoken::DecodingKey;
use serde_json::{Map, Value};

/// What kind of key it is, as far as signatures depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Rsa { modulus_bytes: usize },
    Ec(Curve),
    Ed25519,
    Secret { bytes: usize },
}

impl Kind {
    /// Whether keys of this kind and size serve the algorithm.
    pub(super) fn fits(self, algorithm: Algorithm) -> bool {
        match (self, algorithm.family()) {
            (Self::Rsa { .. }, Family::Rsa | Family::RsaPss) | (Self::Ed25519, Family::EdDsa) => true,
            (Self::Ec(curve), Family::Ec) => curve.algorithm() == algorithm,
            // "A key of the same size as the hash output […] or larger MUST be used" (RFC 7518, section 3.2).
            (Self::Secret { bytes }, Family::Hmac) => bytes >= algorithm.hash().bytes(),
            _ => false,
        }
    }

    /// The length of a signature.
    pub(super) fn signature_bytes(self, algorithm: Algorithm) -> usize {
        match self {
            Self::Rsa { modulus_bytes } => modulus_bytes,
            Self::Ec(curve) => 2 * curve.bytes(),
            Self::Ed25519 => ed25519_dalek::SIGNATURE_LENGTH,
            Self::Secret { .. } => algorithm.hash().bytes(),
        }
    }
}

/// A key in the forms in which it is used.
#[derive(Clone)]
pub(crate) struct Material {
    pub(super) kind: Kind,
    /// For `jsonwebtoken`; of an EC key it holds the point, also for the curve that `jsonwebtoken` does not know.
    pub(super) decoding: DecodingKey,
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
            Some(_) => Err("`kty` is not known"),
            None => Err("`kty` is missing"),
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
    let modulus = bytes(jwk, "n").ok_or("`n` is no base64url")?;
    let exponent = bytes(jwk, "e").ok_or("`e` is no base64url")?;
    let numbers = RsaNumbers::new(&modulus, &exponent)?;
    let (modulus, exponent) = (&numbers.modulus, &numbers.exponent);
    Ok(Material {
        kind: Kind::Rsa { modulus_bytes: modulus.len() },
        decoding: DecodingKey::from_rsa_raw_components(modulus, exponent),
        spki: numbers.suits_host().then(|| spki::rsa(modulus, exponent)),
    })
}

fn ec(jwk: &Map<String, Value>) -> Result<Material, &'static str> {
    let curve = text(jwk, "crv").and_then(Curve::parse).ok_or("`crv` is not known")?;
    let x = bytes(jwk, "x").ok_or("`x` is no base64url")?;
    let y = bytes(jwk, "y").ok_or("`y` is no base64url")?;
    // "The length of this octet string MUST be the full size of a coordinate" (RFC 7518, section 6.2.1.2).
    if x.len() != curve.bytes() || y.len() != curve.bytes() {
        return Err("`x` or `y` is not as long as a coordinate of the curve");
    }
    let point = [&[4], x.as_slice(), y.as_slice()].concat();
    if !curve.has(&point) {
        return Err("the point is not on the curve");
    }
    let spki = Some(spki::ec(curve, &point));
    Ok(Material { kind: Kind::Ec(curve), decoding: DecodingKey::from_ec_der(&point), spki })
}

fn ed25519(jwk: &Map<String, Value>) -> Result<Material, &'static str> {
    if text(jwk, "crv") != Some("Ed25519") {
        return Err("`crv` is not known");
    }
    let x = bytes(jwk, "x").ok_or("`x` is no base64url")?;
    let x: [u8; ed25519_dalek::PUBLIC_KEY_LENGTH] = x.try_into().map_err(|_| "`x` has not 32 bytes")?;
    let key = ed25519_dalek::VerifyingKey::from_bytes(&x).map_err(|_| "the point is not on the curve")?;
    // With such a key there are signatures that fit every message (RFC 8032, section 8.9; small subgroups).
    if key.is_weak() {
        return Err("the point has a small order");
    }
    Ok(Material { kind: Kind::Ed25519, decoding: DecodingKey::from_ed_der(&x), spki: None })
}

fn secret(jwk: &Map<String, Value>) -> Result<Material, &'static str> {
    let secret = bytes(jwk, "k").ok_or("`k` is no base64url")?;
    if secret.len() < Algorithm::HS256.hash().bytes() {
        return Err("`k` has fewer than 32 bytes");
    }
    let kind = Kind::Secret { bytes: secret.len() };
    Ok(Material { kind, decoding: DecodingKey::from_secret(&secret), spki: None })
}

//! RS256 tokens with a key of 2048 bits.

use anyhow::{Result, anyhow};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use testkit::issuer::signed;

pub(crate) struct Issuer {
    key: KeyPair,
}

impl Issuer {
    pub(crate) fn new() -> Result<Self> {
        let key = KeyPair::generate(KeySize::Rsa2048).map_err(|_| anyhow!("cannot generate an RSA key"))?;
        Ok(Self { key })
    }

    /// Returns the public key as a JWK Set (RFC 7517).
    pub(crate) fn jwks(&self) -> Value {
        let public = self.key.public_key();
        let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let n = number(public.modulus().big_endian_without_leading_zero());
        let e = number(public.exponent().big_endian_without_leading_zero());
        json!({"keys": [{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "bench", "n": n, "e": e}]})
    }

    /// Issues a token; tokens with different numbers differ.
    pub(crate) fn token(&self, number: usize) -> String {
        let header = json!({"alg": "RS256", "typ": "JWT", "kid": "bench"});
        let claims = json!({
            "iss": "https://issuer.example/", "aud": "api", "sub": format!("user-{number}"), "exp": 4_102_444_800_u64,
            "iat": 1_700_000_000, "jti": format!("{number:016x}"), "scope": "read write",
            "realm_access": {"roles": ["user", "operator"]}, "email": format!("user-{number}@example.com"),
        });
        let mut signature = vec![0; self.key.public_modulus_len()];
        let sign = |message: &[u8]| {
            let signed = self.key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature);
            signed.map(|()| signature).expect("an RSA key signs")
        };
        signed(&header, &claims, sign)
    }
}

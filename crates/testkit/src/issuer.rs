//! A token issuer whose keys rotate.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use rand_core::OsRng;
use serde_json::{Value, json};
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

/// An issuer that signs with its newest key (ES256).
#[derive(Debug)]
pub struct Issuer {
    name: String,
    /// The last one is the newest.
    keys: Mutex<Vec<Key>>,
}

impl Issuer {
    /// Creates an issuer with this `iss` claim and one key.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), keys: Mutex::new(vec![Key::generate(1)]) }
    }

    /// Adds a key, which signs from now on. The previous key stays in the key set, so that its tokens stay valid.
    pub fn rotate(&self) {
        let mut keys = self.keys();
        let number = keys.last().map_or(1, |key| key.number + 1);
        keys.push(Key::generate(number));
        if keys.len() > 2 {
            keys.remove(0);
        }
    }

    /// Returns the public keys as a JWK Set (RFC 7517, section 5).
    pub fn jwks(&self) -> String {
        let keys: Vec<Value> = self.keys().iter().map(Key::public).collect();
        json!({"keys": keys}).to_string()
    }

    /// Issues a token with these claims. Missing `iss`, `iat` and `exp` (in one hour) are added; a claim that is `null` is
    /// omitted.
    pub fn token(&self, claims: &Value) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map(|time| time.as_secs()).unwrap_or_default();
        let mut payload = json!({"iss": self.name, "iat": now, "exp": now + 3600});
        if let (Value::Object(payload), Value::Object(claims)) = (&mut payload, claims) {
            payload.extend(claims.clone());
            payload.retain(|_, claim| !claim.is_null());
        }
        let keys = self.keys();
        let key = keys.last().expect("an issuer has a key");
        let header = json!({"alg": "ES256", "typ": "JWT", "kid": key.kid()});
        signed(&header, &payload, |message| {
            let signature: Signature = key.signing.sign(message);
            signature.to_bytes().to_vec()
        })
    }

    fn keys(&self) -> std::sync::MutexGuard<'_, Vec<Key>> {
        self.keys.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Returns a token with this signature of its header and claims (RFC 7515, section 7.1).
pub fn signed(header: &Value, claims: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(sign(message.as_bytes()));
    format!("{message}.{signature}")
}

/// A signing key on P-256.
#[derive(Debug)]
struct Key {
    /// The number of the key within its issuer, from 1.
    number: usize,
    signing: SigningKey,
}

impl Key {
    /// Generates a random key.
    fn generate(number: usize) -> Self {
        Self { number, signing: SigningKey::random(&mut OsRng) }
    }

    /// Returns the key ID.
    fn kid(&self) -> String {
        format!("key-{}", self.number)
    }

    /// Returns the public key as a JWK (RFC 7518, section 6.2.1).
    fn public(&self) -> Value {
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
}

#[cfg(test)]
mod tests {
    use super::Issuer;
    use jose::{Algorithm, InModule, Jws, KeySet, Verifier};
    use serde_json::json;

    fn is_valid(issuer: &Issuer, token: &str) -> bool {
        let (keys, _) = KeySet::parse(issuer.jwks().as_bytes(), &[Algorithm::ES256]).unwrap();
        let jws = Jws::parse(token).unwrap();
        keys.candidates(jws.algorithm, jws.kid.as_deref())
            .any(|key| InModule.verify(jws.algorithm, key, jws.message, &jws.signature))
    }

    #[test]
    fn a_token_is_valid_until_the_second_rotation() {
        let issuer = Issuer::new("https://issuer.example/");
        let token = issuer.token(&json!({"sub": "a"}));
        assert!(is_valid(&issuer, &token) && !is_valid(&Issuer::new("x"), &token));
        issuer.rotate();
        assert!(is_valid(&issuer, &token) && is_valid(&issuer, &issuer.token(&json!({}))));
        issuer.rotate();
        assert!(!is_valid(&issuer, &token));
    }
}

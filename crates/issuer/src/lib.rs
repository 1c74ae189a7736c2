//! An issuer of tokens for the demo and the tests: keys that rotate ([`Issuer`]), and a server that hands out the public
//! ones and can be made to misbehave ([`Server`]).
#![allow(clippy::expect_used, reason = "a tool of tests")]

mod key;
mod server;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use key::Key;
use serde_json::{Value, json};
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

pub use server::{Answer, Server, answer};

/// An issuer, which signs with its newest key (ES256).
#[derive(Debug)]
pub struct Issuer {
    name: String,
    /// The newest is the last.
    keys: Mutex<Vec<Key>>,
}

impl Issuer {
    /// One with this `iss`, and one key.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), keys: Mutex::new(vec![Key::generate(1)]) }
    }

    /// Signs with another key from now on. The one before stays in the set, so that its tokens stay valid.
    pub fn rotate(&self) {
        let mut keys = self.keys();
        let number = keys.last().map_or(1, |key| key.number + 1);
        keys.push(Key::generate(number));
        if keys.len() > 2 {
            keys.remove(0);
        }
    }

    /// The public keys (RFC 7517, section 5).
    pub fn jwks(&self) -> String {
        let keys: Vec<Value> = self.keys().iter().map(Key::public).collect();
        json!({"keys": keys}).to_string()
    }

    /// A token with these claims; `iss`, `iat` and `exp`, in an hour, are added where they are not there; one
    /// that is null is left out.
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
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(&header), part(&payload));
        let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()));
        format!("{message}.{signature}")
    }

    fn keys(&self) -> std::sync::MutexGuard<'_, Vec<Key>> {
        self.keys.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Issuer;
    use jose::{Algorithm, InModule, Jws, KeySet, Verifier};
    use serde_json::json;

    fn holds(issuer: &Issuer, token: &str) -> bool {
        let (keys, _) = KeySet::parse(issuer.jwks().as_bytes(), &[Algorithm::ES256]).unwrap();
        let jws = Jws::parse(token).unwrap();
        keys.candidates(jws.algorithm, jws.kid.as_deref())
            .any(|key| InModule.verify(jws.algorithm, key, jws.message, &jws.signature))
    }

    #[test]
    fn a_token_holds_until_the_key_is_two_behind() {
        let issuer = Issuer::new("https://issuer.example/");
        let token = issuer.token(&json!({"sub": "a"}));
        assert!(holds(&issuer, &token) && !holds(&Issuer::new("x"), &token));
        issuer.rotate();
        assert!(holds(&issuer, &token) && holds(&issuer, &issuer.token(&json!({}))));
        issuer.rotate();
        assert!(!holds(&issuer, &token));
    }
}

//! A key in JSON (RFC 7517, section 4).

use super::Key;
use super::material::Material;
use crate::algorithm::Algorithm;
use serde_json::{Map, Value};

/// The members of private keys (RFC 7518, sections 6.2.2 and 6.3.2; RFC 8037, section 2), and `k`, which is a secret
/// wherever it stands.
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Reads a key for the algorithms that are allowed, or says why it cannot be used.
pub(super) fn read(jwk: &Value, allowed: &[Algorithm]) -> Result<Key, &'static str> {
    let jwk = jwk.as_object().ok_or("it is no object")?;
    let kid = kid(jwk)?;
    is_for_signatures(jwk)?;
    has_nothing_private(jwk)?;
    let material = Material::read(jwk)?;
    let algorithms = algorithms(jwk, &material, allowed)?;
    Ok(Key::new(kid, algorithms, material))
}

/// `kid` (section 4.5).
fn kid(jwk: &Map<String, Value>) -> Result<Option<String>, &'static str> {
    match jwk.get("kid") {
        None => Ok(None),
        Some(Value::String(kid)) => Ok(Some(kid.clone())),
        Some(_) => Err("`kid` is no string"),
    }
}

/// `use` (section 4.2) and `key_ops` (section 4.3).
fn is_for_signatures(jwk: &Map<String, Value>) -> Result<(), &'static str> {
    if jwk.get("use").is_some_and(|usage| usage != "sig") {
        return Err("`use` is not `sig`");
    }
    let verify = |operations: &Vec<Value>| operations.iter().any(|operation| operation == "verify");
    if jwk.get("key_ops").is_some_and(|operations| !operations.as_array().is_some_and(verify)) {
        return Err("`key_ops` does not have `verify`");
    }
    Ok(())
}

/// Whoever can read the set of a verifier could sign with what is in it. Of a shared secret that is what it is for.
fn has_nothing_private(jwk: &Map<String, Value>) -> Result<(), &'static str> {
    let shared = jwk.get("kty").is_some_and(|kty| kty == "oct");
    if !shared && PRIVATE.iter().any(|name| jwk.contains_key(*name)) {
        return Err("it is a private key: publish the public one, and replace it by a new one");
    }
    Ok(())
}

/// The algorithms that the key serves: those that are allowed and fit it, and of these that of `alg` (section 4.4).
fn algorithms(
    jwk: &Map<String, Value>,
    material: &Material,
    allowed: &[Algorithm],
) -> Result<Vec<Algorithm>, &'static str> {
    let named = match jwk.get("alg") {
        None => None,
        Some(name) => {
            let known = name.as_str().and_then(Algorithm::parse).ok_or("`alg` is not known")?;
            if !material.kind.fits(known) {
                return Err("`alg` does not fit the key");
            }
            Some(known)
        }
    };
    let mut serves: Vec<Algorithm> = Vec::new();
    for algorithm in allowed {
        let fits = material.kind.fits(*algorithm) && named.is_none_or(|named| named == *algorithm);
        if fits && !serves.contains(algorithm) {
            serves.push(*algorithm);
        }
    }
    if serves.is_empty() { Err("no algorithm that is allowed fits the key") } else { Ok(serves) }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::algorithm::Algorithm;
    use crate::test;
    use serde_json::{Value, json};

    const SECRET: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";
    const X25519: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    /// The key of RFC 7515, appendix A.3.
    fn ec() -> Value {
        let (x, y) =
            ("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
        json!({"kty": "EC", "crv": "P-256", "x": x, "y": y})
    }

    fn rsa() -> Value {
        let n = "_".repeat(341) + "w";
        json!({"kty": "RSA", "n": n, "e": "AQAB"})
    }

    fn with(mut jwk: Value, members: Value) -> Value {
        for (name, value) in members.as_object().unwrap() {
            jwk[name] = value.clone();
        }
        jwk
    }

    fn serves(jwk: &Value) -> Result<Vec<Algorithm>, &'static str> {
        read(jwk, &Algorithm::ALL).map(|key| key.algorithms().to_vec())
    }

    #[test]
    fn a_key_serves_the_algorithms_that_fit_it() {
        use Algorithm::{ES256, EdDSA, HS256, HS384, HS512, PS256, PS384, PS512, RS256, RS384, RS512};
        let oct = |bytes: usize| json!({"kty": "oct", "k": "A".repeat((bytes * 4).div_ceil(3))});
        assert_eq!(serves(&rsa()).unwrap(), [RS256, RS384, RS512, PS256, PS384, PS512]);
        assert_eq!(serves(&ec()).unwrap(), [ES256]);
        assert_eq!(serves(&json!({"kty": "OKP", "crv": "Ed25519", "x": X25519})).unwrap(), [EdDSA]);
        assert_eq!(serves(&oct(32)).unwrap(), [HS256]);
        assert_eq!(serves(&oct(48)).unwrap(), [HS256, HS384]);
        assert_eq!(serves(&oct(64)).unwrap(), [HS256, HS384, HS512]);
        assert_eq!(serves(&with(rsa(), json!({"alg": "PS384"}))).unwrap(), [PS384]);
    }

    #[test]
    fn what_is_allowed_comes_from_the_configuration() {
        let allowed = [Algorithm::RS256, Algorithm::ES384, Algorithm::RS256];
        let serves = |jwk: &Value| read(jwk, &allowed).map(|key| key.algorithms().to_vec());
        assert_eq!(serves(&rsa()).unwrap(), [Algorithm::RS256]);
        let none = Err("no algorithm that is allowed fits the key");
        assert_eq!(serves(&ec()), none);
        assert_eq!(serves(&with(rsa(), json!({"alg": "RS512"}))), none);
        assert_eq!(read(&rsa(), &[]).err(), none.err());
    }

    #[test]
    fn a_key_that_is_for_something_else_is_left_out() {
        assert!(serves(&with(ec(), json!({"use": "sig", "key_ops": ["verify"], "alg": "ES256"}))).is_ok());
        assert!(
            serves(&with(ec(), json!({"key_ops": ["sign", "verify"], "x5c": 7, "x5u": {}, "ext": true})))
                .is_ok()
        );
        let usage = "`use` is not `sig`";
        let operations = "`key_ops` does not have `verify`";
        let private = "it is a private key: publish the public one, and replace it by a new one";
        let table = [
            (json!({"use": "enc"}), usage),
            (json!({"use": "SIG"}), usage),
            (json!({"use": null}), usage),
            (json!({"key_ops": ["sign"]}), operations),
            (json!({"key_ops": []}), operations),
            (json!({"key_ops": "verify"}), operations),
            (json!({"kid": 7}), "`kid` is no string"),
            (json!({"alg": "RS256"}), "`alg` does not fit the key"),
            (json!({"alg": "ES384"}), "`alg` does not fit the key"),
            (json!({"alg": "none"}), "`alg` is not known"),
            (json!({"alg": "ECDH-ES"}), "`alg` is not known"),
            (json!({"alg": null}), "`alg` is not known"),
            (json!({"d": "AA"}), private),
            (json!({"k": SECRET}), private),
            (json!({"oth": []}), private),
        ];
        for (members, why) in table {
            assert_eq!(serves(&with(ec(), members.clone())), Err(why), "{members}");
        }
    }

    #[test]
    fn a_key_that_is_none_is_left_out() {
        let off_curve = "Ag".to_owned() + &"A".repeat(41);
        let table = [
            (json!("key"), "it is no object"),
            (json!({}), "`kty` is missing"),
            (json!({"kty": 1}), "`kty` is missing"),
            (json!({"kty": "rsa"}), "`kty` is not known"),
            (json!({"kty": "AKP"}), "`kty` is not known"),
            (json!({"kty": "oct"}), "`k` is no base64url"),
            (json!({"kty": "oct", "k": "a+b="}), "`k` is no base64url"),
            (json!({"kty": "oct", "k": "A".repeat(42)}), "`k` has fewer than 32 bytes"),
            (json!({"kty": "OKP", "crv": "X25519", "x": X25519}), "`crv` is not known"),
            (json!({"kty": "OKP", "crv": "Ed448", "x": X25519}), "`crv` is not known"),
            (json!({"kty": "OKP", "crv": "Ed25519"}), "`x` is no base64url"),
            (json!({"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}), "`x` has not 32 bytes"),
            (json!({"kty": "OKP", "crv": "Ed25519", "x": off_curve}), "the point is not on the curve"),
            (with(rsa(), json!({"n": "AQAB"})), "`n` has fewer than 2048 bits"),
            (with(rsa(), json!({"n": 5})), "`n` is no base64url"),
            (with(rsa(), json!({"e": "AQAC"})), "`e` is no odd number from 3"),
            (with(ec(), json!({"crv": "secp256k1"})), "`crv` is not known"),
            (with(ec(), json!({"crv": "P-384"})), "`x` or `y` is not as long as a coordinate of the curve"),
            (with(ec(), json!({"y": "AA"})), "`x` or `y` is not as long as a coordinate of the curve"),
            (with(ec(), json!({"y": ec()["x"]})), "the point is not on the curve"),
            (with(ec(), json!({"x": "A".repeat(43), "y": "A".repeat(43)})), "the point is not on the curve"),
            (with(ec(), json!({"x": "_".repeat(42) + "8"})), "the point is not on the curve"),
        ];
        for (jwk, why) in table {
            assert_eq!(serves(&jwk), Err(why), "{jwk}");
        }
    }
}

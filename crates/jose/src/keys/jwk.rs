//! A key in JSON (RFC 7517, section 4).

use super::key::Key;
use super::material::Material;
use crate::algorithm::Algorithm;
use serde_json::{Map, Value};

/// The members of private keys (RFC 7518, sections 6.2.2 and 6.3.2; RFC 8037, section 2), and `k`, which is always a
/// secret.
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Reads a key for the allowed algorithms.
///
/// # Errors
/// Returns the reason if the key cannot be used.
pub(super) fn read(jwk: &Value, allowed: &[Algorithm]) -> Result<Key, &'static str> {
    let jwk = jwk.as_object().ok_or("not an object")?;
    // Section 4.5.
    let kid = jwk.get("kid").map(|kid| kid.as_str().map(str::to_owned).ok_or("`kid` is not a string"));
    let kid = kid.transpose()?;
    check_usage(jwk)?;
    check_public(jwk)?;
    let material = Material::read(jwk)?;
    let algorithms = algorithms(jwk, &material, allowed)?;
    Ok(Key { kid, algorithms, material })
}

/// Checks that `use` (section 4.2) and `key_ops` (section 4.3) allow verifying.
fn check_usage(jwk: &Map<String, Value>) -> Result<(), &'static str> {
    if jwk.get("use").is_some_and(|usage| usage != "sig") {
        return Err("`use` is not `sig`");
    }
    let verify = |operations: &Vec<Value>| operations.iter().any(|operation| operation == "verify");
    if jwk.get("key_ops").is_some_and(|operations| !operations.as_array().is_some_and(verify)) {
        return Err("`key_ops` does not contain `verify`");
    }
    Ok(())
}

/// Checks that a key is not private: a reader of the set could sign with it. A shared secret is always both.
fn check_public(jwk: &Map<String, Value>) -> Result<(), &'static str> {
    let shared = jwk.get("kty").is_some_and(|kty| kty == "oct");
    if !shared && PRIVATE.iter().any(|name| jwk.contains_key(*name)) {
        return Err("a private key; publish a new public key instead");
    }
    Ok(())
}

/// Returns the allowed algorithms that fit the key and its `alg` (section 4.4).
fn algorithms(
    jwk: &Map<String, Value>,
    material: &Material,
    allowed: &[Algorithm],
) -> Result<Vec<Algorithm>, &'static str> {
    let fits = |algorithm: Algorithm| material.signature_bytes(algorithm).is_some();
    let named = jwk.get("alg").map(|name| name.as_str().and_then(Algorithm::parse).ok_or("unknown `alg`"));
    let named = named.transpose()?;
    if named.is_some_and(|named| !fits(named)) {
        return Err("`alg` does not fit the key");
    }
    let is_named = |algorithm| named.is_none_or(|named| named == algorithm);
    let mut algorithms = Algorithm::ALL.to_vec();
    algorithms.retain(|algorithm| allowed.contains(algorithm) && fits(*algorithm) && is_named(*algorithm));
    if algorithms.is_empty() { Err("no allowed algorithm fits the key") } else { Ok(algorithms) }
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
    fn the_type_and_size_of_a_key_select_its_algorithms() {
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
    fn the_configuration_restricts_the_algorithms() {
        let allowed = [Algorithm::RS256, Algorithm::ES384, Algorithm::RS256];
        let serves = |jwk: &Value| read(jwk, &allowed).map(|key| key.algorithms().to_vec());
        assert_eq!(serves(&rsa()).unwrap(), [Algorithm::RS256]);
        let none = Err("no allowed algorithm fits the key");
        assert_eq!(serves(&ec()), none);
        assert_eq!(serves(&with(rsa(), json!({"alg": "RS512"}))), none);
        assert_eq!(read(&rsa(), &[]).err(), none.err());
    }

    #[test]
    fn a_key_for_another_use_is_skipped() {
        assert!(serves(&with(ec(), json!({"use": "sig", "key_ops": ["verify"], "alg": "ES256"}))).is_ok());
        assert!(
            serves(&with(ec(), json!({"key_ops": ["sign", "verify"], "x5c": 7, "x5u": {}, "ext": true})))
                .is_ok()
        );
        let usage = "`use` is not `sig`";
        let operations = "`key_ops` does not contain `verify`";
        let private = "a private key; publish a new public key instead";
        let table = [
            (json!({"use": "enc"}), usage),
            (json!({"use": "SIG"}), usage),
            (json!({"use": null}), usage),
            (json!({"key_ops": ["sign"]}), operations),
            (json!({"key_ops": []}), operations),
            (json!({"key_ops": "verify"}), operations),
            (json!({"kid": 7}), "`kid` is not a string"),
            (json!({"alg": "RS256"}), "`alg` does not fit the key"),
            (json!({"alg": "ES384"}), "`alg` does not fit the key"),
            (json!({"alg": "none"}), "unknown `alg`"),
            (json!({"alg": "ECDH-ES"}), "unknown `alg`"),
            (json!({"alg": null}), "unknown `alg`"),
            (json!({"d": "AA"}), private),
            (json!({"k": SECRET}), private),
            (json!({"oth": []}), private),
        ];
        for (members, why) in table {
            assert_eq!(serves(&with(ec(), members.clone())), Err(why), "{members}");
        }
    }

    #[test]
    fn an_invalid_key_is_skipped() {
        let off_curve = "Ag".to_owned() + &"A".repeat(41);
        let table = [
            (json!("key"), "not an object"),
            (json!({}), "`kty` is missing"),
            (json!({"kty": 1}), "`kty` is missing"),
            (json!({"kty": "rsa"}), "unknown `kty`"),
            (json!({"kty": "AKP"}), "unknown `kty`"),
            (json!({"kty": "oct"}), "`k` is not base64url"),
            (json!({"kty": "oct", "k": "a+b="}), "`k` is not base64url"),
            (json!({"kty": "oct", "k": "A".repeat(42)}), "`k` has fewer than 32 bytes"),
            (json!({"kty": "OKP", "crv": "X25519", "x": X25519}), "unknown `crv`"),
            (json!({"kty": "OKP", "crv": "Ed448", "x": X25519}), "unknown `crv`"),
            (json!({"kty": "OKP", "crv": "Ed25519"}), "`x` is not base64url"),
            (json!({"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}), "`x` is not 32 bytes long"),
            (json!({"kty": "OKP", "crv": "Ed25519", "x": off_curve}), "the point is not on the curve"),
            (with(rsa(), json!({"n": "AQAB"})), "`n` has fewer than 2048 bits"),
            (with(rsa(), json!({"n": 5})), "`n` is not base64url"),
            (with(rsa(), json!({"e": "AQAC"})), "`e` is not an odd number of at least 3"),
            (with(ec(), json!({"crv": "secp256k1"})), "unknown `crv`"),
            (with(ec(), json!({"crv": "P-384"})), "wrong length of `x` or `y` for this curve"),
            (with(ec(), json!({"y": "AA"})), "wrong length of `x` or `y` for this curve"),
            (with(ec(), json!({"y": ec()["x"]})), "the point is not on the curve"),
            (with(ec(), json!({"x": "A".repeat(43), "y": "A".repeat(43)})), "the point is not on the curve"),
            (with(ec(), json!({"x": "_".repeat(42) + "8"})), "the point is not on the curve"),
        ];
        for (jwk, why) in table {
            assert_eq!(serves(&jwk), Err(why), "{jwk}");
        }
    }
}

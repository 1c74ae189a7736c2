//! Attacks that other implementations have let through.

use crate::{keys, verdict::verdict};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jose::{Algorithm, Jws, JwsError, KeySet};
use serde_json::json;

/// The RSA key of RFC 7515, appendix A.2.
pub(crate) const RSA_N: &str = concat!(
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS",
    "-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2",
    "CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9g",
    "b54h4FRWyuXpoQ"
);

fn token(header: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let message =
        format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(r#"{"sub":"admin"}"#));
    let signature = URL_SAFE_NO_PAD.encode(sign(message.as_bytes()));
    format!("{message}.{signature}")
}

fn hs256(secret: &[u8], message: &[u8]) -> Vec<u8> {
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret);
    aws_lc_rs::hmac::sign(&key, message).as_ref().to_vec()
}

fn verified(keys: &KeySet, token: &str) -> bool {
    let jws = Jws::parse(token).unwrap();
    keys.candidates(jws.algorithm, jws.kid.as_deref())
        .any(|key| verdict(jws.algorithm, key, jws.message, &jws.signature))
}

/// The published key as the secret of an HMAC, in each form that an attacker may guess (RFC 8725, section 2.1).
#[test]
fn a_public_key_is_never_used_as_a_secret() {
    let jwk = json!({"kty": "RSA", "n": RSA_N, "e": "AQAB"});
    let set = json!({"keys": [jwk]}).to_string();
    let (keys, _) = KeySet::parse(set.as_bytes(), &Algorithm::ALL).unwrap();
    let key = &keys.keys()[0];
    let spki = key.spki().unwrap().to_vec();
    let base64 = STANDARD.encode(&spki);
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{base64}\n-----END PUBLIC KEY-----\n");
    let forms =
        [spki, base64.into_bytes(), pem.into_bytes(), keys::bytes(RSA_N), jwk.to_string().into_bytes()];
    for secret in forms {
        let token = token(r#"{"alg":"HS256"}"#, |message| hs256(&secret, message));
        assert!(!verified(&keys, &token));
        let jws = Jws::parse(&token).unwrap();
        assert!(!verdict(jws.algorithm, key, jws.message, &jws.signature));
        for algorithm in Algorithm::ALL {
            assert!(!verdict(algorithm, key, jws.message, &jws.signature), "{algorithm}");
        }
    }
}

/// A real secret, and changes to the token and the secret.
#[test]
fn a_secret_verifies_only_what_was_signed_with_it() {
    let secret = [7; 32];
    let set = json!({"keys": [{"kty": "oct", "kid": "a", "k": keys::text(&secret)}]}).to_string();
    let (keys, _) = KeySet::parse(set.as_bytes(), &[Algorithm::HS256]).unwrap();
    let sign = |message: &[u8]| hs256(&secret, message);
    assert!(verified(&keys, &token(r#"{"alg":"HS256"}"#, sign)));
    assert!(verified(&keys, &token(r#"{"alg":"HS256","kid":"a"}"#, sign)));
    assert!(!verified(&keys, &token(r#"{"alg":"HS256","kid":"b"}"#, sign)));
    assert!(!verified(&keys, &token(r#"{"alg":"HS384"}"#, sign)));
    assert!(!verified(&keys, &token(r#"{"alg":"RS256"}"#, sign)));
    let good = token(r#"{"alg":"HS256"}"#, sign);
    let jws = Jws::parse(&good).unwrap();
    let key = &keys.keys()[0];
    for bit in 0..jws.signature.len() * 8 {
        let mut signature = jws.signature.clone();
        signature[bit / 8] ^= 1 << (bit % 8);
        assert!(!verdict(Algorithm::HS256, key, jws.message, &signature));
    }
    for length in 0..jws.signature.len() {
        assert!(!verdict(Algorithm::HS256, key, jws.message, &jws.signature[..length]));
    }
    assert!(!verdict(Algorithm::HS256, key, jws.message, &[jws.signature.as_slice(), &[0]].concat()));
}

/// A key in the token is ignored (RFC 8725, section 3.10; CVE-2018-0114).
#[test]
fn a_key_in_the_token_is_ignored() {
    let attacker = [9; 32];
    let set = json!({"keys": [{"kty": "oct", "k": keys::text(&[7; 32])}]}).to_string();
    let (keys, _) = KeySet::parse(set.as_bytes(), &[Algorithm::HS256]).unwrap();
    let jwk = json!({"kty": "oct", "k": keys::text(&attacker)});
    let brought = [
        json!({"jwk": jwk}),
        json!({"jku": "https://evil.example/"}),
        json!({"x5u": 1}),
        json!({"x5c": [1]}),
    ];
    for mut header in brought {
        header["alg"] = json!("HS256");
        assert!(
            !verified(&keys, &token(&header.to_string(), |message| hs256(&attacker, message))),
            "{header}"
        );
        assert!(verified(&keys, &token(&header.to_string(), |message| hs256(&[7; 32], message))), "{header}");
    }
}

/// The unsecured tokens of RFC 7515, appendix A.5, and RFC 7519, section 6.1, and similar ones.
#[test]
fn an_unsigned_token_is_rejected() {
    let payload =
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    assert_eq!(Jws::parse(&format!("eyJhbGciOiJub25lIn0.{payload}.")).err(), Some(JwsError::Unsigned));
    for alg in ["none", "None", "nOnE", "NONE"] {
        let token = token(&format!(r#"{{"alg":"{alg}"}}"#), |_| vec![0; 32]);
        assert_eq!(Jws::parse(&token).err(), Some(JwsError::Unsigned), "{alg}");
    }
    // An empty signature does not verify.
    let set = json!({"keys": [
        {"kty": "RSA", "n": RSA_N, "e": "AQAB"}, {"kty": "oct", "k": keys::text(&[7; 64])},
        {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
    ]});
    let (keys, left_out) = KeySet::parse(set.to_string().as_bytes(), &Algorithm::ALL).unwrap();
    assert!(left_out.is_empty());
    for algorithm in Algorithm::ALL {
        let token = token(&format!(r#"{{"alg":"{algorithm}"}}"#), |_| Vec::new());
        assert!(!verified(&keys, &token), "{algorithm}");
    }
}

/// Deep nesting in every part that is parsed.
#[test]
fn deep_nesting_is_rejected() {
    for open in ["[", "{\"a\":", "[[{\"a\":"] {
        let deep = open.repeat(100_000);
        assert!(KeySet::parse(deep.as_bytes(), &Algorithm::ALL).is_err());
        assert!(KeySet::parse(format!("{{\"keys\":[{{\"kty\":{deep}").as_bytes(), &Algorithm::ALL).is_err());
        assert_eq!(
            Jws::parse(&format!("{}.e30.AA", URL_SAFE_NO_PAD.encode(&deep))).err(),
            Some(JwsError::TooLong)
        );
        let deep = URL_SAFE_NO_PAD.encode(open.repeat(12_000 / open.len()));
        assert_eq!(Jws::parse(&format!("{deep}.e30.AA")).err(), Some(JwsError::TooDeep));
        assert_eq!(Jws::parse(&format!("eyJhbGciOiJSUzI1NiJ9.{deep}.AA")).err(), Some(JwsError::TooDeep));
    }
}

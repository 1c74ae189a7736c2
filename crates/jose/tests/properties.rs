//! Properties that hold for all input.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "tests")]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::{
    Algorithm, HostBacked, HostVerify, InModule, Jws, KeySet, Verifier, decode_result, encode_request,
};
use proptest::prelude::*;

/// JSON from pieces of headers and keys and from random bytes; most of it is invalid.
fn json() -> impl Strategy<Value = Vec<u8>> {
    let pieces = [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\"alg\":",
        "\"RS256\"",
        "\"none\"",
        "\"crit\":",
        "\"b64\":false",
        "\"kid\":",
        "\"typ\":\"JWT\"",
        "\"keys\":[",
        "\"kty\":",
        "\"RSA\"",
        "\"EC\"",
        "\"OKP\"",
        "\"oct\"",
        "\"crv\":",
        "\"P-521\"",
        "\"x\":\"AA\"",
        "\"n\":\"\"",
        "\"e\":\"AQAB\"",
        "\"k\":\"A\"",
        "\"use\":\"sig\"",
        "\"key_ops\":[\"verify\"]",
        "null",
        "1e5",
        "-0",
        "\\u00e9",
        "\\ud800",
        "\u{e9}",
        " ",
    ];
    let piece = prop_oneof![
        12 => prop::sample::select(pieces.to_vec()).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 1..4),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

/// A well-formed key with random numbers.
fn jwk() -> impl Strategy<Value = String> {
    let lengths = prop::sample::select(vec![0_usize, 1, 3, 31, 32, 33, 48, 64, 65, 66, 256, 512, 1024, 1025]);
    let bytes = (lengths, any::<u8>(), any::<u8>()).prop_map(|(length, first, fill)| {
        let mut bytes = vec![fill; length];
        bytes.iter_mut().take(1).for_each(|byte| *byte = first);
        URL_SAFE_NO_PAD.encode(bytes)
    });
    let kty = prop::sample::select(vec!["RSA", "EC", "OKP", "oct", "AKP"]);
    let crv = prop::sample::select(vec!["P-256", "P-384", "P-521", "Ed25519", "secp256k1"]);
    (kty, crv, bytes.clone(), bytes).prop_map(|(kty, crv, a, b)| {
        if kty == "oct" {
            return format!(r#"{{"kty":"oct","k":"{a}"}}"#);
        }
        format!(r#"{{"kty":"{kty}","crv":"{crv}","n":"{a}","e":"{b}","x":"{a}","y":"{b}"}}"#)
    })
}

struct Absent;

impl HostVerify for Absent {
    fn verify_signature(&self, _: &str, _: &[u8], _: &[u8], _: &[u8]) -> Result<bool, jose::HostUnavailable> {
        Err(jose::HostUnavailable)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics_as_a_token(text in ".*") {
        let _ = Jws::parse(&text);
    }

    #[test]
    fn no_parts_panic_as_a_token(header in json(), payload in json(), signature in ".{0,8}") {
        let part = |bytes| URL_SAFE_NO_PAD.encode(bytes);
        let _ = Jws::parse(&format!("{}.{}.{signature}", part(header), part(payload)));
    }

    #[test]
    fn a_token_has_one_spelling(header in json(), payload in json(), signature: Vec<u8>) {
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let token = format!("{}.{}.{}", part(&header), part(&payload), part(&signature));
        if let Ok(jws) = Jws::parse(&token) {
            let message = std::str::from_utf8(jws.message).unwrap();
            prop_assert_eq!(format!("{message}.{}", part(&jws.signature)), token.as_str());
            prop_assert!(message.ends_with(jws.payload));
        }
    }

    #[test]
    fn no_bytes_panic_as_a_set(bytes: Vec<u8>, json in json()) {
        let _ = KeySet::parse(&bytes, &Algorithm::ALL);
        let _ = KeySet::parse(&json, &Algorithm::ALL);
        let _ = KeySet::parse(&[b"{\"keys\":[{", json.as_slice(), b"}]}"].concat(), &Algorithm::ALL);
    }

    #[test]
    fn no_result_of_a_host_panics(bytes: Vec<u8>) {
        let _ = decode_result(&bytes);
    }

    #[test]
    fn a_request_contains_all_its_fields(spki: Vec<u8>, signature: Vec<u8>, message: Vec<u8>) {
        let request = encode_request("sha256", &spki, &signature, &message);
        prop_assert!(request.len() >= 14 + spki.len() + signature.len() + message.len());
        prop_assert!(request.ends_with(&message));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_key_and_no_signature_panic(jwk in jwk(), message: Vec<u8>, fill: u8) {
        let (keys, skipped) = KeySet::parse(format!("{{\"keys\":[{jwk}]}}").as_bytes(), &Algorithm::ALL).unwrap();
        prop_assert_eq!(keys.keys().len() + skipped.len(), 1);
        for key in keys.keys() {
            for algorithm in key.algorithms() {
                for length in [0, 32, 48, 64, 96, 132, 256, 512, 1024] {
                    let signature = vec![fill; length];
                    prop_assert!(!InModule.verify(*algorithm, key, &message, &signature));
                    prop_assert!(!HostBacked::new(Absent).verify(*algorithm, key, &message, &signature));
                }
            }
        }
    }
}

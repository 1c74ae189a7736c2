//! The curves of ECDSA (RFC 7518, section 6.2.1.1).

use crate::hash::Hash;

/// A curve of ECDSA.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Curve {
    P256,
    P384,
    P521,
}

/// Evaluates an expression in which `$module` is the crate of the curve.
macro_rules! with_curve {
    ($curve:expr, $module:ident => $body:expr) => {
        match $curve {
            $crate::curve::Curve::P256 => {
                use p256 as $module;
                $body
            }
            $crate::curve::Curve::P384 => {
                use p384 as $module;
                $body
            }
            $crate::curve::Curve::P521 => {
                use p521 as $module;
                $body
            }
        }
    };
}
pub(crate) use with_curve;

impl Curve {
    /// Returns the curve of a `crv`.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "P-256" => Some(Self::P256),
            "P-384" => Some(Self::P384),
            "P-521" => Some(Self::P521),
            _ => None,
        }
    }

    /// Returns the hash function that is used with the curve (RFC 7518, section 3.4).
    pub(crate) fn hash(self) -> Hash {
        match self {
            Self::P256 => Hash::Sha256,
            Self::P384 => Hash::Sha384,
            Self::P521 => Hash::Sha512,
        }
    }

    /// Returns the length of a coordinate, which is also that of each half of a signature.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// Returns the content of the object identifier (RFC 5480, section 2.1.1.1).
    pub(crate) fn object_identifier(self) -> &'static [u8] {
        match self {
            Self::P256 => &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
            Self::P384 => &[0x2b, 0x81, 0x04, 0x00, 0x22],
            Self::P521 => &[0x2b, 0x81, 0x04, 0x00, 0x23],
        }
    }
    /// Returns true if a point in the uncompressed form (SEC 1, section 2.3.3) is on the curve.
    pub(crate) fn has(self, point: &[u8]) -> bool {
        with_curve!(self, curve => curve::ecdsa::VerifyingKey::from_sec1_bytes(point).is_ok())
    }
}

//! The signature algorithms (RFC 7518, section 3.1; RFC 8037, section 3.1).
//!
//! To add an algorithm, add a line to the table below. If its scheme, hash function or curve is new, the compiler
//! reports each place that has to handle it: which keys fit and how long a signature is (`keys/material.rs`), the
//! verification by the module (`verify/scheme.rs`) and by the host (`host/host_verify.rs`), and the properties of hash
//! functions (`hash.rs`) and curves (`curve.rs`).

use crate::curve::Curve;
use crate::hash::Hash;
use jsonwebtoken as jwt;

/// How an algorithm signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// RSASSA-PKCS1-v1_5 (RFC 7518, section 3.3).
    RsaPkcs1(Hash),
    /// RSASSA-PSS (RFC 7518, section 3.5).
    RsaPss(Hash),
    /// ECDSA (RFC 7518, section 3.4).
    Ecdsa(Curve),
    /// Ed25519 (RFC 8037, section 3.1).
    Ed25519,
    /// HMAC, the only scheme with a shared secret (RFC 7518, section 3.2).
    Hmac(Hash),
}

/// Defines [`Algorithm`] from a table of names, schemes and the algorithms of `jsonwebtoken`.
macro_rules! algorithms {
    ($($name:ident = $scheme:expr, $jwt:expr;)*) => {
        /// A signature algorithm. `none` is not supported.
        ///
        /// ```
        /// use jose::Algorithm;
        /// assert_eq!(Algorithm::parse("RS256"), Some(Algorithm::RS256));
        /// assert_eq!(Algorithm::parse("rs256"), None);
        /// assert_eq!(Algorithm::parse("none"), None);
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "the names are those of RFC 7518")]
        pub enum Algorithm { $($name,)* }

        impl Algorithm {
            /// All algorithms.
            pub const ALL: [Self; [$(Self::$name,)*].len()] = [$(Self::$name,)*];

            /// Returns the name in `alg` (RFC 7518, section 3.1; RFC 8037, section 3.1).
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// Returns the scheme.
            pub(crate) fn scheme(self) -> Scheme {
                match self { $(Self::$name => $scheme,)* }
            }

            /// Returns the algorithm of `jsonwebtoken`, or `None` if it has none.
            pub(crate) fn jwt(self) -> Option<jwt::Algorithm> {
                match self { $(Self::$name => $jwt,)* }
            }
        }
    };
}

algorithms! {
    RS256 = Scheme::RsaPkcs1(Hash::Sha256), Some(jwt::Algorithm::RS256);
    RS384 = Scheme::RsaPkcs1(Hash::Sha384), Some(jwt::Algorithm::RS384);
    RS512 = Scheme::RsaPkcs1(Hash::Sha512), Some(jwt::Algorithm::RS512);
    PS256 = Scheme::RsaPss(Hash::Sha256), Some(jwt::Algorithm::PS256);
    PS384 = Scheme::RsaPss(Hash::Sha384), Some(jwt::Algorithm::PS384);
    PS512 = Scheme::RsaPss(Hash::Sha512), Some(jwt::Algorithm::PS512);
    ES256 = Scheme::Ecdsa(Curve::P256), Some(jwt::Algorithm::ES256);
    ES384 = Scheme::Ecdsa(Curve::P384), Some(jwt::Algorithm::ES384);
    ES512 = Scheme::Ecdsa(Curve::P521), None;
    EdDSA = Scheme::Ed25519, Some(jwt::Algorithm::EdDSA);
    HS256 = Scheme::Hmac(Hash::Sha256), Some(jwt::Algorithm::HS256);
    HS384 = Scheme::Hmac(Hash::Sha384), Some(jwt::Algorithm::HS384);
    HS512 = Scheme::Hmac(Hash::Sha512), Some(jwt::Algorithm::HS512);
}

impl Algorithm {
    /// Returns the algorithm with this name. Names are case-sensitive (RFC 7515, section 4.1.1).
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// Returns true if the key that verifies is a secret, with which one can also sign.
    pub fn is_symmetric(self) -> bool {
        match self.scheme() {
            Scheme::Hmac(_) => true,
            Scheme::RsaPkcs1(_) | Scheme::RsaPss(_) | Scheme::Ecdsa(_) | Scheme::Ed25519 => false,
        }
    }
}

impl std::fmt::Display for Algorithm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Algorithm;
    use crate::test;

    #[test]
    fn names_are_case_sensitive() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::parse(algorithm.name()), Some(algorithm));
        }
        for name in ["", "none", "None", "NONE", "eddsa", "Ed25519", "ES256K", "RS1", "RS256 ", "HS256\0"] {
            assert_eq!(Algorithm::parse(name), None, "{name}");
        }
    }
}

//! The algorithms of signatures (RFC 7518, section 3.1; RFC 8037, section 3.1).

/// An algorithm. `none` is not one.
///
/// ```
/// use jose::Algorithm;
/// assert_eq!(Algorithm::parse("RS256"), Some(Algorithm::RS256));
/// assert_eq!(Algorithm::parse("rs256"), None);
/// assert_eq!(Algorithm::parse("none"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of RFC 7518")]
pub enum Algorithm {
    RS256,
    RS384,
    RS512,
    PS256,
    PS384,
    PS512,
    ES256,
    ES384,
    ES512,
    EdDSA,
    HS256,
    HS384,
    HS512,
}

/// What algorithms have in common: the kind of key and the scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// RSASSA-PKCS1-v1_5 (RFC 7518, section 3.3).
    Rsa,
    /// RSASSA-PSS (RFC 7518, section 3.5).
    RsaPss,
    /// ECDSA (RFC 7518, section 3.4).
    Ec,
    /// Ed25519 (RFC 8037, section 3.1).
    EdDsa,
    /// HMAC, the only one with a shared secret (RFC 7518, section 3.2).
    Hmac,
}

/// A hash function (FIPS 180-4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// Its name in Envoy's `verify_signature`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    /// The length of its output.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

impl Algorithm {
    /// All there are.
    pub const ALL: [Self; 13] = [
        Self::RS256,
        Self::RS384,
        Self::RS512,
        Self::PS256,
        Self::PS384,
        Self::PS512,
        Self::ES256,
        Self::ES384,
        Self::ES512,
        Self::EdDSA,
        Self::HS256,
        Self::HS384,
        Self::HS512,
    ];

    /// The name in `alg` (RFC 7518, section 3.1; RFC 8037, section 3.1).
    pub fn name(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::RS384 => "RS384",
            Self::RS512 => "RS512",
            Self::PS256 => "PS256",
            Self::PS384 => "PS384",
            Self::PS512 => "PS512",
            Self::ES256 => "ES256",
            Self::ES384 => "ES384",
            Self::ES512 => "ES512",
            Self::EdDSA => "EdDSA",
            Self::HS256 => "HS256",
            Self::HS384 => "HS384",
            Self::HS512 => "HS512",
        }
    }

    /// The algorithm of a name. Names are case-sensitive (RFC 7515, section 4.1.1).
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// What it has in common with others.
    pub fn family(self) -> Family {
        match self {
            Self::RS256 | Self::RS384 | Self::RS512 => Family::Rsa,
            Self::PS256 | Self::PS384 | Self::PS512 => Family::RsaPss,
            Self::ES256 | Self::ES384 | Self::ES512 => Family::Ec,
            Self::EdDSA => Family::EdDsa,
            Self::HS256 | Self::HS384 | Self::HS512 => Family::Hmac,
        }
    }

    /// The hash function; that of Ed25519 is fixed (RFC 8032, section 5.1).
    pub(crate) fn hash(self) -> Hash {
        match self {
            Self::RS256 | Self::PS256 | Self::ES256 | Self::HS256 => Hash::Sha256,
            Self::RS384 | Self::PS384 | Self::ES384 | Self::HS384 => Hash::Sha384,
            Self::RS512 | Self::PS512 | Self::ES512 | Self::HS512 | Self::EdDSA => Hash::Sha512,
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
    fn a_name_is_read_as_it_is_written() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::parse(algorithm.name()), Some(algorithm));
        }
        for name in ["", "none", "None", "NONE", "eddsa", "Ed25519", "ES256K", "RS1", "RS256 ", "HS256\0"] {
            assert_eq!(Algorithm::parse(name), None, "{name}");
        }
    }
}

//! A provider of tokens, as a policy describes it.

use super::jwks::Jwks;
use super::source::Sources;
use crate::document::{Code, Definitions, Document, Node, Problems, Schema};
use crate::vocabulary::{ClaimPath, Duration, MutableHeaderName, NonEmpty};
use jose::Algorithm;

document! {
    /// A provider: an issuer and the requirements on its tokens.
    pub struct Provider {
        /// The `iss` of its tokens.
        "issuer" issuer: String,
        /// The accepted `aud`: one of these; absent: not checked.
        "audiences" audiences: Option<NonEmpty<String>> = None,
        /// The accepted algorithms of signatures.
        "algorithms" algorithms: Algorithms,
        /// The keys.
        "jwks" jwks: Jwks,
        /// The sources of its tokens.
        "from" from: Sources = Sources::default(),
        /// Whether the upstream receives the token.
        "forward" forward: bool = false,
        /// The tolerated difference between clocks.
        "clockSkew" clock_skew: Duration = Duration::from_secs(60),
        /// Whether a token must have `exp`.
        "requireExpiration" require_expiration: bool = true,
        /// The longest lifetime of a token; absent: no limit.
        "maxLifetime" max_lifetime: Option<Duration> = None,
        /// The accepted `typ` of the header: one of these; absent: any.
        "types" types: Option<NonEmpty<String>> = None,
        /// What a token is bound to; absent: nothing.
        "confirmation" confirmation: Option<Confirmation> = None,
        /// Claims that the upstream receives as headers.
        "claimToHeaders" claim_to_headers: Vec<ClaimToHeader> = Vec::new(),
        /// The header in which the upstream receives the payload, in base64url.
        "payloadHeader" payload_header: Option<MutableHeaderName> = None,
    }
}

choice! {
    /// What a token is bound to.
    pub enum Confirmation {
        /// The client certificate: `cnf.x5t#S256` is its digest (RFC 8705, section 3.1).
        Mtls = "mtls",
    }
}

document! {
    /// A claim that the upstream receives as a header.
    pub struct ClaimToHeader {
        /// The claim.
        "claim" claim: ClaimPath,
        /// The header.
        "header" header: MutableHeaderName,
    }
}

/// The algorithms of a provider. Secrets and public keys are never mixed (RFC 8725, section 3.1).
#[derive(Debug, Clone)]
pub struct Algorithms(pub Vec<Algorithm>);

impl Document for Algorithms {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let NonEmpty(algorithms) = NonEmpty::<Algorithm>::read(node, problems)?;
        let secrets = algorithms.iter().filter(|algorithm| algorithm.is_symmetric()).count();
        if secrets > 0 && secrets < algorithms.len() {
            let message =
                "HS* together with algorithms of public keys: a public key could be used as a secret";
            return problems.invalid(Code::ALGORITHMS, node.path, message, "split it into two providers");
        }
        Some(Self(algorithms))
    }

    fn describe(definitions: &mut Definitions) -> Schema {
        NonEmpty::<Algorithm>::describe(definitions)
    }
}

impl Document for Algorithm {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let words: Vec<&str> = Algorithm::ALL.iter().map(|algorithm| algorithm.name()).collect();
        let index = node.choice(&words, problems)?;
        Algorithm::ALL.get(index).copied()
    }

    fn describe(_: &mut Definitions) -> Schema {
        Schema::choice(Algorithm::ALL.iter().map(|algorithm| algorithm.name()))
    }
}

//! What the hand-read parts of token-validation may hold.

use super::cache::CacheBytes;
use super::document::{
    Algorithms, Provider, Providers, Realm, Require, Scope, TokenPolicy, ValidatedTokenPolicy,
};
use super::jwks::{Jwks, JwksUri, RemoteJwks, Within};
use super::source::HeaderSource;
use crate::document::{Definitions, Describe, Schema};
use crate::vocabulary::{ClaimMatch, Duration, HeaderName, NonEmpty};
use jose::Algorithm;
use serde_json::{Value, json};

impl Describe for ValidatedTokenPolicy {
    fn describe(definitions: &mut Definitions) -> Schema {
        TokenPolicy::describe(definitions)
    }
}

impl Describe for Providers {
    fn describe(definitions: &mut Definitions) -> Schema {
        Schema::by_name(Provider::describe(definitions))
    }
}

impl Describe for Realm {
    fn describe(_: &mut Definitions) -> Schema {
        Schema::string().pattern(r#"^[\t\x20-\x21\x23-\x5B\x5D-\x7E]*$"#)
    }

    fn spelled(&self) -> Option<Value> {
        self.0.spelled()
    }
}

impl Describe for Scope {
    fn describe(_: &mut Definitions) -> Schema {
        Schema::string().pattern(r#"^[\x21\x23-\x5B\x5D-\x7E]+$"#)
    }
}

impl Describe for Algorithms {
    fn describe(_: &mut Definitions) -> Schema {
        Schema::list(Schema::choice(Algorithm::ALL.iter().map(|algorithm| algorithm.name()))).not_empty()
    }
}

impl Describe for Require {
    fn describe(definitions: &mut Definitions) -> Schema {
        definitions.define(module_path!(), stringify!(Require), |definitions| {
            let claims = Vec::<ClaimMatch>::describe(definitions);
            let token = Schema::object()
                .field("provider", Schema::string().about("The provider whose tokens do."))
                .field(
                    "anyOf",
                    NonEmpty::<String>::describe(definitions).about("The providers whose tokens do."),
                )
                .field(
                    "optional",
                    bool::describe(definitions)
                        .about("Whether a request without a token passes; one that is there must be valid.")
                        .default_is(Some(false.into())),
                )
                .field(
                    "scopes",
                    Vec::<Scope>::describe(definitions).about("All of these in `scope` or `scp`."),
                )
                .field("claims", claims.about("All of these claims."))
                .exactly_one(&["provider", "anyOf"]);
            let about = "`none`, or the token that a request needs.";
            Schema::either([Schema::choice(["none"]), token]).about(about)
        })
    }
}

impl Describe for HeaderSource {
    fn describe(definitions: &mut Definitions) -> Schema {
        definitions.define(module_path!(), stringify!(HeaderSource), |definitions| {
            let prefix = "What stands before the token; with a space at its end it is an authentication scheme, \
                compared without case.";
            Schema::object()
                .about("A header that holds a token.")
                .required("name", HeaderName::describe(definitions).about("The header."))
                .field("prefix", Schema::string().about(prefix).default_is(Some("".into())))
        })
    }

    fn spelled(&self) -> Option<Value> {
        let (name, prefix) = self.parts();
        Some(json!({"name": name, "prefix": prefix}))
    }
}

impl Describe for CacheBytes {
    fn describe(definitions: &mut Definitions) -> Schema {
        definitions.define(module_path!(), stringify!(CacheBytes), |_| {
            let (least, most) = Self::BOUNDS;
            let bytes = Schema::whole_number(least as u64, Some(most as u64)).about("The bytes.");
            let about = "How many bytes of verified tokens are kept; `off`: none.";
            Schema::either([Schema::choice(["off"]), Schema::object().required("maxBytes", bytes)])
                .about(about)
        })
    }

    fn spelled(&self) -> Option<Value> {
        Some(json!({"maxBytes": self.0}))
    }
}

impl<const LEAST: u64, const MOST: u64> Describe for Within<LEAST, MOST> {
    fn describe(definitions: &mut Definitions) -> Schema {
        Duration::describe(definitions)
    }

    fn spelled(&self) -> Option<Value> {
        self.0.spelled()
    }
}

impl Describe for JwksUri {
    fn describe(_: &mut Definitions) -> Schema {
        Schema::string().pattern("^https?://")
    }
}

impl Describe for Jwks {
    fn describe(definitions: &mut Definitions) -> Schema {
        definitions.define(module_path!(), stringify!(Jwks), |definitions| {
            let keys = Schema::list(Schema::anything()).about("The keys.");
            let about = "They stand here: a key set (RFC 7517).";
            let set = Schema::open_object().required("keys", keys).about(about);
            Schema::object()
                .about("Where the keys of a provider come from.")
                .field("inline", set)
                .field("remote", RemoteJwks::describe(definitions).about("They are fetched."))
                .exactly_one(&["inline", "remote"])
        })
    }
}

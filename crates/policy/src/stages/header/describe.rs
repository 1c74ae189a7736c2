//! What the hand-read parts of header-policy may hold.

use super::document::{HeaderPolicy, HeaderRuleMatch, SingleName, ValidatedHeaderPolicy};
use super::edit::Rewrite;
use crate::document::{Definitions, Describe, Schema};
use crate::vocabulary::{ClaimMatch, HeaderName, MutableHeaderName, NonEmpty, RequestMatch, Substitution};

impl Describe for ValidatedHeaderPolicy {
    fn describe(definitions: &mut Definitions) -> Schema {
        HeaderPolicy::describe(definitions)
    }
}

impl Describe for HeaderRuleMatch {
    fn describe(definitions: &mut Definitions) -> Schema {
        definitions.define(module_path!(), stringify!(HeaderRuleMatch), |definitions| {
            let about = "A match on a request and on its token.";
            let claims = "All of these claims of the validated token; in the module `ringfence` with a section `token`.";
            let claims = NonEmpty::<ClaimMatch>::describe(definitions).about(claims);
            RequestMatch::describe_fields(Schema::object().about(about), definitions).field("claims", claims)
        })
    }
}

impl Describe for SingleName {
    fn describe(definitions: &mut Definitions) -> Schema {
        HeaderName::describe(definitions)
    }
}

impl Describe for Rewrite {
    fn describe(definitions: &mut Definitions) -> Schema {
        definitions.define(module_path!(), stringify!(Rewrite), |definitions| {
            let schema = Schema::object().about("Another value for a header.");
            let schema =
                schema.required("name", MutableHeaderName::describe(definitions).about("The header."));
            Substitution::describe_fields(schema).needs(&Substitution::FIELDS)
        })
    }
}

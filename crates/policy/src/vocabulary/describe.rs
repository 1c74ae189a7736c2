//! What the parts of the vocabulary may hold, for those that are read by hand.

use super::header_match::Values;
use super::path_match::KINDS_OF_PATHS;
use super::string_match::KINDS;
use super::{
    ClaimMatch, ClaimPath, Duration, HeaderMatch, HeaderName, HeaderPattern, HeaderText, HeaderValue,
    HostPattern, Method, MutableHeaderName, NonEmpty, PathMatch, QueryMatch, RequestMatch, RuleName, Rules,
    Status, StringMatch, Substitution,
};
use crate::document::{Definitions, Describe, Schema};
use serde_json::Value;

/// Letters, digits and what else a token holds but `*` (RFC 9110, section 5.6.2).
const TOKEN: &str = "^[A-Za-z0-9!#$%&'+.^_`|~-]+$";
/// No control characters but the tab.
const TEXT: &str = r"^[^\u0000-\u0008\u000A-\u001F\u007F-\u009F]*$";

impl<T: Describe> Describe for NonEmpty<T> {
    fn describe(definitions: &mut Definitions) -> Schema {
        Schema::list(T::describe(definitions)).not_empty()
    }

    fn spelled(&self) -> Option<Value> {
        self.0.spelled()
    }
}

impl<T: Describe> Describe for Rules<T> {
    fn describe(definitions: &mut Definitions) -> Schema {
        Schema::list(T::describe(definitions))
    }

    fn spelled(&self) -> Option<Value> {
        self.0.spelled()
    }
}

impl Describe for RuleName {
    fn describe(_: &mut Definitions) -> Schema {
        Schema::string().pattern("^[a-z0-9-]{1,63}$")
    }
}

impl Describe for Method {
    fn describe(_: &mut Definitions) -> Schema {
        Schema::string().pattern("^[A-Z0-9_-]+$")
    }
}

impl Describe for Duration {
    fn describe(definitions: &mut Definitions) -> Schema {
        definitions.define(module_path!(), stringify!(Duration), |_| {
            let about = "A whole number and `ms`, `s`, `m` or `h`: `500ms`, `5s`, `10m`, `24h`.";
            Schema::string().pattern("^[0-9]+(ms|s|m|h)$").about(about)
        })
    }

    fn spelled(&self) -> Option<Value> {
        let units = [(60 * 60 * 1000, "h"), (60 * 1000, "m"), (1000, "s"), (1, "ms")];
        let all = self.as_millis();
        let (size, unit) = units.into_iter().find(|(size, _)| all >= *size && all.is_multiple_of(*size))?;
        Some(format!("{}{unit}", all / size).into())
    }
}

impl Describe for HostPattern {
    fn describe(definitions: &mut Definitions) -> Schema {
        definitions.define(module_path!(), stringify!(HostPattern), |_| {
            let about = "`shop.example.com`, `*.example.com` (one or more labels, never `example.com` itself), or \
                `*` for all but addresses; without a port.";
            Schema::string().about(about)
        })
    }
}

impl Describe for HeaderName {
    fn describe(_: &mut Definitions) -> Schema {
        Schema::string().pattern(TOKEN)
    }
}

impl Describe for MutableHeaderName {
    fn describe(definitions: &mut Definitions) -> Schema {
        HeaderName::describe(definitions)
    }
}

impl Describe for HeaderPattern {
    fn describe(_: &mut Definitions) -> Schema {
        Schema::string()
            .pattern(&TOKEN.replace("+$", r"+\*?$"))
            .about("A name, or a start of names with a final `*`.")
    }
}

impl Describe for HeaderText {
    fn describe(_: &mut Definitions) -> Schema {
        Schema::string().pattern(TEXT)
    }

    fn spelled(&self) -> Option<Value> {
        self.0.spelled()
    }
}

impl Describe for HeaderValue {
    fn describe(definitions: &mut Definitions) -> Schema {
        definitions.define(module_path!(), stringify!(HeaderValue), |definitions| {
            let schema = Schema::object().about("A header that a policy writes.");
            let schema = schema.required("name", MutableHeaderName::describe(definitions).about("Its name."));
            schema.required("value", HeaderText::describe(definitions).about("Its value."))
        })
    }
}

impl Describe for Status {
    fn describe(_: &mut Definitions) -> Schema {
        Schema::whole_number(400, Some(599))
    }
}

/// The fields of a match on a string.
fn kinds(schema: Schema, whole: &str) -> Schema {
    let parts = [
        ("exact", format!("The whole {whole}.")),
        ("prefix", format!("The start of the {whole}.")),
        ("suffix", format!("The end of the {whole}.")),
        ("contains", format!("A part of the {whole}.")),
        ("regex", format!("The whole {whole}, by a regular expression in RE2 syntax.")),
    ];
    let schema =
        parts.iter().fold(schema, |schema, (name, about)| schema.field(name, Schema::string().about(about)));
    let about = "Without case, ASCII letters only.";
    schema.field("ignoreCase", Schema::boolean().about(about).default_is(Some(false.into())))
}

impl Describe for StringMatch {
    fn describe(definitions: &mut Definitions) -> Schema {
        definitions.define(module_path!(), stringify!(StringMatch), |_| {
            kinds(Schema::object().about("A match on one string."), "value").exactly_one(&KINDS)
        })
    }
}

impl Describe for PathMatch {
    fn describe(definitions: &mut Definitions) -> Schema {
        definitions.define(module_path!(), stringify!(PathMatch), |_| {
            let about = "A match on a path without its query.";
            let template = "`{name}` or `*` is one segment, a final `**` any number of them, none included.";
            let prefix = "Whole segments: `/api` matches `/api` and `/api/x`, not `/apiary`.";
            let schema = kinds(Schema::object().about(about), "path");
            let schema = schema.field("prefix", Schema::string().pattern("^/").about(prefix));
            let schema = schema.field("template", Schema::string().pattern("^/").about(template));
            schema.exactly_one(&KINDS_OF_PATHS)
        })
    }
}

/// The fields of a match on a value, or on there being one.
fn condition(schema: Schema) -> Schema {
    let present = Schema::boolean().about("Whether there is one.");
    kinds(schema, "value").field("present", present).exactly_one(&[&KINDS[..], &["present"]].concat())
}

impl Describe for HeaderMatch {
    fn describe(definitions: &mut Definitions) -> Schema {
        definitions.define(module_path!(), stringify!(HeaderMatch), |definitions| {
            let about = "A match on a header: `name`, and one condition. Each header line is a value.";
            let values = Values::describe(definitions).default_is(Values::default().spelled());
            let schema = Schema::object().about(about);
            let schema = schema.required("name", HeaderName::describe(definitions).about("The header."));
            condition(schema).field("values", values)
        })
    }
}

impl Describe for QueryMatch {
    fn describe(definitions: &mut Definitions) -> Schema {
        definitions.define(module_path!(), stringify!(QueryMatch), |_| {
            let about = "A match on a query parameter: `name`, and one condition; both are compared decoded.";
            condition(
                Schema::object().about(about).required("name", Schema::string().about("The parameter.")),
            )
        })
    }
}

impl RequestMatch {
    /// Adds its fields to those of an object.
    pub fn describe_fields(schema: Schema, definitions: &mut Definitions) -> Schema {
        let about = "None of these may hold; each field excludes by itself.";
        let not = super::request_match::MatchFields::describe(definitions).about(about);
        super::request_match::MatchFields::describe_fields(schema, definitions).field("not", not)
    }
}

impl Describe for RequestMatch {
    fn describe(definitions: &mut Definitions) -> Schema {
        definitions.define(module_path!(), stringify!(RequestMatch), |definitions| {
            let about = "A match on a request: between fields all must hold; without a field it matches every request.";
            Self::describe_fields(Schema::object().about(about), definitions)
        })
    }
}

impl Describe for ClaimPath {
    fn describe(definitions: &mut Definitions) -> Schema {
        definitions.define(module_path!(), stringify!(ClaimPath), |_| {
            let about = "The names from the top of the claims down: `realm_access.roles`, or a list where names hold dots.";
            let names = Schema::list(Schema::string()).not_empty();
            Schema::either([Schema::string().pattern("^[^.]+([.][^.]+)*$"), names]).about(about)
        })
    }
}

impl Describe for ClaimMatch {
    fn describe(definitions: &mut Definitions) -> Schema {
        definitions.define(module_path!(), stringify!(ClaimMatch), |definitions| {
            let schema = Schema::object().about("A match on a claim: `claim`, and one condition.");
            let schema = schema.required("claim", ClaimPath::describe(definitions).about("The claim."));
            let scalar = Schema::either([Schema::boolean(), Schema::number()]);
            let words = Schema::list(Schema::string());
            kinds(schema, "value")
                .field("present", Schema::boolean().about("Whether it is there."))
                .field("equals", scalar.about("A boolean or a number; a string is compared by `exact`."))
                .field("oneOf", words.about("One of these strings."))
                .field("min", Schema::number().about("A number that is this or more."))
                .field("max", Schema::number().about("A number that is this or less."))
                .one_of_kinds(&[&KINDS[..], &["present", "equals", "oneOf"]].concat(), &["min", "max"])
        })
    }
}

impl Substitution {
    /// Adds its fields to those of an object.
    pub fn describe_fields(schema: Schema) -> Schema {
        let regex = "What is replaced: each part that this regular expression in RE2 syntax finds.";
        let text =
            r"What takes its place: `\0` is what was found, `\1` to `\9` its groups, `\\` a backslash.";
        schema
            .field("regex", Schema::string().about(regex))
            .field("substitution", Schema::string().about(text))
    }
}

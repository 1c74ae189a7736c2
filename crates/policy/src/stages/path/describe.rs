//! What the hand-read parts of path-policy may hold.

use super::document::{ActionWord, Redirect, Rule, Scheme};
use crate::document::{Definitions, Describe, Schema};
use crate::vocabulary::{DenyResponse, Mode, RequestMatch, RuleName, Substitution};

impl Describe for Rule {
    fn describe(definitions: &mut Definitions) -> Schema {
        definitions.define(module_path!(), stringify!(Rule), |definitions| {
            Schema::object()
                .about("A rule.")
                .required("name", RuleName::describe(definitions).about("Its name, for metrics and logs."))
                .field(
                    "mode",
                    Mode::describe(definitions).about("Whether it acts; absent: that of the filter."),
                )
                .field(
                    "match",
                    RequestMatch::describe(definitions).about("Which requests it is for; absent: all."),
                )
                .required("action", ActionWord::describe(definitions))
                .field("redirect", Redirect::describe(definitions))
                .field("rewrite", rewrite())
                .field("response", DenyResponse::describe(definitions))
                .only_where("action", "redirect", "redirect")
                .only_where("action", "rewrite", "rewrite")
        })
    }
}

/// The fields of what takes the place of a path; exactly one of the three ways.
fn replacement(schema: Schema) -> Schema {
    let path = "The new path; `{id}` is what the `template` of the match found.";
    let prefix = "Takes the place of the prefix that matched; each of `match.paths` is a `prefix`.";
    let schema = schema.field("path", Schema::string().pattern("^/").about(path));
    let schema = schema.field("prefix", Schema::string().pattern("^/").about(prefix));
    Substitution::describe_fields(schema)
        .goes_with("regex", "substitution")
        .goes_with("substitution", "regex")
}

fn rewrite() -> Schema {
    let about = "The path that the upstream gets, with `action: rewrite`; the query is kept.";
    replacement(Schema::object().about(about)).exactly_one(&["path", "prefix", "regex"])
}

impl Describe for Redirect {
    fn describe(definitions: &mut Definitions) -> Schema {
        definitions.define(module_path!(), stringify!(Redirect), |definitions| {
            let about = "Where the client is sent, with `action: redirect`; the query is kept.";
            let status = Schema::choice([301, 302, 303, 307, 308]).default_is(Some(308.into()));
            let host = "The host, with or without a port; absent: the same.";
            replacement(Schema::object().about(about))
                .field("status", status.about("The status."))
                .field("host", Schema::string().about(host))
                .field("scheme", Scheme::describe(definitions).about("The scheme; absent: the same."))
                .at_least_one(&["path", "prefix", "regex", "host", "scheme"])
        })
    }
}

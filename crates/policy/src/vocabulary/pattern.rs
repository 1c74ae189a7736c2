//! Regular expressions: linear in time, on bytes, without Unicode tables.

use crate::document::{Code, Fields, Problems};
use automata::{Error, Expression};
use regex::bytes::{Regex, RegexBuilder};

/// The maximum size of a compiled expression that finds parts of a value, in bytes.
const SIZE_LIMIT: usize = 1 << 20;

/// Reads and compiles the field `regex`, which matches the whole value, as Envoy's `safe_regex`.
pub(super) fn whole_regex(
    fields: &Fields<'_>,
    ignore_case: bool,
    problems: &mut Problems,
) -> Option<Expression> {
    let text: String = fields.required("regex", problems)?;
    let report = |error| match error {
        Error::Syntax(cause) => problems.add(Code::REGEX, &fields.path.field("regex"), cause, SYNTAX_HELP),
        Error::TooLarge => {
            let message = "the expression needs too many states";
            let help = "shorten counted repetitions, such as `.{30}` after `.*`, or split the expression";
            problems.add(Code::REGEX, &fields.path.field("regex"), message, help);
        }
    };
    Expression::new(&text, ignore_case).map_err(report).ok()
}

/// Reads and compiles the field `regex`, which finds parts of a value, as Envoy's `regex_rewrite`.
pub(super) fn part_regex(fields: &Fields<'_>, problems: &mut Problems) -> Option<Regex> {
    let text: String = fields.required("regex", problems)?;
    let report = |error: regex::Error| {
        let text = error.to_string();
        let message = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
        problems.add(Code::REGEX, &fields.path.field("regex"), message, SYNTAX_HELP);
    };
    RegexBuilder::new(&text).unicode(false).size_limit(SIZE_LIMIT).build().map_err(report).ok()
}

const SYNTAX_HELP: &str = "write RE2 syntax: no look-around, no back-references, no Unicode classes";

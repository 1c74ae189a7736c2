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
    compiled("regex", Expression::new(&text, ignore_case), fields, problems)
}

/// Returns the expression of the field `kind`, or adds a problem.
pub(super) fn compiled(
    kind: &str,
    expression: Result<Expression, Error>,
    fields: &Fields<'_>,
    problems: &mut Problems,
) -> Option<Expression> {
    let report = |error| {
        let (message, help) = match error {
            Error::Syntax(cause) => (cause, SYNTAX_HELP),
            Error::TooLarge if kind == "regex" => (
                "the expression needs too many states".to_owned(),
                "shorten counted repetitions such as `.{30}` after `.*`, or split the expression",
            ),
            Error::TooLarge => ("the text is too long".to_owned(), "write at most 1000 characters"),
        };
        problems.add(Code::REGEX, &fields.path.field(kind), message, help);
    };
    expression.map_err(report).ok()
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

/// Returns true if the expression ignores case, or a part of it does.
pub(super) fn folds(expression: &Expression) -> bool {
    let has_flag = |rest: &str| {
        rest.bytes().take_while(|byte| byte.is_ascii_alphabetic() || *byte == b'-').any(|byte| byte == b'i')
    };
    expression.ignores_case() || expression.as_str().split("(?").skip(1).any(has_flag)
}

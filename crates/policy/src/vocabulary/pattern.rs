//! Regular expressions: linear in time, on bytes, without Unicode tables.

use crate::document::{Code, Fields, Problems};
use automata::{Error, Expression, Finder};

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
    expression.map_err(|error| report(kind, error, fields, problems)).ok()
}

fn report(kind: &str, error: Error, fields: &Fields<'_>, problems: &mut Problems) {
    let (message, help) = match error {
        Error::Syntax(cause) => (cause, SYNTAX_HELP),
        Error::TooLarge if kind == "regex" => (
            "the expression needs too many states".to_owned(),
            "shorten counted repetitions such as `.{30}` after `.*`, or split the expression",
        ),
        Error::TooLarge => ("the text is too long".to_owned(), "write at most 1000 characters"),
    };
    problems.add(Code::REGEX, &fields.path.field(kind), message, help);
}

/// Reads and compiles the field `regex`, which finds parts of a value, as Envoy's `regex_rewrite`.
pub(super) fn finder(fields: &Fields<'_>, problems: &mut Problems) -> Option<Finder> {
    let text: String = fields.required("regex", problems)?;
    Finder::new(&text).map_err(|error| report("regex", error, fields, problems)).ok()
}

const SYNTAX_HELP: &str = "write RE2 syntax: no look-around, no back-references, no Unicode classes";

/// Returns true if the expression ignores case, or a part of it does.
pub(super) fn folds(expression: &Expression) -> bool {
    let has_flag = |rest: &str| {
        rest.bytes().take_while(|byte| byte.is_ascii_alphabetic() || *byte == b'-').any(|byte| byte == b'i')
    };
    expression.ignores_case() || expression.as_str().split("(?").skip(1).any(has_flag)
}

//! Regular expressions: linear in time, on bytes, without Unicode tables.

use crate::document::{Code, FieldPath, Fields, Problems};
use regex::bytes::{Regex, RegexBuilder};

/// The most that one compiled expression may take, in bytes.
const SIZE_LIMIT: usize = 1 << 20;

/// What an expression is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    /// The whole value, as Envoy's `safe_regex`.
    Whole,
    /// Any part of it, as Envoy's `regex_rewrite`.
    Part,
}

/// Reads and compiles the field `regex`.
pub(super) fn regex_field(
    fields: &Fields<'_>,
    span: Span,
    ignore_case: bool,
    problems: &mut Problems,
) -> Option<Regex> {
    let text: String = fields.required("regex", problems)?;
    compile(&text, &fields.path.field("regex"), span, ignore_case, problems)
}

/// The text of an expression that is held against the whole value.
pub(super) fn whole(regex: &Regex) -> &str {
    let text = regex.as_str();
    text.strip_prefix(r"\A(?:").and_then(|text| text.strip_suffix(r")\z")).unwrap_or_default()
}

fn compile(
    text: &str,
    path: &FieldPath<'_>,
    span: Span,
    ignore_case: bool,
    problems: &mut Problems,
) -> Option<Regex> {
    let build = |text: &str| {
        RegexBuilder::new(text).unicode(false).case_insensitive(ignore_case).size_limit(SIZE_LIMIT).build()
    };
    // Alone first: `a)(b` must not become well-formed by what is put around it.
    let compiled = build(text).and_then(|regex| match span {
        // Tied at both ends rather than by a look at what was found: of `/a|/ab` the first would win on `/ab`.
        Span::Whole => build(&format!(r"\A(?:{text})\z")),
        Span::Part => Ok(regex),
    });
    match compiled {
        Ok(regex) => Some(regex),
        Err(error) => {
            let message =
                error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            let help = "write RE2 syntax: no look-around, no back-references, no Unicode classes";
            problems.add(Code::REGEX, path, message, help);
            None
        }
    }
}

//! Regular expressions: linear in time, on bytes, without Unicode tables.

use crate::document::{Code, Fields, Problems};
use regex::bytes::{Regex, RegexBuilder};

/// The maximum size of a compiled expression, in bytes.
const SIZE_LIMIT: usize = 1 << 20;

/// An expression that matches the whole value, as Envoy's `safe_regex`.
#[derive(Debug, Clone)]
pub struct WholeRegex {
    text: String,
    pub(super) ignore_case: bool,
    /// Whether the expression is about the last slash of a path itself, as `.*/` is.
    pub(super) is_about_last_slash: bool,
    regex: Regex,
}

impl WholeRegex {
    /// Returns the expression as a policy writes it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns true if the expression matches the whole value.
    pub fn is_match(&self, value: &[u8]) -> bool {
        self.regex.is_match(value)
    }

    /// Returns true if the expression ignores case, or a part of it does.
    pub(super) fn folds(&self) -> bool {
        let has_flag = |rest: &str| {
            rest.bytes()
                .take_while(|byte| byte.is_ascii_alphabetic() || *byte == b'-')
                .any(|byte| byte == b'i')
        };
        self.ignore_case || self.text.split("(?").skip(1).any(has_flag)
    }

    /// Returns the bytes that every match starts with, as far as they are easy to find.
    pub fn literal_head(&self) -> &str {
        // Each alternative has its own start; a character that is optional or repeated is not part of the start.
        if self.text.contains('|') {
            return "";
        }
        let is_literal =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'~' | b'%');
        let length = self.text.bytes().take_while(is_literal).count();
        let next = self.text.as_bytes().get(length);
        let is_repeated = next.is_some_and(|byte| matches!(byte, b'?' | b'*' | b'+' | b'{'));
        self.text.get(..length.saturating_sub(usize::from(is_repeated))).unwrap_or_default()
    }

    /// Reads and compiles the field `regex`.
    pub(super) fn from_fields(
        fields: &Fields<'_>,
        ignore_case: bool,
        problems: &mut Problems,
    ) -> Option<Self> {
        let text: String = fields.required("regex", problems)?;
        // Compile without anchors first, so that `a)(b` is rejected. The anchors are part of the expression because the first
        // match of `/a|/ab` in `/ab` is not the whole value.
        compile(fields, &text, ignore_case, problems)?;
        let regex = compile(fields, &format!(r"\A(?:{text})\z"), ignore_case, problems)?;
        let is_about_last_slash = is_about_last_slash(&regex);
        Some(Self { text, ignore_case, is_about_last_slash, regex })
    }
}

/// Returns true if an expression matches any path with a last slash and not without, for names that no expression contains.
fn is_about_last_slash(regex: &Regex) -> bool {
    let names = ["/\u{1}", "/\u{1}/\u{1}/\u{1}/\u{1}"];
    names.iter().all(|path| regex.is_match(format!("{path}/").as_bytes()) && !regex.is_match(path.as_bytes()))
}

impl PartialEq for WholeRegex {
    fn eq(&self, other: &Self) -> bool {
        (&self.text, self.ignore_case) == (&other.text, other.ignore_case)
    }
}

impl Eq for WholeRegex {}

/// Reads and compiles the field `regex`, which finds parts of a value, as Envoy's `regex_rewrite`.
pub(super) fn part_regex(fields: &Fields<'_>, problems: &mut Problems) -> Option<Regex> {
    let text: String = fields.required("regex", problems)?;
    compile(fields, &text, false, problems)
}

fn compile(fields: &Fields<'_>, text: &str, ignore_case: bool, problems: &mut Problems) -> Option<Regex> {
    let mut builder = RegexBuilder::new(text);
    let regex = builder.unicode(false).case_insensitive(ignore_case).size_limit(SIZE_LIMIT).build();
    let report = |error: regex::Error| {
        let text = error.to_string();
        let message = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
        let help = "write RE2 syntax: no look-around, no back-references, no Unicode classes";
        problems.add(Code::REGEX, &fields.path.field("regex"), message, help);
    };
    regex.map_err(report).ok()
}

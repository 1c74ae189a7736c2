//! Patterns for text, and their counterparts in a match of Ringfence.

use crate::expr::{Atom, Expr, Field};
use policy::document::{Document, read};
use policy::http::JOINED;
use policy::vocabulary::{HeaderMatch, PathMatch};
use serde_json::{Map, Value, json};

/// A way to compare text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    /// The whole text.
    Exact(String),
    /// The first bytes.
    Prefix(String),
    /// The last bytes.
    Suffix(String),
    /// Any part.
    Contains(String),
    /// A regular expression for the whole text.
    Regex(String),
    /// Any text; not empty, if the source requires that.
    Present,
}

/// A pattern for text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    pub text: Text,
    /// True if letters are compared without regard to case.
    pub ignore_case: bool,
}

impl Pattern {
    /// Creates a pattern that compares with regard to case.
    pub fn new(text: Text) -> Self {
        Self { text, ignore_case: false }
    }

    /// Parses a pattern of Istio: `x`, `x*`, `*x` or `*`.
    pub fn istio(text: &str) -> Self {
        Self::new(match (text, text.strip_prefix('*'), text.strip_suffix('*')) {
            ("*", ..) => Text::Present,
            (_, Some(rest), _) => Text::Suffix(rest.to_owned()),
            (_, _, Some(rest)) => Text::Prefix(rest.to_owned()),
            _ => Text::Exact(text.to_owned()),
        })
    }

    /// Returns true if an empty text matches; `None` if that is unknown.
    pub fn takes_empty(&self) -> Option<bool> {
        match self.parts() {
            Some(("regex", _)) => None,
            Some((_, text)) => Some(text.is_empty()),
            None => Some(true),
        }
    }

    /// Returns the field of a match for this comparison, and its text; `None` for any text.
    fn parts(&self) -> Option<(&'static str, &str)> {
        match &self.text {
            Text::Exact(text) => Some(("exact", text)),
            Text::Prefix(text) => Some(("prefix", text)),
            Text::Suffix(text) => Some(("suffix", text)),
            Text::Contains(text) => Some(("contains", text)),
            Text::Regex(text) => Some(("regex", text)),
            Text::Present => None,
        }
    }

    fn object(&self) -> Option<Map<String, Value>> {
        let (kind, text) = self.parts().filter(|(kind, text)| *kind != "regex" || is_common_regex(text))?;
        Some(object(kind, text, self.ignore_case && kind != "regex"))
    }
}

fn object(kind: &str, text: &str, ignore_case: bool) -> Map<String, Value> {
    let case = ignore_case.then(|| ("ignoreCase".to_owned(), Value::from(true)));
    [(kind.to_owned(), text.into())].into_iter().chain(case).collect()
}

/// Returns true if RE2 and the engine interpret an expression in the same way.
fn is_common_regex(regex: &str) -> bool {
    let escapes = regex.split('\\').skip(1).filter_map(|rest| rest.chars().next());
    let known = |c: char| !c.is_ascii_alphanumeric() || "dDsSwWnrt".contains(c);
    // In a class, the engine supports set operations and nested classes; RE2 does not.
    let sets = ["(?", "&&", "--", "~~"].iter().any(|operator| regex.contains(operator));
    let mut classes = regex.split('[').skip(1);
    let nested = regex.contains("[[") || classes.any(|class| !class.contains(']'));
    regex.is_ascii() && !sets && !nested && escapes.into_iter().all(known)
}

/// Returns a regular expression that matches exactly this text.
pub fn quote(text: &str) -> String {
    let mut quoted = String::new();
    for character in text.chars() {
        if r"\.+*?()|[]{}^$".contains(character) {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted
}

/// Returns the condition that the method matches a pattern.
pub fn methods(patterns: &[Pattern]) -> Expr {
    let one = |pattern: &Pattern| match &pattern.text {
        Text::Exact(method) if is_method(method) && !pattern.ignore_case => {
            Expr::Is(Atom::exactly(Field::Methods, vec![method.as_str().into()]))
        }
        Text::Present => Expr::True,
        other => Expr::Unknown(format!("the method {other:?}")),
    };
    Expr::any(patterns.iter().map(one).collect())
}

fn is_method(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_'))
}

fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'+-.^_`|~".contains(&byte))
}

/// Returns the condition that the path without its query matches a pattern.
pub fn path(pattern: &Pattern) -> Expr {
    let Some((kind, text)) = pattern.parts() else { return Expr::True };
    let found = match kind {
        // A canonical path contains only ASCII, and only upper-case escapes.
        "regex" => pattern.object().filter(|object| !text.contains('%') && loads::<PathMatch>(object)),
        _ if !is_canonical(text, matches!(kind, "exact" | "prefix")) => None,
        // The source compares bytes; `prefix` of a policy compares segments.
        "prefix" => Some(object("regex", &format!("{}.*", quote(text)), pattern.ignore_case)),
        _ => pattern.object(),
    };
    match found {
        Some(object) => is_path(object.into()),
        None => Expr::Unknown(format!("the path {:?}", pattern.text)),
    }
}

fn is_path(value: Value) -> Expr {
    Expr::Is(Atom::exactly(Field::Paths, vec![value]))
}

/// Returns true if a text can be a part of a canonical path that has one reading.
fn is_canonical(text: &str, from_start: bool) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/!$&'()+,=:@".contains(&byte);
    let dots = text.split('/').any(|segment| matches!(segment, "." | ".."));
    !text.is_empty()
        && text.bytes().all(plain)
        && !text.contains("//")
        && !dots
        && (!from_start || text.starts_with('/'))
}

/// Returns the condition that the path matches a template of Envoy (`uri_template`): `one` is a segment, and a final `any`
/// is any number of bytes.
pub fn template(text: &str, one: &str, any: &str) -> Expr {
    let (head, ends_in_any) = match text.strip_suffix(any) {
        Some(head) => (head, true),
        None => (text, false),
    };
    let is_valid = |segment: &str| segment == one || segment.is_empty() || is_canonical(segment, false);
    if !head.starts_with('/')
        || head.contains("//")
        || (ends_in_any && !head.ends_with('/'))
        || !head.split('/').all(is_valid)
    {
        return Expr::Unknown(format!("the path template `{text}`"));
    }
    let with = |wildcard: &str, plain: fn(&str) -> String| {
        let segment = |segment| if segment == one { wildcard.to_owned() } else { plain(segment) };
        head.split('/').map(segment).collect::<Vec<_>>().join("/")
    };
    if ends_in_any {
        // A template of a policy that ends in `**` also matches without the slash before it.
        return is_path(json!({"regex": format!("{}.*", with("[^/]+", quote))}));
    }
    is_path(json!({"template": with("*", str::to_owned)}))
}

/// Returns the condition that a header is present.
pub fn present(name: &str) -> Expr {
    match header_name(name) {
        Some(name) => Expr::Is(Atom::exactly(Field::Headers, vec![json!({"name": name, "present": true})])),
        None => Expr::Unknown(format!("the header `{name}`")),
    }
}

/// Returns the condition that a header matches a pattern.
///
/// Envoy joins the lines of a header before it compares them; a policy compares each line. A rule that allows requires
/// that every line matches; for a rule that denies, one line is enough.
pub fn header(name: &str, pattern: &Pattern) -> Expr {
    let Some(name) = header_name(name) else { return Expr::Unknown(format!("the header `{name}`")) };
    if pattern.text == Text::Present {
        return present(&name);
    }
    let is_valid = |object: &Map<String, Value>| {
        let mut object = object.clone();
        object.insert("name".to_owned(), name.as_str().into());
        loads::<HeaderMatch>(&object)
    };
    let object = pattern
        .object()
        .filter(is_valid)
        .filter(|_| !(JOINED.contains(&name.as_str()) && spans_commas(pattern)));
    let Some(object) = object else {
        return Expr::Unknown(format!("the header `{name}` by {:?}", pattern.text));
    };
    let mut any = object;
    any.insert("name".to_owned(), name.into());
    let mut all = any.clone();
    all.insert("values".to_owned(), "all".into());
    let exactly = Atom::exactly(Field::Headers, vec![any.into()]);
    Expr::Is(Atom { under: Some(vec![all.into()]), ..exactly })
}

/// Returns the condition that a header matches one of the patterns.
pub fn header_any(name: &str, patterns: &[Pattern]) -> Expr {
    match patterns {
        [pattern] => header(name, pattern),
        _ if patterns.iter().any(|pattern| pattern.text == Text::Present) => present(name),
        _ => match alternatives(patterns) {
            Some(regex) => header(name, &Pattern::new(Text::Regex(regex))),
            None => Expr::any(patterns.iter().map(|pattern| header(name, pattern)).collect()),
        },
    }
}

/// Returns a regular expression for several patterns; `None` if there is none.
pub fn alternatives(patterns: &[Pattern]) -> Option<String> {
    let one = |pattern: &Pattern| match pattern.parts()? {
        ("exact", text) => Some(quote(text)),
        ("prefix", text) => Some(format!("{}.*", quote(text))),
        ("suffix", text) => Some(format!(".*{}", quote(text))),
        ("contains", text) => Some(format!(".*{}.*", quote(text))),
        _ => None,
    };
    let same_case = patterns.iter().all(|pattern| !pattern.ignore_case);
    let parts: Option<Vec<String>> = patterns.iter().map(one).collect();
    parts.filter(|_| same_case).map(|parts| parts.join("|"))
}

/// Returns true if the engine accepts a pattern. It rejects those that never match.
fn loads<T: Document>(pattern: &Map<String, Value>) -> bool {
    read::<T>(Value::Object(pattern.clone()).to_string().as_bytes()).is_ok()
}

/// Returns true if a match can include a comma, where Envoy joins lines.
fn spans_commas(pattern: &Pattern) -> bool {
    pattern.parts().is_some_and(|(kind, text)| kind == "regex" || text.contains(','))
}

fn header_name(name: &str) -> Option<String> {
    (is_token(name) && !name.eq_ignore_ascii_case("host")).then(|| name.to_ascii_lowercase())
}

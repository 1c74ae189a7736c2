//! Names of headers.

use crate::document::{Code, Definitions, Document, Node, Problems, Schema, invalid};
use crate::http::{FIXED, fixed_header, has_spelled_prefix, is_spelling};

/// The name of a header field, in lower case (RFC 9110, section 5.1).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HeaderName(String);

impl HeaderName {
    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn authorization() -> Self {
        Self("authorization".to_owned())
    }

    /// Parses a token. RFC 9110 allows `*` in a token; here it would look like a wildcard.
    fn parse(text: &str) -> Option<Self> {
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'+-.^_`|~".contains(&byte);
        (!text.is_empty() && text.bytes().all(is_token)).then(|| Self(text.to_ascii_lowercase()))
    }

    /// Reads the name of a header that a policy writes.
    pub(super) fn read_mutable(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let name = Self::read_removable(node, problems)?;
        // A server may read `content_length` as `content-length`.
        match fixed_header(name.as_str().as_bytes()) {
            Some(fixed) => reject(node, problems, fixed),
            None => Some(name),
        }
    }

    /// Reads the name of a header that a policy changes or removes.
    fn read_removable(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let text = node.string(problems)?;
        match Self::parse(text) {
            Some(name) if FIXED.contains(&name.as_str()) => reject(node, problems, &name.0),
            Some(name) => Some(name),
            None if text.starts_with(':') => reject(node, problems, text),
            None => {
                let message = invalid("header name", text);
                problems.invalid(Code::HEADER_NAME, node.path, message, help_for(text))
            }
        }
    }
}

/// Returns the fix for an invalid header name.
fn help_for(name: &str) -> &'static str {
    match name.to_ascii_lowercase().as_str() {
        ":path" => "match it with `paths` and `query`",
        ":method" => "match it with `methods`",
        ":authority" | "host" => "match it with `hosts`",
        ":scheme" => "use `tls` of vhost-policy",
        name if name.contains('*') => "`*` is allowed only at the end of a name in `remove`",
        _ => "use letters, digits and `-`",
    }
}

fn reject<T>(node: Node<'_>, problems: &mut Problems, name: &str) -> Option<T> {
    let message = format!("a policy cannot change the header `{name}`");
    problems.invalid(Code::FIXED_HEADER, node.path, message, "remove it, or write a longer prefix")
}

/// A name that a policy matches and does not change.
impl Document for HeaderName {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let text = node.string(problems)?;
        match Self::parse(text) {
            Some(name) if name.as_str() != "host" => Some(name),
            _ => {
                let message = match text {
                    "" => invalid("header name", text),
                    _ => format!("cannot match `{text}` as a header"),
                };
                problems.invalid(Code::HEADER_NAME, node.path, message, help_for(text))
            }
        }
    }

    fn describe(_: &mut Definitions) -> Schema {
        Schema::of_type("string").with("pattern", TOKEN)
    }

    fn spelled(&self) -> Option<serde_json::Value> {
        Some(self.as_str().into())
    }
}

/// Letters, digits and the other characters of a token except `*` (RFC 9110, section 5.6.2).
const TOKEN: &str = "^[A-Za-z0-9!#$%&'+.^_`|~-]+$";

/// A name, or a prefix of names with a final `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderPattern {
    /// One name.
    Name(HeaderName),
    /// Every name with this prefix.
    Prefix(String),
}

impl HeaderPattern {
    /// Returns the name or the prefix.
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Name(name) => name.as_str(),
            Self::Prefix(prefix) => prefix,
        }
    }

    /// Returns true if `name`, or a spelling of it, matches.
    pub fn matches_spelling(&self, name: &[u8]) -> bool {
        match self {
            Self::Name(exact) => is_spelling(name, exact.as_str()),
            Self::Prefix(prefix) => has_spelled_prefix(name, prefix),
        }
    }

    /// Returns true if `name` matches; case is ignored.
    pub fn matches(&self, name: &[u8]) -> bool {
        match self {
            Self::Name(exact) => name.eq_ignore_ascii_case(exact.as_str().as_bytes()),
            Self::Prefix(prefix) => {
                name.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix.as_bytes()))
            }
        }
    }
}

impl Document for HeaderPattern {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let text = node.string(problems)?;
        let Some(prefix) = text.strip_suffix('*') else {
            return HeaderName::read_removable(node, problems).map(Self::Name);
        };
        match HeaderName::parse(prefix) {
            None => {
                let message = format!("invalid header prefix `{text}`");
                problems.invalid(Code::HEADER_NAME, node.path, message, "write letters before the `*`")
            }
            Some(HeaderName(prefix)) => match FIXED.iter().find(|fixed| fixed.starts_with(&prefix)) {
                Some(fixed) => reject(node, problems, fixed),
                None => Some(Self::Prefix(prefix)),
            },
        }
    }

    fn describe(_: &mut Definitions) -> Schema {
        let about = "A name, or a prefix of names with a final `*`.";
        Schema::of_type("string").with("pattern", TOKEN.replace("+$", r"+\*?$")).about(about)
    }
}

#[cfg(test)]
mod tests {
    use super::{HeaderName, HeaderPattern};
    use crate::document::read;
    use crate::test;

    #[test]
    fn fixed_headers_are_rejected() {
        for text in [":path", "Host", "Transfer-Encoding", "content-length", "t*", "*", ":*", "a b"] {
            assert!(read::<HeaderPattern>(format!("\"{text}\"").as_bytes()).is_err(), "{text}");
        }
        for text in ["x-a", "x-internal-*", "te-x", "authorization"] {
            assert!(read::<HeaderPattern>(format!("\"{text}\"").as_bytes()).is_ok(), "{text}");
        }
    }

    #[test]
    fn the_help_names_the_field_for_a_pseudo_header() {
        let problems = read::<HeaderName>(br#"":path""#).unwrap_err();
        let expected = "header_name at the configuration: cannot match `:path` as a header; match it with `paths` and `query`";
        assert_eq!(problems[0].to_string(), expected);
    }
}

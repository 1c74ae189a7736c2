//! Names of headers.

use crate::document::{Code, Document, Node, Problems};

/// The name of a header field, in lower case (RFC 9110, section 5.1).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HeaderName(String);

impl HeaderName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A token; RFC 9110 allows a `*` in it, but here it would be taken for a wildcard.
    fn parse(text: &str) -> Option<Self> {
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'+-.^_`|~".contains(&byte);
        (!text.is_empty() && text.bytes().all(token)).then(|| Self(text.to_ascii_lowercase()))
    }

    /// Whether no policy may change it: `host`, the framing of the message, and what belongs to one hop
    /// (RFC 9110, section 7.6.1).
    fn is_fixed(&self) -> bool {
        FIXED.contains(&self.as_str())
    }

    /// Reads the name of a header that a policy changes.
    pub(crate) fn read_changeable(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let name = read_name(node, problems)?;
        if name.is_fixed() {
            refuse(node, problems, &name.0);
            return None;
        }
        Some(name)
    }
}

const FIXED: [&str; 11] = [
    "host",
    "connection",
    "content-length",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "http2-settings",
    "proxy-authenticate",
];

/// Where a match belongs that names a pseudo-header or `host`.
fn field_for(name: &str) -> &'static str {
    match name.to_ascii_lowercase().as_str() {
        ":path" => "match it by `paths` and `query`",
        ":method" => "match it by `methods`",
        ":authority" | "host" => "match it by `hosts`",
        ":scheme" => "ask the connection: `tls` of vhost-policy",
        name if name.contains('*') => "a `*` goes at the end of a name to `remove`, and nowhere else",
        _ => "use letters, digits and -",
    }
}

fn read_name(node: Node<'_>, problems: &mut Problems) -> Option<HeaderName> {
    let text = node.string(problems)?;
    let name = HeaderName::parse(text);
    if name.is_none() {
        if text.starts_with(':') {
            refuse(node, problems, text);
        } else {
            node.problem(
                problems,
                Code::HEADER_NAME,
                format!("`{text}` is no name of a header"),
                field_for(text),
            );
        }
    }
    name
}

fn refuse(node: Node<'_>, problems: &mut Problems, name: &str) {
    let message = format!("`{name}` cannot be changed by a policy");
    node.problem(problems, Code::FIXED_HEADER, message, "leave it to Envoy and to the other filters");
}

/// A name that a policy only looks at.
impl Document for HeaderName {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let text = node.string(problems)?;
        match Self::parse(text) {
            Some(name) if name.as_str() != "host" => Some(name),
            _ => {
                let message = format!("`{text}` cannot be matched as a header");
                node.problem(problems, Code::HEADER_NAME, message, field_for(text));
                None
            }
        }
    }
}

/// A name to remove, or the start of names: a final `*` is a prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderPattern {
    /// One name.
    Name(HeaderName),
    /// Every name that starts so.
    Prefix(String),
}

impl HeaderPattern {
    /// Whether `name` matches, without case.
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
            return HeaderName::read_changeable(node, problems).map(Self::Name);
        };
        match HeaderName::parse(prefix) {
            None => {
                let message = format!("`{text}` is no start of a header's name");
                node.problem(problems, Code::HEADER_NAME, message, "write a few letters before the `*`");
                None
            }
            Some(HeaderName(prefix)) => match FIXED.iter().find(|fixed| fixed.starts_with(&prefix)) {
                Some(fixed) => {
                    refuse(node, problems, fixed);
                    None
                }
                None => Some(Self::Prefix(prefix)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{HeaderName, HeaderPattern};
    use crate::document::read;
    use crate::test;

    #[test]
    fn what_a_policy_may_not_change_is_refused() {
        for text in [":path", "Host", "Transfer-Encoding", "content-length", "t*", "*", ":*", "a b"] {
            assert!(read::<HeaderPattern>(format!("\"{text}\"").as_bytes()).is_err(), "{text}");
        }
        for text in ["x-a", "x-internal-*", "te-x", "authorization"] {
            assert!(read::<HeaderPattern>(format!("\"{text}\"").as_bytes()).is_ok(), "{text}");
        }
    }

    #[test]
    fn the_fix_names_the_field_that_a_pseudo_header_belongs_in() {
        let problems = read::<HeaderName>(br#"":path""#).unwrap_err();
        let expected = "header_name at the configuration: `:path` cannot be matched as a header; match it by `paths` and `query`";
        assert_eq!(problems[0].to_string(), expected);
    }
}

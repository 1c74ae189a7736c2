//! What a policy writes into headers.

use super::HeaderName;
use crate::document::{Code, Document, Fields, Node, Problems};

/// A header's value as a policy writes it: no control characters (RFC 9110, section 5.5).
#[derive(Debug, Clone)]
pub struct HeaderText(pub String);

impl Document for HeaderText {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let text = node.string(problems)?;
        if text.chars().any(|c| c.is_control() && c != '\t') {
            node.problem(
                problems,
                Code::HEADER_VALUE,
                "a control character in a header's value",
                "leave it out",
            );
            return None;
        }
        Some(Self(text.to_owned()))
    }
}

/// A header that a policy writes.
#[derive(Debug, Clone)]
pub struct HeaderValue {
    /// Its name.
    pub name: HeaderName,
    /// Its value.
    pub value: String,
}

impl Document for HeaderValue {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let fields = Fields::of(node, &["name", "value"], problems)?;
        let name = fields.required::<MutableHeaderName>("name", problems);
        let value = fields.required::<HeaderText>("value", problems);
        Some(Self { name: name?.0, value: value?.0 })
    }
}

/// The name of a header that a policy changes.
#[derive(Debug, Clone)]
pub struct MutableHeaderName(pub HeaderName);

impl Document for MutableHeaderName {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        HeaderName::read_changeable(node, problems).map(Self)
    }
}

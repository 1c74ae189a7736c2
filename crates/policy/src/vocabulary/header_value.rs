//! Headers that a policy writes.

use super::HeaderName;
use crate::document::{Code, Definitions, Document, Node, Problems, Schema};
use std::ops::Deref;

/// A header value without control characters (RFC 9110, section 5.5).
#[derive(Debug, Clone)]
pub struct HeaderText(pub String);

impl Document for HeaderText {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let text = node.string(problems)?;
        if text.chars().any(|c| c.is_control() && c != '\t') {
            let message = "control character in a header value";
            return problems.invalid(Code::HEADER_VALUE, node.path, message, "remove it");
        }
        Some(Self(text.to_owned()))
    }

    fn describe(_: &mut Definitions) -> Schema {
        Schema::of_type("string").with("pattern", r"^[^\u0000-\u0008\u000A-\u001F\u007F-\u009F]*$")
    }
}

document! {
    /// A header that a policy writes.
    pub struct HeaderValue {
        /// The name.
        "name" name: MutableHeaderName,
        /// The value.
        "value" value: HeaderText,
    }
}

/// The name of a header that a policy may change.
#[derive(Debug, Clone)]
pub struct MutableHeaderName(pub HeaderName);

impl Deref for MutableHeaderName {
    type Target = HeaderName;

    fn deref(&self) -> &HeaderName {
        &self.0
    }
}

impl Document for MutableHeaderName {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        HeaderName::read_mutable(node, problems).map(Self)
    }

    fn describe(definitions: &mut Definitions) -> Schema {
        HeaderName::describe(definitions)
    }
}

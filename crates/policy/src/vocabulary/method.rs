//! A method.

use super::Sense;
use crate::document::{Code, Definitions, Document, Node, Problems, Schema};

/// A method: a case-sensitive token (RFC 9110, section 9.1). The registered methods are upper case, so lower case is
/// rejected as a typing error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method(String);

impl Method {
    /// Returns the method.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Method {
    /// Returns true if a request has this method. A match that restricts ignores case: some servers convert methods to upper
    /// case.
    pub fn matches(&self, method: &[u8], sense: Sense) -> bool {
        match sense {
            Sense::Restrict => method.eq_ignore_ascii_case(self.0.as_bytes()),
            Sense::Grant => method == self.0.as_bytes(),
        }
    }
}

impl Document for Method {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let text = node.string(problems)?;
        let is_valid =
            |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
        if text.is_empty() || !text.bytes().all(is_valid) {
            let help = if text == "*" {
                "omit the field to match every method"
            } else {
                "write methods in upper case: `GET`"
            };
            return problems.invalid(Code::METHOD, node.path, format!("invalid method `{text}`"), help);
        }
        Some(Self(text.to_owned()))
    }

    fn describe(_: &mut Definitions) -> Schema {
        Schema::of_type("string").with("pattern", "^[A-Z0-9_-]+$")
    }
}

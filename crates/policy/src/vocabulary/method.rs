//! A method.

use crate::document::{Code, Document, Node, Problems};

/// A method (RFC 9110, section 9.1): a token, compared with case. The known ones are in upper case, so that lower case
/// is a slip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method(String);

impl Method {
    /// The method.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Document for Method {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let text = node.string(problems)?;
        let valid =
            |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
        if text.is_empty() || !text.bytes().all(valid) {
            let help =
                if text == "*" { "leave the field out for any" } else { "methods are in upper case: `GET`" };
            node.problem(problems, Code::METHOD, format!("`{text}` is no method"), help);
            return None;
        }
        Some(Self(text.to_owned()))
    }
}

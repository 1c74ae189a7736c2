//! A method.

use super::Sense;
use crate::document::{Code, Definitions, Document, Node, Problems, Schema, invalid};

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
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let help = if text == "*" {
            "omit the field to match every method"
        } else if text.is_empty() || !text.bytes().all(is_allowed) {
            "write upper-case letters, digits, `-` and `_`: `GET`"
        } else if text.bytes().any(|byte| byte.is_ascii_lowercase()) {
            "write methods in upper case: `GET`"
        } else {
            return Some(Self(text.to_owned()));
        };
        problems.invalid(Code::METHOD, node.path, invalid("method", text), help)
    }

    fn describe(_: &mut Definitions) -> Schema {
        Schema::of_type("string").with("pattern", "^[A-Z0-9_-]+$")
    }
}

#[cfg(test)]
mod tests {
    use super::Method;
    use crate::document::read;
    use crate::test;

    #[test]
    fn the_help_depends_on_what_is_wrong() {
        for (method, expected) in [
            ("Patch", "invalid method `Patch`; write methods in upper case: `GET`"),
            ("G T", "invalid method `G T`; write upper-case letters, digits, `-` and `_`: `GET`"),
            ("", "empty method; write upper-case letters, digits, `-` and `_`: `GET`"),
            ("*", "invalid method `*`; omit the field to match every method"),
        ] {
            let problems = read::<Method>(format!("\"{method}\"").as_bytes()).unwrap_err();
            assert!(problems[0].to_string().ends_with(expected), "{}", problems[0]);
        }
    }
}

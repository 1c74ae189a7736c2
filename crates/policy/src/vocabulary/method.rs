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
        if is_valid(text) {
            return Some(Self(text.to_owned()));
        }
        let upper = text.to_ascii_uppercase();
        let help = if text == "*" {
            "omit the field to match every method".to_owned()
        } else if is_valid(&upper) {
            format!("write methods in upper case: `{upper}`")
        } else {
            "write upper-case letters, digits, `-` and `_`: `GET`".to_owned()
        };
        problems.invalid(Code::METHOD, node.path, invalid("method", text), help)
    }

    fn describe(_: &mut Definitions) -> Schema {
        Schema::of_type("string").with("pattern", "^[A-Z0-9_-]+$")
    }
}

fn is_valid(method: &str) -> bool {
    let is_allowed =
        |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    !method.is_empty() && method.bytes().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use super::Method;
    use crate::document::read;
    use crate::test;

    #[test]
    fn the_help_depends_on_what_is_wrong() {
        for (method, expected) in [
            ("Patch", "invalid method `Patch`; write methods in upper case: `PATCH`"),
            ("G T", "invalid method `G T`; write upper-case letters, digits, `-` and `_`: `GET`"),
            ("", "empty method; write upper-case letters, digits, `-` and `_`: `GET`"),
            ("*", "invalid method `*`; omit the field to match every method"),
        ] {
            let problems = read::<Method>(format!("\"{method}\"").as_bytes()).unwrap_err();
            assert!(problems[0].to_string().ends_with(expected), "{}", problems[0]);
        }
    }
}

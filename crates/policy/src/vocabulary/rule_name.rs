//! The name of a rule.

use crate::document::{Code, Definitions, Document, Node, Problems, Schema, invalid};
use std::fmt;
use std::rc::Rc;

/// The name of a rule: `[a-z0-9-]+`, at most 63 bytes, unique within a filter. It is part of metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleName(Rc<str>);

impl RuleName {
    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Document for RuleName {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let name = node.string(problems)?;
        let is_valid = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || name.len() > 63 || !name.bytes().all(is_valid) {
            let message = invalid("rule name", name);
            let help = "use lower-case letters, digits and `-`, at most 63 characters";
            return problems.invalid(Code::RULE_NAME, node.path, message, help);
        }
        Some(Self(name.into()))
    }

    fn describe(_: &mut Definitions) -> Schema {
        Schema::of_type("string").with("pattern", "^[a-z0-9-]{1,63}$")
    }
}

//! The name of a rule.

use crate::document::{Code, Document, Node, Problems};
use std::fmt;
use std::rc::Rc;

/// The name of a rule: `[a-z0-9-]+`, at most 63 bytes, unique within a filter; it appears in metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleName(Rc<str>);

impl RuleName {
    /// The name.
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
        let valid = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || name.len() > 63 || !name.bytes().all(valid) {
            let message = format!("`{name}` is no name of a rule");
            node.problem(problems, Code::RULE_NAME, message, "use a-z, 0-9 and -, at most 63 of them");
            return None;
        }
        Some(Self(name.into()))
    }
}

//! Changes of headers.

use crate::document::{Document, Fields, Node, Problems};
use crate::http::Headers;
use crate::vocabulary::{HeaderName, HeaderPattern, HeaderValue, MutableHeaderName, Substitution};

document! {
    /// Changes of a message's headers, made in this order.
    #[derive(Default)]
    pub struct Edits {
        /// Names, or starts of names with a final `*`.
        "remove" remove: Vec<HeaderPattern> = Vec::new(),
        /// Other names for headers.
        "rename" rename: Vec<Rename> = Vec::new(),
        /// Other values for headers.
        "rewrite" rewrite: Vec<Rewrite> = Vec::new(),
        /// Values that replace every value.
        "set" set: Vec<HeaderValue> = Vec::new(),
        /// Values that join what is there.
        "add" add: Vec<HeaderValue> = Vec::new(),
    }
}

document! {
    /// Another name for a header; what bore that name before is taken off.
    pub struct Rename {
        /// The name that it has.
        "from" from: MutableHeaderName,
        /// The name that it gets.
        "to" to: MutableHeaderName,
    }
}

/// Another value for a header.
#[derive(Debug, Clone)]
pub struct Rewrite {
    name: HeaderName,
    substitution: Substitution,
}

impl Document for Rewrite {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let known = [&["name"], &Substitution::FIELDS[..]].concat();
        let fields = Fields::of(node, &known, problems)?;
        let name = fields.required::<MutableHeaderName>("name", problems);
        let substitution = Substitution::from_fields(&fields, problems);
        Some(Self { name: name?.0, substitution: substitution? })
    }
}

impl Edits {
    /// Whether there is nothing to change.
    pub(super) fn is_empty(&self) -> bool {
        self.remove.is_empty()
            && self.rename.is_empty()
            && self.rewrite.is_empty()
            && self.set.is_empty()
            && self.add.is_empty()
    }

    /// Changes the headers.
    pub(super) fn apply(&self, headers: &mut Headers<'_>) {
        for pattern in &self.remove {
            headers.remove(pattern, &[]);
        }
        for Rename { from, to } in &self.rename {
            headers.rename(from.0.as_str(), to.0.as_str());
        }
        for Rewrite { name, substitution } in &self.rewrite {
            headers.rewrite(name.as_str(), |value| substitution.apply(value));
        }
        for HeaderValue { name, value } in &self.set {
            headers.set(name.as_str(), value.as_bytes());
        }
        for HeaderValue { name, value } in &self.add {
            headers.add(name.as_str(), value.as_bytes());
        }
    }
}

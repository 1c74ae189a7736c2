//! Edits of headers.

use crate::http::Headers;
use crate::vocabulary::{HeaderPattern, HeaderValue, MutableHeaderName, Substitution};

document! {
    /// Edits of the headers of a message, in this order.
    #[derive(Default)]
    pub struct Edits {
        /// Removes headers: names, or prefixes of names with a final `*`.
        "remove" remove: Vec<HeaderPattern> = Vec::new(),
        /// Renames headers.
        "rename" rename: Vec<Rename> = Vec::new(),
        /// Replaces parts of values.
        "rewrite" rewrite: Vec<Rewrite> = Vec::new(),
        /// Replaces all values of a header.
        "set" set: Vec<HeaderValue> = Vec::new(),
        /// Adds values to a header.
        "add" add: Vec<HeaderValue> = Vec::new(),
    }
}

document! {
    /// A new name for a header. Headers that had the new name are removed.
    pub struct Rename {
        /// The current name.
        "from" from: MutableHeaderName,
        /// The new name.
        "to" to: MutableHeaderName,
    }
}

document! {
    /// A replacement in the values of a header.
    pub struct Rewrite {
        /// The header.
        "name" name: MutableHeaderName,
        /// The replacement.
        substitution: Substitution,
    }
}

impl Edits {
    pub(super) fn is_empty(&self) -> bool {
        self.remove.is_empty()
            && self.rename.is_empty()
            && self.rewrite.is_empty()
            && self.set.is_empty()
            && self.add.is_empty()
    }

    pub(super) fn apply(&self, headers: &mut Headers<'_>) {
        for pattern in &self.remove {
            headers.remove(|name| pattern.matches(name));
        }
        for Rename { from, to } in &self.rename {
            headers.rename(from.as_str(), to.as_str());
        }
        for Rewrite { name, substitution } in &self.rewrite {
            headers.rewrite(name.as_str(), |value| substitution.apply(value));
        }
        for HeaderValue { name, value } in &self.set {
            headers.set(name.as_str(), value.0.as_bytes());
        }
        for HeaderValue { name, value } in &self.add {
            headers.add(name.as_str(), value.0.as_bytes());
        }
    }
}

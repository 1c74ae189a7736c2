//! Edits of headers.

use crate::decision::Reason;
use crate::http::{Budget, Headers, is_other_spelling, is_spelling};
use crate::vocabulary::{HeaderName, HeaderPattern, HeaderValue, MutableHeaderName, Substitution};

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
    /// Returns the number of edits.
    pub(super) fn len(&self) -> usize {
        self.remove.len() + self.rename.len() + self.rewrite.len() + self.set.len() + self.add.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Removes the headers that a client sent under another spelling of a name that these edits write, so that no client
    /// can set them.
    pub(super) fn claim_names(&self, headers: &mut Headers<'_>) {
        let written = self.set.iter().map(|set| &set.name).chain(self.rename.iter().map(|rename| &rename.to));
        for name in written {
            let is_renamed = |found: &[u8]| {
                self.rename.iter().any(|rename| found.eq_ignore_ascii_case(rename.from.as_str().as_bytes()))
            };
            headers.remove_received(|found| is_other_spelling(found, name.as_str()) && !is_renamed(found));
        }
    }

    /// Applies the edits. With `spellings`, `remove` and `rewrite` apply to every spelling of a name.
    ///
    /// # Errors
    /// Returns the reason if the budget does not suffice.
    pub(super) fn apply(
        &self,
        headers: &mut Headers<'_>,
        spellings: bool,
        budget: &Budget,
    ) -> Result<(), Reason> {
        for pattern in &self.remove {
            headers.remove(
                |name| {
                    if spellings { pattern.matches_spelling(name) } else { pattern.matches(name) }
                },
            );
        }
        for Rename { from, to } in &self.rename {
            headers.rename(from.as_str(), to.as_str());
        }
        for Rewrite { name, substitution } in &self.rewrite {
            let mut outcome = Ok(());
            let replace = |value: &[u8]| {
                substitution.apply(value, budget).unwrap_or_else(|reason| {
                    outcome = Err(reason);
                    None
                })
            };
            headers.rewrite(|found| is_rewritten(found, name, spellings), replace);
            outcome?;
        }
        for HeaderValue { name, value } in &self.set {
            headers.set(name.as_str(), value.0.as_bytes());
        }
        for HeaderValue { name, value } in &self.add {
            headers.add(name.as_str(), value.0.as_bytes());
        }
        Ok(())
    }

    /// Returns true if the edits write or remove a header that a server may read as `name`.
    pub(super) fn changes(&self, name: &[u8]) -> bool {
        let is_name = |own: &HeaderName| is_spelling(name, own.as_str());
        self.remove.iter().any(|pattern| pattern.matches_spelling(name))
            || self.rename.iter().any(|rename| is_name(&rename.from) || is_name(&rename.to))
            || self.rewrite.iter().any(|rewrite| is_name(&rewrite.name))
            || self.set.iter().chain(&self.add).any(|header| is_name(&header.name))
    }
}

fn is_rewritten(found: &[u8], name: &HeaderName, spellings: bool) -> bool {
    found.eq_ignore_ascii_case(name.as_str().as_bytes()) || (spellings && is_spelling(found, name.as_str()))
}

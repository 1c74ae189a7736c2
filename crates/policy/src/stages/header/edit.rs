//! Edits of headers.

use crate::decision::Reason;
use crate::http::{Budget, HeaderIndex, HeaderPrefixes, Headers, is_other_spelling, is_spelling};
use crate::vocabulary::{HeaderName, HeaderPattern, HeaderValue, MutableHeaderName, Substitution};

/// The steps of comparing the name of a header line with that of an edit, and the bytes of the name that take a further step.
const LINE: usize = 8;
const NAME_BYTES: usize = 2;

/// The steps of a change of a header line, and the bytes of it that are copied in one step.
const CHANGE: usize = 128;
const COPIED: usize = 8;

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
        self.remove.len() + self.rename.len() + self.rewrite.len() + self.set.len() + self.add.len() == 0
    }

    /// Removes the headers that a client sent under another spelling of a name that these edits write, so that no client
    /// can set them.
    ///
    /// # Errors
    /// Returns the reason if the budget does not suffice.
    pub(super) fn claim_names(&self, headers: &mut Headers<'_>, budget: &Budget) -> Result<(), Reason> {
        let written = || {
            let renamed = self.rename.iter().map(|rename| rename.to.as_str());
            self.set.iter().map(|set| set.name.as_str()).chain(renamed)
        };
        if !written().any(|name| headers.may_have(name)) {
            return Ok(());
        }
        let is_written = |found: &[u8]| written().any(|name| is_other_spelling(found, name));
        let is_renamed = |found: &[u8]| {
            self.rename.iter().any(|rename| found.eq_ignore_ascii_case(rename.from.as_str().as_bytes()))
        };
        let renamed = self.rename.iter().map(|rename| steps(rename.from.as_str()));
        let names = written().map(steps).chain(renamed).sum();
        edit(headers, names, budget, &mut |headers| {
            headers.remove_received(|found| is_written(found) && !is_renamed(found));
        })
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
            let is_removed =
                |name: &[u8]| if spellings { pattern.matches_spelling(name) } else { pattern.matches(name) };
            edit(headers, steps(pattern.as_str()), budget, &mut |headers| headers.remove(is_removed))?;
        }
        for Rename { from, to } in &self.rename {
            let (from, to) = (from.as_str(), to.as_str());
            edit(headers, steps(from) + steps(to), budget, &mut |headers| headers.rename(from, to))?;
        }
        for Rewrite { name, substitution } in &self.rewrite {
            let mut outcome = Ok(());
            let mut replace = |value: &[u8]| {
                outcome.ok()?;
                substitution.apply(value, budget).unwrap_or_else(|reason| {
                    outcome = Err(reason);
                    None
                })
            };
            edit(headers, steps(name.as_str()), budget, &mut |headers| {
                headers.rewrite(|found| is_rewritten(found, name, spellings), &mut replace);
            })?;
            outcome?;
        }
        for HeaderValue { name, value } in &self.set {
            let (name, value) = (name.as_str(), value.0.as_bytes());
            edit(headers, steps(name), budget, &mut |headers| headers.set(name, value))?;
        }
        for HeaderValue { name, value } in &self.add {
            edit(headers, 0, budget, &mut |headers| headers.add(name.as_str(), value.0.as_bytes()))?;
        }
        Ok(())
    }

    /// Adds the names of the headers that the edits write or remove, and the prefixes of such names.
    pub(super) fn add_names(&self, names: &mut HeaderIndex, prefixes: &mut HeaderPrefixes) {
        for pattern in &self.remove {
            match pattern {
                HeaderPattern::Name(name) => {
                    names.add(name.as_str());
                }
                HeaderPattern::Prefix(prefix) => prefixes.add(prefix),
            }
        }
        for Rename { from, to } in &self.rename {
            names.add(from.as_str());
            names.add(to.as_str());
        }
        for Rewrite { name, .. } in &self.rewrite {
            names.add(name.as_str());
        }
        for HeaderValue { name, .. } in self.set.iter().chain(&self.add) {
            names.add(name.as_str());
        }
    }
}

/// Returns the steps of comparing the name of a header line with a name or a prefix.
fn steps(name: &str) -> usize {
    LINE + name.len() / NAME_BYTES
}

/// Applies an edit. The budget pays for comparing every line before it, and for the changes after it: their number is known
/// only then.
fn edit<'a>(
    headers: &mut Headers<'a>,
    names: usize,
    budget: &Budget,
    apply: &mut dyn FnMut(&mut Headers<'a>),
) -> Result<(), Reason> {
    budget.spend(headers.len(), names)?;
    let before = headers.changes().len();
    apply(headers);
    headers
        .changes()
        .iter()
        .skip(before)
        .try_for_each(|change| budget.spend(1, CHANGE + change.bytes() / COPIED))
}

fn is_rewritten(found: &[u8], name: &HeaderName, spellings: bool) -> bool {
    found.eq_ignore_ascii_case(name.as_str().as_bytes()) || (spellings && is_spelling(found, name.as_str()))
}

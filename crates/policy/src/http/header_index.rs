//! An index of header names by their class.

use super::header_class::{class, class_of, has_one_spelling, is_spelling};
use super::header_sketches::HeaderSketches;
use crate::fast_map::FastMap;

/// The places of a few names, which are compared one by one.
const FEW: [usize; 4] = [0, 1, 2, 3];

/// Header names, found by any spelling of a name (see [`is_spelling`]).
#[derive(Debug, Default)]
pub(crate) struct HeaderIndex {
    names: Vec<Box<str>>,
    by_class: FastMap<Box<str>, Vec<usize>>,
    pub(super) sketches: HeaderSketches,
}

impl HeaderIndex {
    pub(crate) fn new<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        let mut index = Self::default();
        for name in names {
            index.add(name);
        }
        index
    }

    /// Adds a name, unless it is there already, and returns its place.
    pub(crate) fn add(&mut self, name: &str) -> usize {
        let places = self.by_class.entry(class(name.as_bytes()).into()).or_default();
        let is_name = |place: &&usize| self.names.get(**place).is_some_and(|other| **other == *name);
        if let Some(place) = places.iter().find(is_name) {
            return *place;
        }
        self.sketches.add(name.as_bytes());
        places.push(self.names.len());
        self.names.push(name.into());
        self.names.len() - 1
    }

    /// Returns the places, in the order of the names, of those that a server may read the header `found` as.
    #[inline]
    pub(crate) fn of(&self, found: &[u8]) -> impl Iterator<Item = usize> {
        let all = || FEW.get(..self.names.len());
        let places =
            if self.may_contain(found) { all().unwrap_or_else(|| self.of_class(found)) } else { &[] };
        let is_name = |place: &usize| self.names.get(*place).is_some_and(|name| is_spelling(found, name));
        places.iter().copied().filter(is_name)
    }

    /// Returns false if [`HeaderIndex::of`] is certainly empty.
    #[inline]
    pub(crate) fn may_contain(&self, found: &[u8]) -> bool {
        self.sketches.have(found)
    }

    fn of_class(&self, found: &[u8]) -> &[usize] {
        self.by_class.get(class(found).as_str()).map_or(&[], Vec::as_slice)
    }

    /// Returns true if one of the names is exactly `found`, but for case.
    pub(crate) fn contain_exactly(&self, found: &[u8]) -> bool {
        let is_found = |place: usize| {
            self.names.get(place).is_some_and(|name| found.eq_ignore_ascii_case(name.as_bytes()))
        };
        self.of(found).any(is_found)
    }

    /// Returns true if a server may read the header `found` as one of the names.
    #[inline]
    pub(crate) fn contain(&self, found: &[u8]) -> bool {
        self.may_contain(found) && self.of(found).next().is_some()
    }
}

/// Prefixes of header names, found by any spelling of a name that starts with one: a tree of the bytes of their classes.
#[derive(Debug)]
pub(crate) struct HeaderPrefixes(Vec<Node>);

/// What follows the start of a prefix.
#[derive(Debug, Default)]
struct Node {
    /// Whether a prefix ends here.
    is_end: bool,
    /// The place of the node after each byte.
    next: Vec<(u8, usize)>,
}

impl HeaderPrefixes {
    /// Adds a prefix.
    pub(crate) fn add(&mut self, prefix: &str) {
        let mut place = 0;
        for byte in prefix.bytes().map(class_of) {
            let count = self.0.len();
            let Some(node) = self.0.get_mut(place) else { return };
            place = node.after(byte).unwrap_or(count);
            if place == count {
                node.next.push((byte, count));
                self.0.push(Node::default());
            }
        }
        if let Some(node) = self.0.get_mut(place) {
            node.is_end = true;
        }
    }

    /// Returns true if a server may read the header `found` as one whose name starts with a prefix.
    pub(crate) fn contain(&self, found: &[u8]) -> bool {
        let (mut node, mut bytes) = (self.0.first(), found.iter());
        while let Some(Node { is_end: false, .. }) = node {
            let place = node.zip(bytes.next()).and_then(|(node, byte)| node.after(class_of(*byte)));
            node = place.and_then(|place| self.0.get(place));
        }
        node.is_some() && !has_one_spelling(found)
    }
}

impl Default for HeaderPrefixes {
    fn default() -> Self {
        Self(vec![Node::default()])
    }
}

impl Node {
    /// Returns the place of the node after a byte.
    fn after(&self, byte: u8) -> Option<usize> {
        self.next.iter().find(|next| next.0 == byte).map(|next| next.1)
    }
}

#[cfg(test)]
mod tests {
    use super::{HeaderIndex, HeaderPrefixes};
    use crate::http::{has_spelled_prefix, is_spelling};
    use crate::test;

    #[test]
    fn names_are_found_as_one_by_one() {
        let long = "x-".repeat(40);
        let names = ["x-role", "x_role", "authorization", "content_length", long.as_str()];
        let index = HeaderIndex::new(names.into_iter());
        for found in [
            "x-role",
            "X!ROLE",
            "x-rola",
            "",
            ":x-role",
            "content-length",
            "Content_Length",
            "AUTHORIZATION",
            long.as_str(),
            ":path",
        ] {
            let one_by_one = (0..names.len()).filter(|place| is_spelling(found.as_bytes(), names[*place]));
            assert!(index.of(found.as_bytes()).eq(one_by_one.clone()), "{found}");
            assert_eq!(index.contain(found.as_bytes()), one_by_one.count() > 0, "{found}");
        }
        assert!(!HeaderIndex::default().contain(b"x-role"));
    }

    #[test]
    fn prefixes_are_found_as_one_by_one() {
        let prefixes = ["x-b-", "x-a", "x_a_b", "X.A", "x-ab-c", "y", "x-b-c-d", "content_", "x-0"];
        let mut index = HeaderPrefixes::default();
        prefixes.into_iter().for_each(|prefix| index.add(prefix));
        for found in [
            "x-b-",
            "x-b",
            "X_B_c",
            "x-a",
            "x-aa",
            "x-ac",
            "x!ab-d",
            "x-c",
            "x-b-c-",
            "x-b-d",
            "x-1",
            "x-00",
            "w",
            "Yz",
            "z",
            "",
            ":y",
            "-y",
            "content-length",
            "content-lengths",
            "content_length",
        ] {
            let expected = prefixes.iter().any(|prefix| has_spelled_prefix(found.as_bytes(), prefix));
            assert_eq!(index.contain(found.as_bytes()), expected, "{found}");
        }
        assert!(!HeaderPrefixes::default().contain(b"x"));
    }
}

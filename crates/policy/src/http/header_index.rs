//! An index of header names by their class.

use super::header_class::{class, class_of, is_spelling};
use crate::fast_map::FastMap;

/// Header names, found by any spelling of a name (see [`is_spelling`]).
#[derive(Debug)]
pub(crate) struct HeaderIndex {
    names: Vec<Box<str>>,
    by_class: FastMap<Box<str>, Vec<usize>>,
    /// Whether a name has this [`sketch`]: most names of a request differ in it from those of a policy.
    sketches: [bool; 256],
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
        if let Some(sketch) = self.sketches.get_mut(usize::from(sketch(name.as_bytes()))) {
            *sketch = true;
        }
        places.push(self.names.len());
        self.names.push(name.into());
        self.names.len() - 1
    }

    /// Returns the places, in the order of the names, of those that a server may read the header `found` as.
    #[inline]
    pub(crate) fn of(&self, found: &[u8]) -> impl Iterator<Item = usize> {
        let may_be = self.sketches.get(usize::from(sketch(found))) == Some(&true);
        let places = if may_be { self.of_class(found) } else { &[] };
        let is_name = |place: &usize| self.names.get(*place).is_some_and(|name| is_spelling(found, name));
        places.iter().copied().filter(is_name)
    }

    fn of_class(&self, found: &[u8]) -> &[usize] {
        self.by_class.get(class(found).as_str()).map_or(&[], Vec::as_slice)
    }

    /// Returns true if a server may read the header `found` as one of the names.
    #[inline]
    pub(crate) fn contain(&self, found: &[u8]) -> bool {
        self.of(found).next().is_some()
    }
}

impl Default for HeaderIndex {
    fn default() -> Self {
        Self { names: Vec::new(), by_class: FastMap::default(), sketches: [false; 256] }
    }
}

/// Returns a number that all spellings of a name share.
#[inline]
fn sketch(name: &[u8]) -> u8 {
    let [first, .., last] = name else { return 0 };
    #[expect(clippy::cast_possible_truncation, reason = "the lowest bits are enough")]
    let length = name.len() as u8;
    length.wrapping_mul(37) ^ class_of(*first).wrapping_mul(5) ^ class_of(*last)
}

#[cfg(test)]
mod tests {
    use super::HeaderIndex;
    use crate::http::is_spelling;
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
}

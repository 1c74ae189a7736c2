//! The spellings that occur in a path.

use super::escapes::{hex_byte, is_reserved_in_path, starts_with_hex};

/// A set of the spellings that servers read differently.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Marks(u16);

impl Marks {
    pub(super) const BACKSLASH: Self = Self(1);
    pub(super) const SEMICOLON: Self = Self(1 << 1);
    /// Two slashes.
    pub(super) const EMPTY_SEGMENT: Self = Self(1 << 2);
    pub(super) const DOT_SEGMENT: Self = Self(1 << 3);
    pub(super) const ESCAPED_SLASH: Self = Self(1 << 4);
    pub(super) const ESCAPED_BACKSLASH: Self = Self(1 << 5);
    pub(super) const ESCAPED_QUESTION_MARK: Self = Self(1 << 6);
    pub(super) const ESCAPED_HASH: Self = Self(1 << 7);
    /// An escape of a reserved byte that a path may contain.
    pub(super) const ESCAPED_RESERVED: Self = Self(1 << 8);
    /// `%25` and two hex digits.
    pub(super) const ESCAPED_TWICE: Self = Self(1 << 9);

    /// Returns the spellings of a path whose escapes are canonical.
    pub(super) fn of(path: &[u8]) -> Self {
        let mut marks = Self::default();
        let mut rest = path;
        while let [first, tail @ ..] = rest {
            rest = tail;
            match first {
                b'%' => marks = marks.with(Self::of_escape(tail)),
                b'\\' => marks = marks.with(Self::BACKSLASH),
                b';' => marks = marks.with(Self::SEMICOLON),
                b'/' => marks = marks.with(Self::of_segment(tail)),
                _ => {}
            }
        }
        marks
    }

    /// Returns true if the set contains all of these.
    pub(super) fn has(self, marks: Self) -> bool {
        self.0 & marks.0 == marks.0
    }

    fn with(self, marks: Self) -> Self {
        Self(self.0 | marks.0)
    }

    /// Returns the spelling of an escape, given the text after its `%`.
    fn of_escape(after: &[u8]) -> Self {
        let [high, low, after @ ..] = after else { return Self::default() };
        match hex_byte(*high, *low) {
            Some(b'/') => Self::ESCAPED_SLASH,
            Some(b'\\') => Self::ESCAPED_BACKSLASH,
            Some(b'?') => Self::ESCAPED_QUESTION_MARK,
            Some(b'#') => Self::ESCAPED_HASH,
            Some(b'%') if starts_with_hex(after) => Self::ESCAPED_TWICE,
            Some(byte) if is_reserved_in_path(byte) => Self::ESCAPED_RESERVED,
            _ => Self::default(),
        }
    }

    /// Returns the spelling of a segment, given the text after its slash.
    fn of_segment(after: &[u8]) -> Self {
        match after {
            [b'/', ..] => Self::EMPTY_SEGMENT,
            [b'.'] | [b'.', b'/', ..] | [b'.', b'.'] | [b'.', b'.', b'/', ..] => Self::DOT_SEGMENT,
            _ => Self::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Marks;
    use crate::test;

    #[test]
    fn each_spelling_has_its_mark() {
        let table: [(&str, &[Marks]); 21] = [
            ("/a.b/.c/..d/...", &[]),
            ("/a%20b%25", &[]),
            ("/a%25z", &[]),
            ("/a\\b", &[Marks::BACKSLASH]),
            ("/a;b", &[Marks::SEMICOLON]),
            ("/a//b", &[Marks::EMPTY_SEGMENT]),
            ("/a/.", &[Marks::DOT_SEGMENT]),
            ("/./a", &[Marks::DOT_SEGMENT]),
            ("/a/..", &[Marks::DOT_SEGMENT]),
            ("/../a", &[Marks::DOT_SEGMENT]),
            ("/a%2F", &[Marks::ESCAPED_SLASH]),
            ("/a%5C", &[Marks::ESCAPED_BACKSLASH]),
            ("/a%3F", &[Marks::ESCAPED_QUESTION_MARK]),
            ("/a%23", &[Marks::ESCAPED_HASH]),
            ("/a%3B", &[Marks::ESCAPED_RESERVED]),
            ("/a%40", &[Marks::ESCAPED_RESERVED]),
            ("/a%2541", &[Marks::ESCAPED_TWICE]),
            ("/a%25%2F", &[Marks::ESCAPED_SLASH]),
            ("/a;%2F", &[Marks::SEMICOLON, Marks::ESCAPED_SLASH]),
            ("/", &[]),
            ("", &[]),
        ];
        for (path, expected) in table {
            let expected = expected.iter().fold(Marks::default(), |all, mark| all.with(*mark));
            assert_eq!(Marks::of(path.as_bytes()), expected, "{path}");
        }
    }
}

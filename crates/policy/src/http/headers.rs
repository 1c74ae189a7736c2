//! The headers of a message, and what a policy changes about them.

use crate::vocabulary::HeaderPattern;
use std::borrow::Cow;

/// The lines of a message's headers, pseudo-headers included, in order; each line is a value of its own.
#[derive(Debug, Clone, Default)]
pub struct Headers<'a> {
    lines: Vec<Line<'a>>,
    changes: Vec<Change>,
}

#[derive(Debug, Clone)]
struct Line<'a> {
    name: Cow<'a, [u8]>,
    value: Cow<'a, [u8]>,
}

/// One change that a policy made, for a host that writes changes one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// One value in place of all there were.
    Set(String, Vec<u8>),
    /// A further value.
    Add(String, Vec<u8>),
    /// None any more.
    Remove(Vec<u8>),
    /// More than one line at once: only the whole says it.
    Lines,
}

impl<'a> Headers<'a> {
    /// The headers with these lines.
    pub fn new(lines: impl IntoIterator<Item = (&'a [u8], &'a [u8])>) -> Self {
        let line = |(name, value)| Line { name: Cow::Borrowed(name), value: Cow::Borrowed(value) };
        Self { lines: lines.into_iter().map(line).collect(), changes: Vec::new() }
    }

    /// All lines.
    pub fn lines(&self) -> impl Iterator<Item = (&[u8], &[u8])> + Clone {
        self.lines.iter().map(|line| (&*line.name, &*line.value))
    }

    /// All lines that are no pseudo-headers.
    pub fn fields(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.lines().filter(|(name, _)| !name.starts_with(b":"))
    }

    /// The values of the header `name` (in lower case), one for each line, blanks around them cut: HTTP/1 cuts
    /// them anyway (RFC 9110, section 5.5), HTTP/2 carries them through.
    ///
    /// Envoy joins the lines of some headers with a comma before a filter sees them. Where a comma cannot be part of a
    /// value, each part is a value again.
    pub fn values<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h [u8]> {
        let joined = JOINED.contains(&name);
        let lines = self.lines().filter(move |line| is_named(line.0, name));
        // A comma in quotes is part of a value: `boundary="a,b"`.
        let parts = move |value: &'h [u8]| split(value, joined && !value.contains(&b'"'));
        lines.flat_map(move |(_, value)| parts(value)).map(<[u8]>::trim_ascii)
    }

    /// What was changed, in order.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Puts one value in the place of the first, or at the end, and takes the others off.
    pub fn set(&mut self, name: &str, value: &[u8]) {
        let first = self.lines.iter().position(|line| is_named(&line.name, name));
        let line = Line { name: Cow::Owned(name.into()), value: Cow::Owned(value.into()) };
        match first.and_then(|first| self.lines.get_mut(first)) {
            Some(place) => *place = line,
            None => self.lines.push(line),
        }
        let mut index = 0;
        self.lines.retain(|line| {
            index += 1;
            first.is_none_or(|first| index <= first + 1) || !is_named(&line.name, name)
        });
        self.changes.push(Change::Set(name.to_owned(), value.to_owned()));
    }

    /// Adds a value.
    pub fn add(&mut self, name: &str, value: &[u8]) {
        self.lines.push(Line { name: Cow::Owned(name.into()), value: Cow::Owned(value.into()) });
        self.changes.push(Change::Add(name.to_owned(), value.to_owned()));
    }

    /// Takes off every header that matches and is not in `kept`.
    pub fn remove(&mut self, pattern: &HeaderPattern, kept: &[&str]) {
        let mut removed: Vec<Cow<'_, [u8]>> = Vec::new();
        self.lines.retain(|line| {
            let goes = pattern.matches(&line.name) && !kept.iter().any(|name| is_named(&line.name, name));
            if goes && !removed.contains(&line.name) {
                removed.push(line.name.clone());
            }
            !goes
        });
        self.changes.extend(removed.into_iter().map(|name| Change::Remove(name.into_owned())));
    }

    /// Takes off the lines of a header whose value is not kept.
    pub fn retain_values(&mut self, name: &str, keep: impl Fn(&[u8]) -> bool) {
        let (before, mut kept) = (self.lines.len(), false);
        self.lines.retain(|line| {
            let named = is_named(&line.name, name);
            let keeps = named && keep(line.value.trim_ascii());
            kept |= keeps;
            !named || keeps
        });
        if self.lines.len() != before {
            let change = if kept { Change::Lines } else { Change::Remove(name.into()) };
            self.changes.push(change);
        }
    }

    /// Takes off every header whose name holds the byte.
    pub fn remove_names_with(&mut self, byte: u8) {
        let before = self.lines.len();
        self.lines.retain(|line| line.name.starts_with(b":") || !line.name.contains(&byte));
        if self.lines.len() != before {
            self.changes.push(Change::Lines);
        }
    }

    /// Gives the lines of the header `from` the name `to`. What bore that name is taken off, also where there is no
    /// `from`: nobody but this can set it.
    pub fn rename(&mut self, from: &str, to: &str) {
        if !self.lines.iter().any(|line| is_named(&line.name, from) || is_named(&line.name, to)) {
            return;
        }
        self.lines.retain(|line| !is_named(&line.name, to));
        for line in self.lines.iter_mut().filter(|line| is_named(&line.name, from)) {
            line.name = Cow::Owned(to.into());
        }
        self.changes.push(Change::Lines);
    }

    /// Puts another value in the place of each value for which there is one.
    pub fn rewrite(&mut self, name: &str, with: impl Fn(&[u8]) -> Option<Vec<u8>>) {
        let mut changed = false;
        for line in self.lines.iter_mut().filter(|line| is_named(&line.name, name)) {
            if let Some(value) = with(line.value.trim_ascii()) {
                line.value = Cow::Owned(value);
                changed = true;
            }
        }
        if changed {
            self.changes.push(Change::Lines);
        }
    }
}

/// The parts of a value between commas; the whole of it where it is not to be split.
pub(crate) fn split(value: &[u8], at_commas: bool) -> impl Iterator<Item = &[u8]> {
    // Long values are as a rule of one part: finding that out a word at a time is far quicker than splitting.
    let several = at_commas && value.contains(&b',');
    let parts = several.then(|| value.split(|byte| *byte == b',')).into_iter().flatten();
    (!several).then_some(value).into_iter().chain(parts)
}

/// The headers that hold one value, in which there is no comma outside quotes, and of which Envoy joins several lines: each
/// part between commas is a value of its own.
pub const JOINED: [&str; 11] = [
    "content-type",
    "expect",
    "grpc-timeout",
    "if-range",
    "access-control-request-method",
    "origin",
    "x-client-trace-id",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-request-id",
];

fn is_named(line: &[u8], name: &str) -> bool {
    line.eq_ignore_ascii_case(name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::{Change, Headers};
    use crate::document::read;
    use crate::test;

    type Edit = dyn Fn(&mut Headers<'_>);

    const LINES: [(&[u8], &[u8]); 4] = [(b":path", b"/"), (b"a", b"1"), (b"b", b"2"), (b"A", b"3")];

    fn after(edit: impl FnOnce(&mut Headers<'_>)) -> (String, usize) {
        let mut headers = Headers::new(LINES);
        edit(&mut headers);
        let lines = headers.lines().map(|(n, v)| format!("{}={}", n.escape_ascii(), v.escape_ascii()));
        (lines.collect::<Vec<_>>().join(" "), headers.changes().len())
    }

    #[test]
    fn an_edit_changes_every_line_it_names() {
        let table: [(&Edit, &str, usize); 10] = [
            (&|h| h.set("a", b"x"), ":path=/ a=x b=2", 1),
            (&|h| h.set("c", b"x"), ":path=/ a=1 b=2 A=3 c=x", 1),
            (&|h| h.add("a", b"x"), ":path=/ a=1 b=2 A=3 a=x", 1),
            (&|h| h.remove(&read(b"\"a\"").unwrap(), &[]), ":path=/ b=2", 2),
            (&|h| h.remove(&read(b"\"a\"").unwrap(), &["a"]), ":path=/ a=1 b=2 A=3", 0),
            (&|h| h.rename("a", "b"), ":path=/ b=1 b=3", 1),
            (&|h| h.rename("c", "b"), ":path=/ a=1 A=3", 1),
            (&|h| h.rename("c", "d"), ":path=/ a=1 b=2 A=3", 0),
            (&|h| h.rewrite("a", |v| (v == b"3").then(|| b"4".to_vec())), ":path=/ a=1 b=2 A=4", 1),
            (&|h| h.remove_names_with(b'b'), ":path=/ a=1 A=3", 1),
        ];
        for (edit, lines, changes) in table {
            assert_eq!(after(edit), (lines.to_owned(), changes));
        }
    }

    #[test]
    fn one_edit_is_one_change() {
        let mut headers = Headers::new(LINES);
        headers.set("a", b"x");
        assert_eq!(headers.changes(), [Change::Set("a".to_owned(), b"x".to_vec())]);
    }
}

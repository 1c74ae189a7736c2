//! The headers of a message, and the edits of a policy.

use std::borrow::Cow;

/// The header lines of a message, in order, with pseudo-headers. Each line is a value.
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

/// One edit of a policy, for a host that writes edits one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// One value replaces all values.
    Set(String, Vec<u8>),
    /// A value is added.
    Add(String, Vec<u8>),
    /// All values are removed.
    Remove(Vec<u8>),
    /// Several lines changed at once: all headers must be written.
    Lines,
}

impl<'a> Headers<'a> {
    /// Creates headers with these lines.
    pub fn new(lines: impl IntoIterator<Item = (&'a [u8], &'a [u8])>) -> Self {
        let line = |(name, value)| Line { name: Cow::Borrowed(name), value: Cow::Borrowed(value) };
        Self { lines: lines.into_iter().map(line).collect(), changes: Vec::new() }
    }

    /// Returns all lines.
    pub fn lines(&self) -> impl Iterator<Item = (&[u8], &[u8])> + Clone {
        self.lines.iter().map(|line| (&*line.name, &*line.value))
    }

    /// Returns all lines except pseudo-headers.
    pub fn fields(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.lines().filter(|(name, _)| !name.starts_with(b":"))
    }

    /// Returns the values of the header `name` (in lower case), one for each line, without surrounding blanks: HTTP/1 removes
    /// them (RFC 9110, section 5.5), HTTP/2 does not.
    ///
    /// Envoy joins the lines of some headers with a comma before a filter sees them. If a comma cannot be part of a value, the
    /// parts are separate values again.
    pub fn values<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h [u8]> {
        let is_joined = JOINED.contains(&name);
        let lines = self.lines().filter(move |line| is_named(line.0, name));
        // A comma in quotes is part of a value: `boundary="a,b"`.
        let parts = move |value: &'h [u8]| split(value, is_joined && !value.contains(&b'"'));
        lines.flat_map(move |(_, value)| parts(value)).map(<[u8]>::trim_ascii)
    }

    /// Returns the edits, in order.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Replaces all values with one, at the place of the first or at the end.
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

    /// Adds a value at the end.
    pub fn add(&mut self, name: &str, value: &[u8]) {
        self.lines.push(Line { name: Cow::Owned(name.into()), value: Cow::Owned(value.into()) });
        self.changes.push(Change::Add(name.to_owned(), value.to_owned()));
    }

    /// Removes every header whose name matches.
    pub fn remove(&mut self, is_removed: impl Fn(&[u8]) -> bool) {
        let mut removed: Vec<Cow<'_, [u8]>> = Vec::new();
        self.lines.retain(|line| {
            let is_removed = is_removed(&line.name);
            if is_removed && !removed.contains(&line.name) {
                removed.push(line.name.clone());
            }
            !is_removed
        });
        self.changes.extend(removed.into_iter().map(|name| Change::Remove(name.into_owned())));
    }

    /// Removes the lines of a header whose value is not kept.
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

    /// Removes every header whose name contains the byte.
    pub fn remove_names_with(&mut self, byte: u8) {
        let before = self.lines.len();
        self.lines.retain(|line| line.name.starts_with(b":") || !line.name.contains(&byte));
        if self.lines.len() != before {
            self.changes.push(Change::Lines);
        }
    }

    /// Renames the header `from` to `to`. Existing headers `to` are removed, even if `from` is absent: no client can set them.
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

    /// Replaces each value for which `with` returns a new one.
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

/// Returns the parts of a value between commas, or the whole value if `at_commas` is false.
pub(crate) fn split(value: &[u8], at_commas: bool) -> impl Iterator<Item = &[u8]> {
    // Most long values have one part. Searching for a comma is much faster than splitting.
    let has_parts = at_commas && value.contains(&b',');
    let parts = has_parts.then(|| value.split(|byte| *byte == b',')).into_iter().flatten();
    (!has_parts).then_some(value).into_iter().chain(parts)
}

/// Headers with a single value that contains no comma outside quotes, whose lines Envoy joins: each part between commas is a
/// value.
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
    use super::{Change, Headers, is_named};
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
    fn an_edit_applies_to_every_line() {
        let table: [(&Edit, &str, usize); 10] = [
            (&|h| h.set("a", b"x"), ":path=/ a=x b=2", 1),
            (&|h| h.set("c", b"x"), ":path=/ a=1 b=2 A=3 c=x", 1),
            (&|h| h.add("a", b"x"), ":path=/ a=1 b=2 A=3 a=x", 1),
            (&|h| h.remove(|name| is_named(name, "a")), ":path=/ b=2", 2),
            (&|h| h.remove(|name| is_named(name, "c")), ":path=/ a=1 b=2 A=3", 0),
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

//! The headers of a message, and the edits of a policy.

use super::header_class::{is_pseudo, is_spelling};
use super::header_index::HeaderIndex;
use super::header_sketches::HeaderSketches;
use std::borrow::Cow;

/// The header lines of a message, in order, with pseudo-headers. Each line is a value.
#[derive(Debug, Clone, Default)]
pub struct Headers<'a> {
    lines: Vec<Line<'a>>,
    /// The names of the lines, and of lines that were removed.
    names: HeaderSketches,
    changes: Vec<Change>,
}

#[derive(Debug, Clone)]
struct Line<'a> {
    name: Cow<'a, [u8]>,
    value: Cow<'a, [u8]>,
}

/// One edit of a policy, for a host that writes edits one by one.
///
/// INVARIANT: a host that applies the changes one by one, and writes new lines at the end, has the lines of [`Headers::lines`]
/// in the same order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// One value replaces all values, at the end.
    Set(Vec<u8>, Vec<u8>),
    /// A value is added at the end.
    Add(Vec<u8>, Vec<u8>),
    /// All values are removed.
    Remove(Vec<u8>),
}

impl Change {
    /// Returns the bytes of the name and of the value.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Set(name, value) | Self::Add(name, value) => name.len() + value.len(),
            Self::Remove(name) => name.len(),
        }
    }
}

impl<'a> Headers<'a> {
    /// Creates headers with these lines.
    pub fn new(lines: impl IntoIterator<Item = (&'a [u8], &'a [u8])>) -> Self {
        let mut names = HeaderSketches::default();
        let line = |(name, value)| {
            names.add(name);
            Line { name: Cow::Borrowed(name), value: Cow::Borrowed(value) }
        };
        let lines = lines.into_iter().map(line).collect();
        Self { lines, names, changes: Vec::new() }
    }

    /// Returns all lines.
    pub fn lines(&self) -> impl Iterator<Item = (&[u8], &[u8])> + Clone {
        self.lines.iter().map(|line| (&*line.name, &*line.value))
    }

    /// Returns the number of lines.
    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Returns all lines except pseudo-headers.
    pub fn fields(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.lines().filter(|(name, _)| !is_pseudo(name))
    }

    /// Returns false if certainly no line has a spelling of this name.
    pub(crate) fn may_have(&self, name: &str) -> bool {
        self.names.have(name.as_bytes())
    }

    /// Returns false if certainly no line has a spelling of one of these names.
    pub(crate) fn may_have_any(&self, index: &HeaderIndex) -> bool {
        self.names.meet(&index.sketches)
    }

    /// Returns the values of the header `name` (in lower case), one for each line, without surrounding blanks: HTTP/1 removes
    /// them (RFC 9110, section 5.5), HTTP/2 does not.
    ///
    /// Envoy joins the lines of some headers with a comma before a filter sees them. If a comma cannot be part of a value, the
    /// parts are separate values again.
    pub fn values<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h [u8]> {
        self.values_of(name, is_named)
    }

    /// Returns the values of every spelling of the header `name`, as [`Headers::values`] does.
    pub fn spelled_values<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h [u8]> {
        self.values_of(name, is_spelling)
    }

    fn values_of<'h>(
        &'h self,
        name: &'h str,
        is_found: impl Fn(&[u8], &str) -> bool + 'h,
    ) -> impl Iterator<Item = &'h [u8]> {
        let is_joined = is_joined(name.as_bytes());
        let lines = if self.may_have(name) { &self.lines[..] } else { &[] };
        let lines = lines.iter().filter(move |line| is_found(&line.name, name));
        // A comma in quotes is part of a value: `boundary="a,b"`.
        let parts = move |value: &'h [u8]| split(value, is_joined && !value.contains(&b'"'));
        lines.flat_map(move |line| parts(&line.value)).map(<[u8]>::trim_ascii)
    }

    /// Returns the edits, in order.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Replaces all values with one, at the end; a pseudo-header at the end of the pseudo-headers.
    pub fn set(&mut self, name: &str, value: &[u8]) {
        if self.may_have(name) {
            self.lines.retain(|line| !is_named(&line.name, name));
        }
        let is_first = is_pseudo(name.as_bytes());
        let pseudo = self.lines.iter().take_while(|line| is_first && is_pseudo(&line.name)).count();
        let place = if is_first { pseudo } else { self.lines.len() };
        self.names.add(name.as_bytes());
        self.lines.insert(place, Line { name: Cow::Owned(name.into()), value: Cow::Owned(value.into()) });
        self.changes.push(Change::Set(name.into(), value.into()));
    }

    /// Adds a value at the end.
    pub fn add(&mut self, name: &str, value: &[u8]) {
        self.names.add(name.as_bytes());
        self.lines.push(Line { name: Cow::Owned(name.into()), value: Cow::Owned(value.into()) });
        self.changes.push(Change::Add(name.into(), value.into()));
    }

    /// Removes every header whose name matches.
    pub fn remove(&mut self, is_removed: impl Fn(&[u8]) -> bool) {
        if self.has(&is_removed, |_| true) {
            self.write_again(&is_removed, &|_| false);
        }
    }

    /// Removes the lines of the client, not those that the policy wrote, whose name matches.
    pub fn remove_received(&mut self, is_removed: impl Fn(&[u8]) -> bool) {
        if self.has(&is_removed, Line::is_received) {
            self.write_again(&is_removed, &|line| !line.is_received());
        }
    }

    /// Removes the values, of the headers whose name matches, that are not kept.
    pub fn retain_values(&mut self, is_filtered: impl Fn(&[u8]) -> bool, keep: impl Fn(&[u8]) -> bool) {
        let keeps = |line: &Line<'_>| keep(line.value.trim_ascii());
        if self.has(&is_filtered, |line| !keeps(line)) {
            self.write_again(&is_filtered, &keeps);
        }
    }

    /// Replaces each value, of the headers whose name matches, for which `with` returns a new one.
    pub fn rewrite(
        &mut self,
        is_rewritten: impl Fn(&[u8]) -> bool,
        mut with: impl FnMut(&[u8]) -> Option<Vec<u8>>,
    ) {
        let mut changed = false;
        for line in self.lines.iter_mut().filter(|line| is_rewritten(&line.name)) {
            if let Some(value) = with(line.value.trim_ascii()) {
                line.value = Cow::Owned(value);
                changed = true;
            }
        }
        if changed {
            self.write_again(&is_rewritten, &|_| true);
        }
    }

    /// Renames the header `from` to `to`. Existing headers `to` are removed, even if `from` is absent: no client can set them.
    pub fn rename(&mut self, from: &str, to: &str) {
        let is_new = |name: &[u8]| is_named(name, to);
        if !self.has(&|name| is_named(name, from), |_| true) {
            return self.remove(is_new);
        }
        self.names.add(to.as_bytes());
        self.changes.push(Change::Remove(from.into()));
        self.lines.retain(|line| !is_new(&line.name) || is_named(&line.name, from));
        for line in self.lines.iter_mut().filter(|line| is_named(&line.name, from)) {
            line.name = Cow::Owned(to.into());
        }
        self.write_again(&is_new, &|_| true);
    }

    fn has(&self, is_selected: &dyn Fn(&[u8]) -> bool, is_affected: impl Fn(&Line<'a>) -> bool) -> bool {
        let mut lines = self.lines.iter().filter(|line| !is_pseudo(&line.name));
        lines.any(|line| is_selected(&line.name) && is_affected(line))
    }

    /// Removes the headers whose name matches, and writes the lines that are kept at the end.
    fn write_again(&mut self, is_selected: &dyn Fn(&[u8]) -> bool, keep: &dyn Fn(&Line<'a>) -> bool) {
        let is_selected = |line: &mut Line<'_>| !is_pseudo(&line.name) && is_selected(&line.name);
        let mut lines: Vec<_> = self.lines.extract_if(.., is_selected).collect();
        let mut names: Vec<_> = lines.iter().map(|line| line.name.to_ascii_lowercase()).collect();
        // A name that is removed twice, before all new lines, is removed once.
        names.dedup();
        lines.retain(keep);
        if let ([name], [line]) = (&names[..], &lines[..]) {
            self.changes.push(Change::Set(name.clone(), line.value.to_vec()));
        } else {
            self.changes.extend(names.into_iter().map(Change::Remove));
            let added =
                lines.iter().map(|line| Change::Add(line.name.to_ascii_lowercase(), line.value.to_vec()));
            self.changes.extend(added);
        }
        self.lines.extend(lines);
    }
}

impl Line<'_> {
    /// Returns true if the line is as the client sent it, with a value that may be rewritten.
    fn is_received(&self) -> bool {
        matches!(self.name, Cow::Borrowed(_))
    }
}

/// Returns the parts of a value between commas, or the whole value if `at_commas` is false.
pub(crate) fn split(value: &[u8], at_commas: bool) -> impl Iterator<Item = &[u8]> {
    // Most long values have one part. Searching for a comma is much faster than splitting.
    let has_parts = at_commas && value.contains(&b',');
    let parts = has_parts.then(|| value.split(|byte| *byte == b',')).into_iter().flatten();
    (!has_parts).then_some(value).into_iter().chain(parts)
}

/// Returns true for a header whose lines Envoy joins.
pub(crate) fn is_joined(name: &[u8]) -> bool {
    JOINED.iter().any(|joined| name.eq_ignore_ascii_case(joined.as_bytes()))
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
    use super::{Headers, is_named, is_spelling};
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
        let table: [(&Edit, &str, usize); 13] = [
            (&|h| h.set("a", b"x"), ":path=/ b=2 a=x", 1),
            (&|h| h.set("c", b"x"), ":path=/ a=1 b=2 A=3 c=x", 1),
            (&|h| h.set(":path", b"/x"), ":path=/x a=1 b=2 A=3", 1),
            (&|h| h.add("a", b"x"), ":path=/ a=1 b=2 A=3 a=x", 1),
            (&|h| h.remove(|name| is_named(name, "a")), ":path=/ b=2", 1),
            (&|h| h.remove(|name| is_named(name, "c")), ":path=/ a=1 b=2 A=3", 0),
            (&|h| h.remove(|_| true), ":path=/", 3),
            (&|h| h.rename("a", "b"), ":path=/ b=1 b=3", 4),
            (&|h| h.rename("b", "c"), ":path=/ a=1 A=3 c=2", 2),
            (&|h| h.rename("c", "b"), ":path=/ a=1 A=3", 1),
            (&|h| h.rename("c", "d"), ":path=/ a=1 b=2 A=3", 0),
            (
                &|h| h.rewrite(|n| is_named(n, "a"), |v| (v == b"3").then(|| b"4".to_vec())),
                ":path=/ b=2 a=1 A=4",
                3,
            ),
            (&|h| h.retain_values(|n| is_named(n, "a"), |v| v == b"3"), ":path=/ b=2 A=3", 1),
        ];
        for (edit, lines, changes) in table {
            assert_eq!(after(edit), (lines.to_owned(), changes));
        }
    }

    #[test]
    fn lines_of_the_policy_are_kept() {
        let mut headers = Headers::new([(&b"x_a"[..], &b"1"[..]), (b"x.a", b"2"), (b"b", b"3")]);
        headers.add("x_a", b"own");
        headers.remove_received(|name| is_spelling(name, "x-a"));
        let lines: Vec<_> = headers.lines().collect();
        assert_eq!(lines, [(&b"b"[..], &b"3"[..]), (b"x_a", b"own")]);
    }
}

//! The query of a request.

use super::budget::Budget;
use crate::reason::Reason;
use std::borrow::Cow;
use std::cell::OnceCell;

/// The steps of parsing a parameter, and a byte of it, in each way in which servers cut queries.
const PARAMETER: usize = 256;
const BYTE: usize = 4;

/// The parameters of a query. They are parsed when a match first uses them, once for all rules.
#[derive(Debug, Default)]
pub struct Query<'a> {
    raw: &'a [u8],
    /// The parts of the path that some servers read as the query.
    hidden: Vec<u8>,
    parameters: OnceCell<Parameters>,
    possible: OnceCell<Parameters>,
}

impl<'a> Query<'a> {
    /// Creates the parameters of a raw query, and of the parts of the path that some servers read as the query. An absent query
    /// is empty.
    pub fn new(raw: Option<&'a [u8]>, hidden: &[u8]) -> Self {
        Self { raw: raw.unwrap_or_default(), hidden: hidden.to_vec(), ..Self::default() }
    }

    /// Takes the steps of parsing the parameters, in each way in which servers cut them, off the budget.
    ///
    /// # Errors
    /// Returns the reason if the budget does not suffice.
    pub(crate) fn spend(&self, budget: &Budget) -> Result<(), Reason> {
        self.texts().into_iter().try_for_each(|(text, parameters)| {
            budget.spend(parameters, PARAMETER)?;
            budget.spend(text.len(), BYTE)
        })
    }

    /// Returns the names and values that some server reads, without marks between them, and their number.
    pub(crate) fn possible_texts(&self) -> (&[u8], usize) {
        let possible = self.possible();
        (&possible.bytes, possible.places.len())
    }

    fn possible(&self) -> &Parameters {
        self.possible.get_or_init(|| Parameters::possible(self.raw, &self.hidden))
    }

    /// Returns the query and the hidden query, with the greatest number of parameters that a server finds in each.
    fn texts(&self) -> [(&[u8], usize); 2] {
        // The hidden query may be escaped.
        [(self.raw, &b"&;"[..]), (&self.hidden, b"&;%")].map(|(text, separators)| {
            let count = text.iter().filter(|byte| separators.contains(byte)).count();
            (text, count + usize::from(!text.is_empty()))
        })
    }

    /// Returns the values of a parameter.
    pub fn values<'q>(&'q self, name: &'q [u8]) -> impl Iterator<Item = &'q [u8]> {
        let parameters = self.parameters.get_or_init(|| Parameters::new(self.raw));
        parameters.from(name, &[]).take_while(move |(found, _)| *found == name).map(|(_, value)| value)
    }

    /// Returns the values that some server reads as values of a parameter, by the [`parameter_key`] of its name.
    ///
    /// Servers differ in how they cut a query: some treat `;` as a separator like `&` (Rack 2, Go before 1.17, Python before
    /// 3.9.2), and some read `name[x]` as an item of `name` (PHP, Rack, Express).
    pub fn possible_values<'q>(&'q self, key: &'q [u8]) -> impl Iterator<Item = &'q [u8]> {
        let possible = self.possible();
        let same = possible.from(key, &[]).take_while(move |(found, _)| *found == key);
        let is_item = move |found: &[u8]| found.strip_prefix(key).is_some_and(|rest| rest.starts_with(b"["));
        let items = possible.from(key, b"[").take_while(move |(found, _)| is_item(found));
        same.chain(items).map(|(_, value)| value)
    }
}

/// Returns the parameters of a query, decoded as `application/x-www-form-urlencoded` (WHATWG URL, section 5.1).
///
/// ```
/// let found: Vec<_> = policy::http::query_parameters(b"a=1+2&b%3d&&c=%zz").collect();
/// let expected: [(&[u8], &[u8]); 3] = [(b"a", b"1 2"), (b"b=", b""), (b"c", b"%zz")];
/// assert!(found.iter().zip(expected).all(|((name, value), (n, v))| **name == *n && **value == *v));
/// assert_eq!(found.len(), expected.len());
/// ```
pub fn query_parameters(query: &[u8]) -> impl Iterator<Item = (Cow<'_, [u8]>, Cow<'_, [u8]>)> {
    pairs(query).map(|(name, value)| (decode(name), decode(value)))
}

/// Returns the same text for all names of parameters that some server treats as one.
///
/// - PHP cuts a name at NUL, skips blanks before it, and reads `.` and blanks as `_`.
/// - Rack and Express's `qs` skip brackets before, after and between the words of a name: `[user][role]` and `user]role` are
///   `user[role]`. The words of a key have one `[` between them.
/// - ASP.NET ignores case.
pub fn parameter_key(name: &[u8]) -> Cow<'_, [u8]> {
    let is_same = |byte: &u8| {
        !(byte.is_ascii_uppercase() || byte.is_ascii_whitespace() || matches!(byte, 0 | b'.' | b'[' | b']'))
    };
    if name.iter().all(is_same) {
        return Cow::Borrowed(name);
    }
    let cut = name.split(|byte| *byte == 0).next().unwrap_or_default();
    let (mut key, mut is_next) = (Vec::with_capacity(cut.len()), false);
    for byte in cut.iter().skip_while(|byte| byte.is_ascii_whitespace() || is_bracket(byte)) {
        if is_bracket(byte) {
            is_next = true;
            continue;
        }
        if std::mem::take(&mut is_next) {
            key.push(b'[');
        }
        key.push(byte.to_ascii_lowercase());
    }
    let opening = key.iter().position(|byte| *byte == b'[').unwrap_or(key.len());
    mangle(key.get_mut(..opening).unwrap_or_default());
    Cow::Owned(key)
}

fn is_bracket(byte: &u8) -> bool {
    matches!(byte, b'[' | b']')
}

/// Writes `_` where PHP does.
fn mangle(name: &mut [u8]) {
    for byte in name.iter_mut().filter(|byte| matches!(byte, b'.' | b' ' | b'[')) {
        *byte = b'_';
    }
}

/// Decoded parameters, sorted by name, so that a search for one does not read all.
#[derive(Debug, Default)]
struct Parameters {
    bytes: Vec<u8>,
    /// The start of the name, of the value, and its end in `bytes`.
    places: Vec<[usize; 3]>,
}

impl Parameters {
    fn new(query: &[u8]) -> Self {
        let mut parameters = Self::default();
        for (name, value) in pairs(query) {
            parameters.push(&decode(name), value);
        }
        parameters.sorted()
    }

    /// Creates the parameters between `&` and those between `;`, by their keys. The hidden query may be escaped.
    fn possible(query: &[u8], hidden: &[u8]) -> Self {
        let mut parameters = Self::default();
        parameters.push_possible(query);
        // PHP's own server ignores further `?` at the start of a query.
        let start = query.iter().position(|byte| *byte != b'?').unwrap_or(query.len());
        let rest = query.get(start..).filter(|_| start > 0);
        let first = rest.and_then(|rest| parts(rest).next()).into_iter().flatten();
        // The whole part, and what is before its first `;`.
        first.take(2).for_each(|part| parameters.push_part(part));
        parameters.push_possible(hidden);
        if hidden.contains(&b'%') {
            parameters.push_possible(&decode(hidden));
        }
        parameters.sorted()
    }

    fn push_possible(&mut self, query: &[u8]) {
        parts(query).flatten().for_each(|part| self.push_part(part));
    }

    fn push_part(&mut self, part: &[u8]) {
        let (name, value) = halves(part);
        let name = decode(name);
        let key = parameter_key(&name);
        self.push(&key, value);
        // PHP writes `_` in place of a `[` without `]`.
        if key.contains(&b'[') && !name.contains(&b']') {
            let mut mangled = key.into_owned();
            mangle(&mut mangled);
            self.push(&mangled, value);
        }
    }

    fn push(&mut self, name: &[u8], raw_value: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(name);
        let middle = self.bytes.len();
        self.bytes.extend_from_slice(&decode(raw_value));
        self.places.push([start, middle, self.bytes.len()]);
    }

    fn sorted(mut self) -> Self {
        let name = |[start, middle, _]: &[usize; 3]| self.bytes.get(*start..*middle).unwrap_or_default();
        self.places.sort_unstable_by(|one, two| name(one).cmp(name(two)));
        self
    }

    fn get(&self, [start, middle, end]: [usize; 3]) -> (&[u8], &[u8]) {
        let part = |from: usize, to: usize| self.bytes.get(from..to).unwrap_or_default();
        (part(start, middle), part(middle, end))
    }

    /// Returns the parameters from the first whose name is at least `name` followed by `next`.
    fn from(&self, name: &[u8], next: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
        let is_before = |place: &[usize; 3]| {
            let (found, _) = self.get(*place);
            let (head, rest) = found.split_at(found.len().min(name.len()));
            head.cmp(name).then_with(|| rest.cmp(next)).is_lt()
        };
        let first = self.places.partition_point(is_before);
        self.places.get(first..).unwrap_or_default().iter().map(|place| self.get(*place))
    }
}

/// Returns each part of a query between `&`, and those between `;` in it.
fn parts(query: &[u8]) -> impl Iterator<Item = impl Iterator<Item = &[u8]>> {
    query.split(|byte| *byte == b'&').map(|part| {
        let parts = part.contains(&b';').then(|| part.split(|byte| *byte == b';'));
        std::iter::once(part).chain(parts.into_iter().flatten()).filter(|part| !part.is_empty())
    })
}

/// Returns the raw names and values between `&`.
fn pairs(query: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    query.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(halves)
}

fn halves(pair: &[u8]) -> (&[u8], &[u8]) {
    let mut halves = pair.splitn(2, |byte| *byte == b'=');
    (halves.next().unwrap_or_default(), halves.next().unwrap_or_default())
}

fn decode(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.iter().any(|byte| matches!(byte, b'%' | b'+')) {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'+', _) => out.push(b' '),
            (b'%', [high, low, after @ ..]) => match super::path::hex_byte(*high, *low) {
                Some(byte) => {
                    out.push(byte);
                    rest = after;
                }
                None => out.push(b'%'),
            },
            (byte, _) => out.push(*byte),
        }
    }
    Cow::Owned(out)
}

//! Every way in which a server may read a path.
//!
//! Servers differ in the steps that they apply to a path, and in their order: one decodes `%2F` before it resolves `..`,
//! another after; one removes `;x` before it decodes, another never does. A rule that matches one reading only can be bypassed
//! with another. Therefore the readings of a path are the results of these steps in any order and any number. The steps are
//! few and each makes a path simpler, so the search ends soon; otherwise the request is denied.
//!
//! A server resolves `.` and `..` at the end, or not at all: a framework that decodes `/admin%2f..%2fx` and does not resolve it
//! calls the handler of `/admin`. Only the upstream sees dot segments that are kept, so that they are read in the path that it
//! gets, and not in the path as received.

use super::dots;
use super::marks::Marks;
use super::normalize::{Choice, DotSegments, Forward, Normalize};
use super::steps::{self, Apply, Step};
use crate::fast_map::FastHasher;
use crate::reason::Reason;
use std::hash::Hasher as _;

/// The maximum number of readings of a path.
const MAX_READINGS: usize = 32;
/// The maximum work for one path: the bytes of the spellings that its steps change. A path of 8 KiB may take 32 steps.
///
/// A byte costs up to 2 ns. A path that no step changes costs no work, whatever its length.
const MAX_WORK: usize = 256 * 1024;
/// The work of a step on a short spelling. It bounds the number of steps.
const MIN_WORK: usize = 512;

/// The readings of a path.
pub(super) struct Readings {
    /// The canonical path first.
    pub(super) paths: Vec<String>,
    /// What some servers read as the query: the parts that were cut off, with `&` between them.
    pub(super) hidden_query: Vec<u8>,
}

/// Returns every reading of a path, whose escapes are canonical, before this query.
pub(super) fn all(path: String, query: Option<&[u8]>, normalize: &Normalize) -> Result<Readings, Reason> {
    let steps = steps::of(normalize);
    let mut search = Search::new(path, &steps);
    let (received, canonical) = (0, search.resolve(0)?);
    let forwarded = if normalize.forward == Forward::Original { received } else { canonical };
    let keeps_dots = normalize.dot_segments == DotSegments::EveryReading;
    for (place, keeps_dots) in [(forwarded, keeps_dots), (received, false)] {
        search.read(place, keeps_dots)?;
    }
    let has_dots = |place| search.marks(place).has(Marks::DOT_SEGMENT);
    if normalize.dot_segments == DotSegments::Reject && search.visited.iter().any(|place| has_dots(*place)) {
        return Err(Reason::DOT_SEGMENT);
    }
    let mut paths = Vec::with_capacity(search.readings.len());
    for place in std::mem::take(&mut search.readings) {
        paths.push(search.take(place)?);
    }
    Ok(Readings { paths, hidden_query: hidden_query(search.queries, query) })
}

/// Joins the parts that some servers read as the query. For them, the `?` before the query, and its first parameter, are the end
/// of each part.
fn hidden_query(mut parts: Vec<Vec<u8>>, query: Option<&[u8]>) -> Vec<u8> {
    if let Some(first) = query.and_then(|query| query.split(|byte| *byte == b'&').next()) {
        let with_first: Vec<_> = parts.iter().map(|part| [part, first].join(&b'?')).collect();
        parts.extend(with_first);
    }
    parts.join(&b'&')
}

/// A path after the steps that the policy chose.
pub(super) struct Chosen {
    pub(super) path: String,
    /// Whether it has dot segments, before or after the steps.
    pub(super) has_dots: bool,
}

/// Returns a path whose escapes are canonical after the steps that the policy chose, which is the canonical path if it has
/// no dot segments.
pub(super) fn chosen(path: String, normalize: &Normalize) -> Result<Chosen, Reason> {
    let steps = steps::of(normalize);
    let mut search = Search::new(path, &steps);
    let place = search.choose(0)?;
    let has_dots = [0, place].iter().any(|place| search.marks(*place).has(Marks::DOT_SEGMENT));
    Ok(Chosen { path: search.take(place)?, has_dots })
}

/// A path after some of the steps.
struct Spelling {
    text: Vec<u8>,
    /// What occurs in the text.
    marks: Marks,
    /// A number that no other spelling has.
    hash: u64,
}

impl Spelling {
    fn of(text: Vec<u8>) -> Self {
        Self { marks: Marks::of(&text), hash: hash(&text), text }
    }
}

/// The spellings of a path that were found, each once, by their places.
struct Search<'s> {
    steps: &'s [Step],
    spellings: Vec<Spelling>,
    /// The spellings whose steps were taken.
    visited: Vec<usize>,
    /// The spellings that are readings.
    readings: Vec<usize>,
    /// The parts that were cut off where some servers see the start of the query.
    queries: Vec<Vec<u8>>,
    work: usize,
}

impl<'s> Search<'s> {
    fn new(path: String, steps: &'s [Step]) -> Self {
        Self {
            steps,
            spellings: vec![Spelling::of(path.into_bytes())],
            visited: Vec::new(),
            readings: Vec::new(),
            queries: Vec::new(),
            work: 0,
        }
    }

    /// Adds the readings of a spelling: the results of each step, in any order and any number. With `keeps_dots` each has
    /// dot segments resolved, and kept.
    fn read(&mut self, place: usize, keeps_dots: bool) -> Result<(), Reason> {
        let mut next = self.visited.len();
        add(&mut self.visited, place);
        while let Some(place) = self.visited.get(next).copied() {
            self.take_steps(place)?;
            if dots::is_before_blanks(self.text(place)) {
                let cut = self.apply(place, dots::without_blanks)?;
                add(&mut self.visited, cut);
            }
            let resolved = self.resolve(place)?;
            add(&mut self.visited, resolved);
            add(&mut self.readings, resolved);
            if keeps_dots {
                let kept = self.choose(place)?;
                add(&mut self.readings, kept);
                if self.text(kept).ends_with(b"/..") || self.text(kept).ends_with(b"/.") {
                    let cut = self.apply(kept, dots::resolve_without_last)?;
                    add(&mut self.visited, cut);
                }
            }
            if self.readings.len() > MAX_READINGS {
                return Err(Reason::TOO_MANY_READINGS);
            }
            next += 1;
        }
        Ok(())
    }

    /// Adds the rest of a spelling to what some servers read as the query.
    fn add_query(&mut self, place: usize, start: usize) {
        let query = self.text(place).get(start..).unwrap_or_default().to_vec();
        if !self.queries.contains(&query) {
            self.queries.push(query);
        }
    }

    fn text(&self, place: usize) -> &[u8] {
        self.spellings.get(place).map(|spelling| &*spelling.text).unwrap_or_default()
    }

    /// Returns what occurs in a spelling.
    fn marks(&self, place: usize) -> Marks {
        self.spellings.get(place).map(|spelling| spelling.marks).unwrap_or_default()
    }

    /// Visits the results of each step.
    fn take_steps(&mut self, place: usize) -> Result<(), Reason> {
        let marks = self.marks(place);
        for step in self.steps.iter().filter(|step| marks.has(step.mark)) {
            match step.choice {
                Choice::Keep => {}
                Choice::Reject => return Err(step.rejected),
                Choice::EveryReading | Choice::Change => {
                    let result = self.apply(place, step.apply)?;
                    if let Some(delimiter) = step.delimiter {
                        self.add_query(place, self.text(result).len() + delimiter);
                    }
                    add(&mut self.visited, result);
                }
            }
        }
        Ok(())
    }

    /// Applies every step that the policy chose, and resolves dot segments. Returns the place of the result.
    fn resolve(&mut self, place: usize) -> Result<usize, Reason> {
        let place = self.choose(place)?;
        if self.marks(place).has(Marks::DOT_SEGMENT) { self.apply(place, dots::resolve) } else { Ok(place) }
    }

    /// Applies every step that the policy chose. Returns the place of the result.
    fn choose(&mut self, place: usize) -> Result<usize, Reason> {
        let mut place = place;
        for step in self.steps.iter().filter(|step| step.choice == Choice::Change) {
            if self.marks(place).has(step.mark) {
                place = self.apply(place, step.apply)?;
            }
        }
        Ok(place)
    }

    /// Adds the result of a step, and returns its place.
    fn apply(&mut self, place: usize, step: Apply) -> Result<usize, Reason> {
        let text = self.text(place);
        let mut result = Vec::with_capacity(text.len());
        let length = text.len();
        self.charge(length)?;
        step(self.text(place), &mut result)?;
        let mut found = Spelling::of(result);
        while let Some(place) = self.spellings.iter().position(|spelling| spelling.hash == found.hash) {
            if self.text(place) == found.text {
                return Ok(place);
            }
            self.charge(length)?;
            found.hash = found.hash.wrapping_add(1);
        }
        self.spellings.push(found);
        Ok(self.spellings.len() - 1)
    }

    /// Counts the work of reading a spelling once.
    fn charge(&mut self, length: usize) -> Result<(), Reason> {
        self.work += length.max(MIN_WORK);
        if self.work > MAX_WORK { Err(Reason::TOO_COSTLY) } else { Ok(()) }
    }

    /// Takes the text of a spelling, which is ASCII.
    fn take(&mut self, place: usize) -> Result<String, Reason> {
        let text = self.spellings.get_mut(place).map(|spelling| std::mem::take(&mut spelling.text));
        String::from_utf8(text.unwrap_or_default()).map_err(|_| Reason::PATH_UTF8)
    }
}

/// Adds a place to a list, once.
fn add(places: &mut Vec<usize>, place: usize) {
    if !places.contains(&place) {
        places.push(place);
    }
}

/// Returns a number that differs for most texts.
pub(super) fn hash(text: &[u8]) -> u64 {
    let mut hasher = FastHasher::default();
    hasher.write(text);
    hasher.finish()
}

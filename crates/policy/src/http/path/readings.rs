//! Every way in which a server may read a path.
//!
//! Servers differ in the steps that they apply to a path, and in their order: one decodes `%2F` before it resolves `..`,
//! another after; one removes `;x` before it decodes, another never does. A rule that matches one reading only can be bypassed
//! with another. Therefore the readings of a path are the results of these steps in any order and any number. The steps are
//! few and each makes a path simpler, so the search ends soon; otherwise the request is denied.

use super::dots;
use super::marks::Marks;
use super::normalize::{Choice, DotSegments, Normalize};
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

/// Returns every reading of a path whose escapes are canonical, the canonical path first.
pub(super) fn all(path: String, normalize: &Normalize) -> Result<Vec<String>, Reason> {
    let steps = steps::of(normalize);
    let mut search = Search::new(path, &steps);
    let mut readings = Vec::new();
    let mut next = 0;
    while let Some(marks) = search.marks(next) {
        search.take_steps(next, marks)?;
        if normalize.dot_segments == DotSegments::Reject && marks.has(Marks::DOT_SEGMENT) {
            return Err(Reason::DOT_SEGMENT);
        }
        let reading = search.finish(next, marks)?;
        if !readings.contains(&reading) {
            readings.push(reading);
        }
        if readings.len() > MAX_READINGS {
            return Err(Reason::TOO_MANY_READINGS);
        }
        next += 1;
    }
    readings.into_iter().map(|place| search.take(place)).collect()
}

/// Returns a path whose escapes are canonical after the steps that the policy chose, which is the canonical path if it has
/// no dot segments.
///
/// # Errors
/// Returns the reason if it has dot segments.
pub(super) fn without_dots(path: String, normalize: &Normalize) -> Result<String, Reason> {
    let steps = steps::of(normalize);
    let mut search = Search::new(path, &steps);
    let marks = search.marks(0).unwrap_or_default();
    let (place, chosen) = search.choose(0, marks)?;
    let has_dots = marks.has(Marks::DOT_SEGMENT) || chosen.has(Marks::DOT_SEGMENT);
    if has_dots { Err(Reason::DOT_SEGMENT) } else { search.take(place) }
}

/// A path after some of the steps.
struct Spelling {
    text: Vec<u8>,
    /// A number that no other spelling has.
    hash: u64,
}

/// The spellings of a path that were found, each once.
struct Search<'s> {
    steps: &'s [Step],
    spellings: Vec<Spelling>,
    work: usize,
}

impl<'s> Search<'s> {
    fn new(path: String, steps: &'s [Step]) -> Self {
        let text = path.into_bytes();
        let first = Spelling { hash: hash(&text), text };
        Self { steps, spellings: vec![first], work: 0 }
    }

    fn text(&self, place: usize) -> &[u8] {
        self.spellings.get(place).map(|spelling| &*spelling.text).unwrap_or_default()
    }

    /// Returns what occurs in a spelling, if there is one at this place.
    fn marks(&self, place: usize) -> Option<Marks> {
        self.spellings.get(place).map(|spelling| Marks::of(&spelling.text))
    }

    /// Adds the results of each step.
    fn take_steps(&mut self, place: usize, marks: Marks) -> Result<(), Reason> {
        for step in self.steps.iter().filter(|step| marks.has(step.mark)) {
            match step.choice {
                Choice::Keep => {}
                Choice::Reject => return Err(step.rejected),
                Choice::EveryReading | Choice::Change => drop(self.apply(place, step.apply)?),
            }
        }
        Ok(())
    }

    /// Applies every step that the policy chose, and resolves dot segments. Returns the place of the result.
    fn finish(&mut self, place: usize, marks: Marks) -> Result<usize, Reason> {
        let (place, marks) = self.choose(place, marks)?;
        if marks.has(Marks::DOT_SEGMENT) { self.apply(place, dots::resolve) } else { Ok(place) }
    }

    /// Applies every step that the policy chose. Returns the place of the result, and what occurs in it.
    fn choose(&mut self, place: usize, marks: Marks) -> Result<(usize, Marks), Reason> {
        let (mut place, mut marks) = (place, marks);
        for step in self.steps.iter().filter(|step| step.choice == Choice::Change) {
            if marks.has(step.mark) {
                place = self.apply(place, step.apply)?;
                marks = self.marks(place).unwrap_or_default();
            }
        }
        Ok((place, marks))
    }

    /// Adds the result of a step, and returns its place.
    fn apply(&mut self, place: usize, step: Apply) -> Result<usize, Reason> {
        let text = self.text(place);
        let mut result = Vec::with_capacity(text.len());
        let length = text.len();
        self.charge(length)?;
        step(self.text(place), &mut result)?;
        let mut hash = hash(&result);
        while let Some(place) = self.spellings.iter().position(|spelling| spelling.hash == hash) {
            if self.text(place) == result {
                return Ok(place);
            }
            self.charge(length)?;
            hash = hash.wrapping_add(1);
        }
        self.spellings.push(Spelling { text: result, hash });
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

/// Returns a number that differs for most texts.
pub(super) fn hash(text: &[u8]) -> u64 {
    let mut hasher = FastHasher::default();
    hasher.write(text);
    hasher.finish()
}

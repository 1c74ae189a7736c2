//! Finds the occurrences of an expression in a value.
//!
//! All ways to match are followed at the same time, in the order of preference of RE2 (Pike's algorithm). The work of each byte
//! is paid for when it is done: its bound is not known before, and most values need far less than the worst.

use crate::expression::{Error, parse};
use crate::nfa::compile;
use regex_automata::nfa::thompson::{NFA, State, WhichCaptures};
use regex_automata::util::look::LookMatcher;
use regex_automata::util::primitives::{PatternID, StateID};
use std::ops::Range;

/// The steps of following a way to match by a byte, and of each position of a group that it remembers.
const WAY: usize = 10;
const GROUP: usize = 2;

/// The steps of looking for an occurrence, besides those of its ways.
const OCCURRENCE: usize = 100;

/// The ranges of bytes of a state that are compared with a byte in one step.
const COMPARED: usize = 2;

/// The bytes that no occurrence starts with and that are skipped in one step, and the states that are prepared in one step.
const SKIPPED: usize = 2;
const PREPARED: usize = 16;

/// Takes steps off a budget; `None` if it does not suffice.
pub type Spend<'s> = &'s mut dyn FnMut(usize) -> Option<()>;

/// An expression whose occurrences are found, as Envoy's `regex_rewrite` does.
#[derive(Debug, Clone)]
pub struct Finder {
    nfa: NFA,
    /// The bytes that an occurrence may start with; `None` if it may be empty.
    starts: Option<Box<[bool; 256]>>,
}

/// An occurrence: the starts and ends of its groups, the whole occurrence first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence(Vec<usize>);

/// The position of a group that did not take part.
const ABSENT: usize = usize::MAX;

impl Finder {
    /// Compiles an expression.
    ///
    /// # Errors
    /// Returns an error if the syntax is invalid, or the expression is too large.
    pub fn new(text: &str) -> Result<Self, Error> {
        let nfa = compile(&parse(text, false)?, WhichCaptures::All).ok_or(Error::TooLarge)?;
        let starts = starts(&nfa);
        Ok(Self { nfa, starts })
    }

    /// Returns the number of groups, with the whole occurrence.
    pub fn groups(&self) -> usize {
        self.nfa.group_info().group_len(PatternID::ZERO)
    }

    /// Calls `found` for each occurrence from left to right, with the positions of the first `groups` groups. An empty
    /// occurrence is not found at the end of another one.
    ///
    /// Returns `None` if the budget does not suffice, or `found` returns it.
    pub fn find(
        &self,
        value: &[u8],
        groups: usize,
        spend: Spend<'_>,
        found: &mut dyn FnMut(&Occurrence) -> Option<()>,
    ) -> Option<()> {
        let states = self.nfa.states().len();
        spend(states / PREPARED)?;
        let (marks, positions) = (vec![0; states], vec![ABSENT; 2 * groups]);
        let (ways, room) = (Vec::new(), <[Reached; 2]>::default());
        let mut search = Search { finder: self, value, marks, generation: 0, positions, ways, room, spend };
        let (mut at, mut last_end) = (0, None);
        while let Some(occurrence) = search.next(at)? {
            let Range { start, end } = occurrence.range();
            if start == end && last_end == Some(end) {
                at += 1;
            } else {
                (at, last_end) = (end, Some(end));
                found(&occurrence)?;
            }
            if at > value.len() {
                break;
            }
        }
        Some(())
    }
}

impl Occurrence {
    /// Returns the whole occurrence.
    pub fn range(&self) -> Range<usize> {
        self.group(0).unwrap_or_default()
    }

    /// Returns a group, if it took part.
    pub fn group(&self, group: usize) -> Option<Range<usize>> {
        let start = *self.0.get(2 * group)?;
        let end = *self.0.get(2 * group + 1)?;
        (start != ABSENT && end != ABSENT).then_some(start..end)
    }
}

/// A search for occurrences in a value.
struct Search<'s> {
    finder: &'s Finder,
    value: &'s [u8],
    /// For each state, the last generation that reached it. A position of the value has a generation of its own.
    marks: Vec<usize>,
    generation: usize,
    /// The positions of the groups on the way that is followed.
    positions: Vec<usize>,
    /// The ways that are still to be followed.
    ways: Vec<Way>,
    /// Room for the states before a byte and after it.
    room: [Reached; 2],
    spend: Spend<'s>,
}

enum Way {
    To(StateID),
    /// The position of a group is again what it was.
    Back(usize, usize),
}

/// The states that are reached before a byte, the preferred one first, each with the positions of its groups.
#[derive(Default)]
struct Reached {
    states: Vec<StateID>,
    positions: Vec<usize>,
}

impl Reached {
    fn clear(&mut self) {
        self.states.clear();
        self.positions.clear();
    }
}

impl Search<'_> {
    /// Returns the first occurrence that starts at `at` or later; `None` if the budget does not suffice.
    fn next(&mut self, at: usize) -> Option<Option<Occurrence>> {
        (self.spend)(OCCURRENCE)?;
        let ([mut now, mut next], mut found, mut at) = (std::mem::take(&mut self.room), None, at);
        now.clear();
        loop {
            if now.states.is_empty() {
                let Some(start) = self.start(at).filter(|_| found.is_none()) else { break };
                (self.spend)((start - at) / SKIPPED)?;
                at = start;
                self.generation += 1;
            }
            if found.is_none() {
                self.positions.fill(ABSENT);
                self.follow(self.finder.nfa.start_anchored(), at, &mut now)?;
            }
            self.generation += 1;
            let (width, mut compared) = (self.positions.len(), 0);
            for (place, state) in now.states.iter().enumerate() {
                let positions = now.positions.get(place * width..(place + 1) * width).unwrap_or_default();
                let state = self.finder.nfa.state(*state);
                match state {
                    State::Match { .. } => {
                        // The ways after it are less preferred.
                        found = Some(Occurrence(positions.to_vec()));
                        break;
                    }
                    State::Sparse(transitions) => compared += transitions.transitions.len(),
                    _ => {}
                }
                if let Some(after) = self.value.get(at).and_then(|byte| after(state, *byte)) {
                    self.positions.copy_from_slice(positions);
                    self.follow(after, at + 1, &mut next)?;
                }
            }
            (self.spend)(compared / COMPARED)?;
            std::mem::swap(&mut now, &mut next);
            next.clear();
            at += 1;
            if at > self.value.len() && now.states.is_empty() {
                break;
            }
        }
        self.room = [now, next];
        Some(found)
    }

    /// Returns the next position at which an occurrence may start.
    fn start(&self, at: usize) -> Option<usize> {
        let rest = self.value.get(at..)?;
        let Some(starts) = &self.finder.starts else { return Some(at) };
        let is_start = |byte: &u8| starts.get(usize::from(*byte)) == Some(&true);
        rest.iter().position(is_start).map(|place| at + place)
    }

    /// Adds the states that are reached from a state without a byte.
    fn follow(&mut self, state: StateID, at: usize, reached: &mut Reached) -> Option<()> {
        let mut tried = 0;
        self.ways.push(Way::To(state));
        while let Some(way) = self.ways.pop() {
            let state = match way {
                Way::To(state) => state,
                Way::Back(slot, position) => {
                    self.positions.get_mut(slot).into_iter().for_each(|slot| *slot = position);
                    continue;
                }
            };
            let Some(mark) = self.marks.get_mut(state.as_usize()).filter(|mark| **mark != self.generation)
            else {
                continue;
            };
            *mark = self.generation;
            tried += 1;
            match self.finder.nfa.state(state) {
                State::Look { look, next } => {
                    if LookMatcher::new().matches(*look, self.value, at) {
                        self.ways.push(Way::To(*next));
                    }
                }
                State::Union { alternates } => {
                    tried += alternates.len();
                    self.ways.extend(alternates.iter().rev().map(|next| Way::To(*next)))
                }
                State::BinaryUnion { alt1, alt2 } => self.ways.extend([Way::To(*alt2), Way::To(*alt1)]),
                State::Capture { next, slot, .. } => {
                    if let Some(position) = self.positions.get_mut(slot.as_usize()) {
                        self.ways.push(Way::Back(slot.as_usize(), *position));
                        *position = at;
                    }
                    self.ways.push(Way::To(*next));
                }
                State::Fail => {}
                State::ByteRange { .. } | State::Sparse(_) | State::Dense(_) | State::Match { .. } => {
                    reached.states.push(state);
                    reached.positions.extend_from_slice(&self.positions);
                }
            }
        }
        (self.spend)(tried * (WAY + GROUP * self.positions.len()))
    }
}

/// Returns the state after a byte.
fn after(state: &State, byte: u8) -> Option<StateID> {
    match state {
        State::ByteRange { trans } => trans.matches_byte(byte).then_some(trans.next),
        State::Sparse(transitions) => transitions.matches_byte(byte),
        State::Dense(transitions) => transitions.matches_byte(byte),
        _ => None,
    }
}

/// Returns the bytes that an occurrence may start with; `None` if it may be empty.
fn starts(nfa: &NFA) -> Option<Box<[bool; 256]>> {
    let (mut starts, mut stack) = (Box::new([false; 256]), vec![nfa.start_anchored()]);
    let mut seen = vec![false; nfa.states().len()];
    while let Some(id) = stack.pop() {
        if std::mem::replace(seen.get_mut(id.as_usize())?, true) {
            continue;
        }
        match nfa.state(id) {
            State::Look { next, .. } | State::Capture { next, .. } => stack.push(*next),
            State::Union { alternates } => stack.extend(alternates.iter()),
            State::BinaryUnion { alt1, alt2 } => stack.extend([*alt1, *alt2]),
            State::Match { .. } => return None,
            state => (0..=u8::MAX)
                .zip(starts.iter_mut())
                .for_each(|(byte, start)| *start |= after(state, byte).is_some()),
        }
    }
    Some(starts)
}

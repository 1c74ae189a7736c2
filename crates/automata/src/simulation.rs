//! States of an automaton that others make redundant.
//!
//! A state simulates another if it accepts every value that the other accepts, step by step. A set of states that contains
//! both accepts the same without the other. In `.*a.{0,50}b.*`, the states after the last `a` make those after earlier ones
//! redundant: 52 sets remain of 2^50.

use crate::nfa::{Context, Nfa};
use regex_automata::util::primitives::StateID;

/// The maximum number of states for which the relation is computed: the work grows with its square.
const MAX_STATES: usize = 400;

/// Which states simulate which.
#[derive(Debug)]
pub(crate) struct Simulation {
    /// The index of each state of the automaton among those that take a byte or match.
    index: Vec<Option<usize>>,
    count: usize,
    /// Whether the second state simulates the first, by their indexes.
    simulates: Vec<bool>,
}

impl Simulation {
    /// Computes the relation; `None` if the automaton has assertions or too many states.
    pub(crate) fn new(nfa: &Nfa) -> Option<Self> {
        if nfa.has_assertions() || nfa.len() > MAX_STATES * 4 {
            return None;
        }
        let context = Context::default();
        let states: Vec<StateID> = nfa.closure(&every_state(nfa), context);
        if states.len() > MAX_STATES {
            return None;
        }
        let mut index = vec![None; nfa.len()];
        for (number, state) in states.iter().enumerate() {
            *index.get_mut(state.as_usize())? = Some(number);
        }
        // The states after each byte, as indexes; a match has none.
        let after: Vec<Vec<Vec<usize>>> = states
            .iter()
            .map(|state| {
                let bytes = nfa.representatives.iter();
                let next = |byte: &u8| nfa.step(*state, *byte).map(|next| nfa.closure(&[next], context));
                let indexes = |states: Vec<StateID>| {
                    states.iter().filter_map(|state| *index.get(state.as_usize())?).collect()
                };
                bytes.map(|byte| next(byte).map(indexes).unwrap_or_default()).collect()
            })
            .collect();
        let is_match: Vec<bool> = states.iter().map(|state| nfa.is_match(*state)).collect();
        let mut relation = Self { index, count: states.len(), simulates: Vec::new() };
        relation.simulates =
            is_match.iter().flat_map(|one| is_match.iter().map(move |other| one == other)).collect();
        relation.refine(&after);
        Some(relation)
    }

    /// Removes pairs until each that remains holds after every byte.
    fn refine(&mut self, after: &[Vec<Vec<usize>>]) {
        let mut changed = true;
        while changed {
            changed = false;
            for (one, ones) in after.iter().enumerate() {
                for (other, others) in after.iter().enumerate() {
                    let holds = !self.holds(one, other)
                        || ones.iter().zip(others).all(|(ones, others)| {
                            ones.iter().all(|one| others.iter().any(|other| self.holds(*one, *other)))
                        });
                    if let Some(pair) = self.simulates.get_mut(one * self.count + other).filter(|_| !holds) {
                        *pair = false;
                        changed = true;
                    }
                }
            }
        }
    }

    /// Returns true if `other` simulates `one`.
    fn holds(&self, one: usize, other: usize) -> bool {
        self.simulates.get(one * self.count + other).copied().unwrap_or_default()
    }

    /// Removes the states that another state of the set simulates.
    pub(crate) fn prune(&self, states: &mut Vec<StateID>) {
        let number = |state: &StateID| self.index.get(state.as_usize()).copied().flatten();
        let mut kept: Vec<StateID> = Vec::with_capacity(states.len());
        for (place, state) in states.iter().enumerate() {
            let Some(one) = number(state) else { continue };
            // Of two states that simulate each other, the first is kept.
            let is_redundant = states.iter().enumerate().any(|(other_place, other)| {
                number(other).is_some_and(|other| {
                    other_place != place
                        && self.holds(one, other)
                        && (other_place < place || !self.holds(other, one))
                })
            });
            if !is_redundant {
                kept.push(*state);
            }
        }
        *states = kept;
    }
}

fn every_state(nfa: &Nfa) -> Vec<StateID> {
    (0..nfa.len()).filter_map(|number| StateID::new(number).ok()).collect()
}

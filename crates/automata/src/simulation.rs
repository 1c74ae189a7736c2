//! States of an automaton that others make redundant.
//!
//! A state simulates another if it accepts every value that the other accepts, step by step. A set of states that contains
//! both accepts the same without the other. In `.*a.{0,50}b.*`, the states after the last `a` make those after earlier ones
//! redundant: 52 sets remain of 2^50.

use crate::nfa::{Context, Nfa};
use regex_automata::util::primitives::StateID;
use std::cell::Cell;
use std::rc::Rc;

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
    /// The number of look-ups, which bounds the time.
    pub(crate) work: Cell<usize>,
}

impl Simulation {
    /// Computes the relation; `None` if the automaton has assertions or too many states, or it takes more than `limit` look-ups.
    pub(crate) fn new(nfa: &Nfa, limit: usize) -> Option<Self> {
        if nfa.has_assertions() || nfa.len() > MAX_STATES * 4 {
            return None;
        }
        let context = Context::default();
        let states: Vec<StateID> = nfa.closure(&nfa.states(), context).states;
        if states.len() > MAX_STATES {
            return None;
        }
        let mut index = vec![None; nfa.len()];
        for (number, state) in states.iter().enumerate() {
            *index.get_mut(state.as_usize())? = Some(number);
        }
        // The states after each byte, as indexes; a match has none.
        let mut closures: Vec<Option<Rc<Vec<usize>>>> = vec![None; nfa.len()];
        let mut closure = |target: StateID| {
            let known = closures.get_mut(target.as_usize())?;
            let states = || nfa.closure(&[target], context).states;
            let indexes = || states().iter().filter_map(|state| *index.get(state.as_usize())?).collect();
            Some(known.get_or_insert_with(|| Rc::new(indexes())).clone())
        };
        let after: Vec<Vec<Rc<Vec<usize>>>> = states
            .iter()
            .map(|state| {
                let mut after = vec![Rc::default(); nfa.kinds.len()];
                for (first, last, target) in nfa.moves(*state) {
                    let classes = usize::from(*first)..=usize::from(*last);
                    after.get_mut(classes).unwrap_or_default().fill(closure(*target).unwrap_or_default());
                }
                after
            })
            .collect();
        let is_match: Vec<bool> = states.iter().map(|state| nfa.is_match(*state)).collect();
        let mut relation = Self { index, count: states.len(), simulates: Vec::new(), work: Cell::new(0) };
        relation.simulates =
            is_match.iter().flat_map(|one| is_match.iter().map(move |other| one == other)).collect();
        relation.refine(&after, limit)?;
        Some(relation)
    }

    /// Removes pairs until each that remains holds after every byte; `None` if it takes more than `limit` look-ups.
    fn refine(&mut self, after: &[Vec<Rc<Vec<usize>>>], limit: usize) -> Option<()> {
        let mut changed = true;
        while changed {
            changed = false;
            // Most states are before those that they lead to.
            for (one, ones) in after.iter().enumerate().rev() {
                for (other, others) in after.iter().enumerate() {
                    let holds = !self.holds(one, other)
                        || ones.iter().zip(others).all(|(ones, others)| {
                            Rc::ptr_eq(ones, others)
                                || ones.iter().all(|one| others.iter().any(|other| self.holds(*one, *other)))
                        });
                    if let Some(pair) = self.simulates.get_mut(one * self.count + other).filter(|_| !holds) {
                        *pair = false;
                        changed = true;
                    }
                }
                if self.work.get() > limit {
                    return None;
                }
            }
        }
        Some(())
    }

    /// Returns true if `other` simulates `one`.
    fn holds(&self, one: usize, other: usize) -> bool {
        self.work.set(self.work.get() + 1);
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

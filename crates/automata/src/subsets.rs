//! From a nondeterministic automaton to a deterministic one, by sets of its states.

use crate::nfa::{Context, Nfa};
use crate::simulation::Simulation;
use regex_automata::util::primitives::StateID;
use std::collections::HashMap;

/// The maximum number of states in all sets together. It bounds the time to compile an expression.
const MAX_WORK: usize = 1_000_000;

/// The maximum number of sets of which the largest is looked for.
const MAX_SETS: usize = 4_096;

/// A deterministic automaton without bounds on its size. State 0 is dead: no value that leads there matches.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Subsets {
    /// The number of classes of bytes.
    pub(crate) classes: usize,
    /// The next state, by state and class.
    pub(crate) next: Vec<usize>,
    /// Whether a value that ends in the state matches.
    pub(crate) accepts: Vec<bool>,
    /// The first state.
    pub(crate) start: usize,
}

impl Subsets {
    /// Builds the automaton; `None` if it has more than `limit` states.
    pub(crate) fn new(nfa: &Nfa, limit: usize) -> Option<Self> {
        Builder::new(nfa, None).build(limit).or_else(|| {
            let simulation = Simulation::new(nfa)?;
            Builder::new(nfa, Some(&simulation)).build(limit)
        })
    }
}

/// Returns the most states in which the automaton can be at once, without those that match.
pub(crate) fn widest(nfa: &Nfa) -> usize {
    Builder::new(nfa, None).widest(MAX_SETS).unwrap_or_else(|| nfa.len())
}

/// A set of states. If the expression has assertions it is the set before the closure, which depends on the next byte.
type Set = Vec<StateID>;

/// A set with the byte before it, if the expression has assertions.
type Key = (Option<u8>, Set);

struct Builder<'n> {
    nfa: &'n Nfa,
    has_assertions: bool,
    /// Finds states that others make redundant.
    simulation: Option<&'n Simulation>,
    sets: Vec<Key>,
    numbers: HashMap<Key, usize>,
    /// The numbers of the sets by the states from which their closure is computed.
    by_targets: HashMap<Key, usize>,
    work: usize,
}

impl<'n> Builder<'n> {
    fn new(nfa: &'n Nfa, simulation: Option<&'n Simulation>) -> Self {
        let dead: Key = (None, Vec::new());
        Self {
            nfa,
            has_assertions: nfa.has_assertions(),
            simulation,
            sets: vec![dead.clone()],
            numbers: HashMap::from([(dead, 0)]),
            by_targets: HashMap::new(),
            work: 0,
        }
    }

    /// Returns the most states in a set that take a byte; `None` if there are more than `limit` sets.
    fn widest(mut self, limit: usize) -> Option<usize> {
        self.build(limit)?;
        let takes_byte = |state: &&StateID| !self.nfa.is_match(**state);
        self.sets.iter().map(|(_, states)| states.iter().filter(takes_byte).count()).max()
    }

    fn build(&mut self, limit: usize) -> Option<Subsets> {
        let classes = self.nfa.representatives.len();
        let start = self.number(vec![self.nfa.start()], None);
        let mut built = Subsets { classes, start, ..Subsets::default() };
        let mut current = 0;
        while let Some(set) = self.sets.get(current).cloned() {
            current += 1;
            let last = self.closed(&set, None);
            built.accepts.push(last.iter().any(|state| self.nfa.is_match(*state)));
            let mut targets = self.targets(&set);
            for (targets, byte) in targets.iter_mut().zip(&self.nfa.representatives) {
                let number = self.number(std::mem::take(targets), Some(*byte));
                built.next.push(number);
            }
            self.work += set.1.len();
            if self.sets.len() > limit || self.work > MAX_WORK {
                return None;
            }
        }
        Some(built)
    }

    /// Returns the states after a byte of each class.
    fn targets(&self, set: &Key) -> Vec<Set> {
        let nfa = self.nfa;
        if self.has_assertions {
            let step = |byte: &u8| {
                self.closed(set, Some(*byte)).iter().filter_map(|state| nfa.step(*state, *byte)).collect()
            };
            return nfa.representatives.iter().map(step).collect();
        }
        let mut targets = vec![Vec::new(); nfa.representatives.len()];
        for (class, target) in set.1.iter().flat_map(|state| nfa.moves(*state)) {
            if let Some(targets) = targets.get_mut(usize::from(*class)) {
                targets.push(*target);
            }
        }
        targets
    }

    /// Returns the number of the set of these states, which follow the byte `before`.
    fn number(&mut self, targets: Set, before: Option<u8>) -> usize {
        if targets.is_empty() {
            return 0;
        }
        let targets = if self.has_assertions { self.nfa.sorted(&targets) } else { targets };
        let key = (before.filter(|_| self.has_assertions), targets);
        if let Some(number) = self.by_targets.get(&key) {
            return *number;
        }
        let set = if self.has_assertions { key.clone() } else { (None, self.set(&key.1)) };
        let number = *self.numbers.entry(set).or_insert_with_key(|set| {
            self.sets.push(set.clone());
            self.sets.len() - 1
        });
        self.by_targets.insert(key, number);
        number
    }

    /// Returns the closure of these states, without redundant ones.
    fn set(&self, targets: &[StateID]) -> Set {
        let mut set = self.nfa.closure(targets, Context::default());
        if let Some(simulation) = self.simulation {
            simulation.prune(&mut set);
        }
        set
    }

    /// Returns the states of a set that take the byte `after`, or match at the end of the value.
    fn closed(&self, (before, states): &Key, after: Option<u8>) -> Set {
        if self.has_assertions {
            self.nfa.closure(states, Context { before: *before, after })
        } else {
            states.clone()
        }
    }
}

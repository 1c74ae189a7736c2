//! From a nondeterministic automaton to a deterministic one, by sets of its states.

use crate::nfa::{Closure, Context, KINDS, Nfa};
use crate::simulation::Simulation;
use regex_automata::util::primitives::StateID;
use std::collections::HashMap;

/// The maximum number of states, transitions and look-ups that are visited, each of about 10 ns. It bounds the time to compile an
/// expression.
const MAX_WORK: usize = 5_000_000;

/// The work to look up a set and to minimize its entry in the table, in addition to that for its states.
const LOOK_UP: usize = 6;

/// The number of states of the automaton that one unit of work clears in a set.
const CLEARED: usize = 512;

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
            let simulation = Simulation::new(nfa, MAX_WORK)?;
            Builder::new(nfa, Some(&simulation)).build(limit)
        })
    }
}

/// A set of states. If the expression has assertions it is the set before the closure, which depends on the next byte.
type Set = Vec<StateID>;

/// A set with the kind of the byte before it, if the expression has assertions.
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

    fn build(&mut self, limit: usize) -> Option<Subsets> {
        let classes = self.nfa.kinds.len();
        let start = self.number(vec![self.nfa.start()], None);
        let mut built = Subsets { classes, start, ..Subsets::default() };
        let mut current = 0;
        while let Some(set) = self.sets.get(current).cloned() {
            current += 1;
            let last = self.closed(&set, None);
            built.accepts.push(last.iter().any(|state| self.nfa.is_match(*state)));
            let mut targets = self.targets(&set);
            for (targets, kind) in targets.iter_mut().zip(&self.nfa.kinds) {
                let number = self.number(std::mem::take(targets), Some(*kind));
                built.next.push(number);
            }
            let pruning = self.simulation.map_or(0, |simulation| simulation.work.get());
            if self.sets.len() > limit || self.work + pruning > MAX_WORK {
                return None;
            }
        }
        Some(built)
    }

    /// Returns the states after a byte of each class.
    fn targets(&mut self, set: &Key) -> Vec<Set> {
        let nfa = self.nfa;
        let mut targets = vec![Vec::new(); nfa.kinds.len()];
        for kind in KINDS.iter().filter(|kind| nfa.kinds.contains(kind)) {
            for (first, last, target) in
                self.closed(set, Some(*kind)).iter().flat_map(|state| nfa.moves(*state))
            {
                let classes = usize::from(*first)..=usize::from(*last);
                self.work += classes.clone().count();
                let kinds = nfa.kinds.get(classes.clone()).unwrap_or_default();
                let targets = targets.get_mut(classes).unwrap_or_default();
                for (targets, _) in targets.iter_mut().zip(kinds).filter(|(_, other)| *other == kind) {
                    targets.push(*target);
                }
            }
        }
        targets
    }

    /// Returns the number of the set of these states, which follow the byte `before`.
    fn number(&mut self, targets: Set, before: Option<u8>) -> usize {
        self.work += LOOK_UP + targets.len();
        if targets.is_empty() {
            return 0;
        }
        let targets = if self.has_assertions { self.sorted(&targets) } else { targets };
        let key = (before.filter(|_| self.has_assertions), targets);
        if let Some(number) = self.by_targets.get(&key) {
            return *number;
        }
        let set = if self.has_assertions { key.clone() } else { (None, self.set(&key.1, before)) };
        let number = *self.numbers.entry(set).or_insert_with_key(|set| {
            self.sets.push(set.clone());
            self.sets.len() - 1
        });
        self.by_targets.insert(key, number);
        number
    }

    /// Returns the closure of these states, without redundant ones.
    fn set(&mut self, targets: &[StateID], before: Option<u8>) -> Set {
        let Closure { states: mut set, .. } = self.closure(targets, Context { before, after: None });
        if let Some(simulation) = self.simulation {
            simulation.prune(&mut set);
        }
        set
    }

    /// Returns the states of a set that take the byte `after`, or match at the end of the value.
    fn closed(&mut self, (before, states): &Key, after: Option<u8>) -> Set {
        if self.has_assertions {
            self.closure(states, Context { before: *before, after }).states
        } else {
            states.clone()
        }
    }

    fn closure(&mut self, from: &[StateID], context: Context) -> Closure {
        let closure = self.nfa.closure(from, context);
        self.work += closure.tried + self.nfa.len() / CLEARED;
        closure
    }

    fn sorted(&mut self, targets: &[StateID]) -> Set {
        self.work += self.nfa.len() / CLEARED;
        self.nfa.sorted(targets)
    }
}

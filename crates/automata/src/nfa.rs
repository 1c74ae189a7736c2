//! The nondeterministic automaton of an expression.

use regex_automata::nfa::thompson::{Compiler, NFA, State, WhichCaptures};
use regex_automata::util::look::LookMatcher;
use regex_automata::util::primitives::StateID;
use regex_syntax::hir::Hir;

/// The maximum size of the automaton, in bytes.
const SIZE_LIMIT: usize = 1 << 20;

/// A nondeterministic automaton.
#[derive(Debug)]
pub(crate) struct Nfa {
    nfa: NFA,
    /// A byte of each class: the bytes of a class have the same transitions and the same effect on assertions.
    pub(crate) representatives: Vec<u8>,
    /// The states after a byte of each class, by state.
    moves: Vec<Vec<(u8, StateID)>>,
}

/// The bytes around a position; absent at an end of the value.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Context {
    pub(crate) before: Option<u8>,
    pub(crate) after: Option<u8>,
}

impl Nfa {
    /// Builds the automaton; `None` if it exceeds its size limit.
    pub(crate) fn new(hir: &Hir) -> Option<Self> {
        let config = NFA::config()
            .utf8(false)
            .which_captures(WhichCaptures::None)
            .nfa_size_limit(Some(SIZE_LIMIT))
            .shrink(false);
        let nfa = Compiler::new().configure(config).build_from_hir(hir).ok()?;
        let mut representatives: Vec<u8> = Vec::new();
        let mut last = None;
        for byte in 0..=u8::MAX {
            let class = nfa.byte_classes().get(byte);
            if last.replace(class) != Some(class) {
                representatives.push(byte);
            }
        }
        let mut built = Self { nfa, representatives, moves: Vec::new() };
        built.moves = built.nfa.states().iter().map(|state| built.moves_of(state)).collect();
        Some(built)
    }

    fn moves_of(&self, state: &State) -> Vec<(u8, StateID)> {
        let classes = (0..=u8::MAX).zip(&self.representatives);
        classes.filter_map(|(class, byte)| Some((class, step(state, *byte)?))).collect()
    }

    /// Returns the class of a byte, which is an index of `representatives`.
    pub(crate) fn class(&self, byte: u8) -> u8 {
        self.nfa.byte_classes().get(byte)
    }

    /// Returns true if the expression has assertions, such as `^` and `\b`.
    pub(crate) fn has_assertions(&self) -> bool {
        !self.nfa.look_set_any().is_empty()
    }

    /// Returns the number of states.
    pub(crate) fn len(&self) -> usize {
        self.nfa.states().len()
    }

    /// Returns the state in which a match of the whole value starts.
    pub(crate) fn start(&self) -> StateID {
        self.nfa.start_anchored()
    }

    /// Returns true if the state is a match.
    pub(crate) fn is_match(&self, state: StateID) -> bool {
        matches!(self.nfa.state(state), State::Match { .. })
    }

    /// Returns the state after a byte.
    pub(crate) fn step(&self, state: StateID, byte: u8) -> Option<StateID> {
        step(self.nfa.state(state), byte)
    }

    /// Returns the states after a byte of each class that the state takes.
    pub(crate) fn moves(&self, state: StateID) -> &[(u8, StateID)] {
        self.moves.get(state.as_usize()).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns the states that take a byte or match, and are reached from these without a byte; sorted.
    pub(crate) fn closure(&self, from: &[StateID], context: Context) -> Vec<StateID> {
        let (mut reached, mut seen, mut stack) = (Vec::new(), vec![false; self.len()], from.to_vec());
        let bytes: Vec<u8> = context.before.into_iter().chain(context.after).collect();
        let at = usize::from(context.before.is_some());
        while let Some(state) = stack.pop() {
            match seen.get_mut(state.as_usize()) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            match self.nfa.state(state) {
                State::Look { look, next } => {
                    if LookMatcher::new().matches(*look, &bytes, at) {
                        stack.push(*next);
                    }
                }
                State::Union { alternates } => stack.extend(alternates.iter()),
                State::BinaryUnion { alt1, alt2 } => stack.extend([alt1, alt2]),
                State::Capture { next, .. } => stack.push(*next),
                State::Fail => {}
                State::ByteRange { .. } | State::Sparse(_) | State::Dense(_) | State::Match { .. } => {
                    reached.push(state);
                }
            }
        }
        reached.sort_unstable();
        reached
    }
}

fn step(state: &State, byte: u8) -> Option<StateID> {
    match state {
        State::ByteRange { trans } => trans.matches_byte(byte).then_some(trans.next),
        State::Sparse(transitions) => transitions.matches_byte(byte),
        State::Dense(transitions) => transitions.matches_byte(byte),
        _ => None,
    }
}

//! The nondeterministic automaton of an expression.

use regex_automata::nfa::thompson::{Compiler, NFA, State, WhichCaptures};
use regex_automata::util::look::LookMatcher;
use regex_automata::util::primitives::StateID;
use regex_syntax::hir::Hir;

/// The maximum size of the automaton, in bytes.
const SIZE_LIMIT: usize = 1 << 20;

/// One byte of each kind: assertions hold or not before and after all bytes of a kind.
pub(crate) const KINDS: [u8; 4] = *b" a\n\r";

/// A nondeterministic automaton.
#[derive(Debug)]
pub(crate) struct Nfa {
    nfa: NFA,
    /// The kind of each class: one of [`KINDS`]. The bytes of a class have the same transitions and the same effect on assertions.
    pub(crate) kinds: Vec<u8>,
    /// The first and last class of the bytes that a state takes, and the state after them; by state.
    moves: Vec<Vec<(u8, u8, StateID)>>,
}

/// The bytes around a position; absent at an end of the value.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Context {
    pub(crate) before: Option<u8>,
    pub(crate) after: Option<u8>,
}

/// What is reached without a byte.
pub(crate) struct Closure {
    /// The states that take a byte or match; sorted.
    pub(crate) states: Vec<StateID>,
    /// The number of all states, also of those that only lead to others.
    pub(crate) tried: usize,
}

/// Builds an automaton; `None` if it exceeds its size limit.
pub(crate) fn compile(hir: &Hir, groups: WhichCaptures) -> Option<NFA> {
    let config =
        NFA::config().utf8(false).which_captures(groups).nfa_size_limit(Some(SIZE_LIMIT)).shrink(false);
    Compiler::new().configure(config).build_from_hir(hir).ok()
}

impl Nfa {
    /// Builds the automaton; `None` if it exceeds its size limit.
    pub(crate) fn new(hir: &Hir) -> Option<Self> {
        let nfa = compile(hir, WhichCaptures::None)?;
        let looks = nfa.look_set_any();
        let kind = |byte: u8| match byte {
            b'\n' | b'\r' if looks.contains_anchor_line() => byte,
            b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' if looks.contains_word() => b'a',
            _ => b' ',
        };
        // The classes are in the order of their bytes.
        let mut kinds = Vec::new();
        for byte in 0..=u8::MAX {
            if usize::from(nfa.byte_classes().get(byte)) == kinds.len() {
                kinds.push(kind(byte));
            }
        }
        Some(Self { kinds, moves: nfa.states().iter().map(|state| moves(&nfa, state)).collect(), nfa })
    }

    /// Returns the class of a byte, which is an index of `kinds`.
    pub(crate) fn class(&self, byte: u8) -> u8 {
        self.nfa.byte_classes().get(byte)
    }

    /// Returns true if the expression has assertions, such as `^` and `\b`, that depend on the bytes around them.
    pub(crate) fn has_assertions(&self) -> bool {
        !self.nfa.look_set_any().is_empty()
    }

    /// Returns the number of states.
    pub(crate) fn len(&self) -> usize {
        self.nfa.states().len()
    }

    /// Returns all states.
    pub(crate) fn states(&self) -> Vec<StateID> {
        (0..self.len()).filter_map(|number| StateID::new(number).ok()).collect()
    }

    /// Returns the state in which a match of the whole value starts.
    pub(crate) fn start(&self) -> StateID {
        self.nfa.start_anchored()
    }

    /// Returns true if the state is a match.
    pub(crate) fn is_match(&self, state: StateID) -> bool {
        matches!(self.nfa.state(state), State::Match { .. })
    }

    /// Returns the classes of bytes that the state takes, from the first to the last one, each with the state after it.
    pub(crate) fn moves(&self, state: StateID) -> &[(u8, u8, StateID)] {
        self.moves.get(state.as_usize()).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns what is reached from these states without a byte.
    pub(crate) fn closure(&self, from: &[StateID], context: Context) -> Closure {
        let (mut reached, mut seen, mut stack) = (States::new(self), States::new(self), from.to_vec());
        let bytes: Vec<u8> = context.before.into_iter().chain(context.after).collect();
        let at = usize::from(context.before.is_some());
        let mut tried = 0;
        while let Some(state) = stack.pop() {
            if !seen.insert(state) {
                continue;
            }
            tried += 1;
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
                    reached.insert(state);
                }
            }
        }
        Closure { states: reached.sorted(), tried }
    }

    /// Returns these states in order, each once.
    pub(crate) fn sorted(&self, states: &[StateID]) -> Vec<StateID> {
        let mut set = States::new(self);
        for state in states {
            set.insert(*state);
        }
        set.sorted()
    }
}

fn moves(nfa: &NFA, state: &State) -> Vec<(u8, u8, StateID)> {
    let class = |byte: u8| nfa.byte_classes().get(byte);
    let transitions = match state {
        State::ByteRange { trans } => std::slice::from_ref(trans),
        State::Sparse(transitions) => &*transitions.transitions,
        State::Dense(transitions) => {
            let next = |byte: u8| Some((class(byte), class(byte), transitions.matches_byte(byte)?));
            return (0..=u8::MAX).filter_map(next).collect();
        }
        _ => &[],
    };
    transitions.iter().map(|trans| (class(trans.start), class(trans.end), trans.next)).collect()
}

/// A set of states, by the bits of words.
struct States(Vec<u64>);

impl States {
    fn new(nfa: &Nfa) -> Self {
        Self(vec![0; nfa.len() / 64 + 1])
    }

    /// Adds a state; returns false if the set has it.
    fn insert(&mut self, state: StateID) -> bool {
        let Some(word) = self.0.get_mut(state.as_usize() / 64) else { return false };
        let before = *word;
        *word |= 1 << (state.as_usize() % 64);
        *word != before
    }

    /// Returns the states in order.
    fn sorted(self) -> Vec<StateID> {
        let mut states = Vec::new();
        for (place, mut word) in self.0.into_iter().enumerate() {
            while word != 0 {
                states.extend(StateID::new(place * 64 + word.trailing_zeros() as usize));
                word &= word - 1;
            }
        }
        states
    }
}

//! Conditions on requests.
//!
//! A condition that a policy of Ringfence cannot express exactly is approximated: a rule that allows matches no request
//! outside of the condition ([`Side::Under`]), and a rule that denies matches every request of it ([`Side::Over`]).

use serde_json::Value;

/// A condition on a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// Always true.
    True,
    Not(Box<Expr>),
    /// True if all are true.
    All(Vec<Expr>),
    /// True if one is true.
    Any(Vec<Expr>),
    /// A condition that a match of Ringfence has.
    Is(Atom),
    /// A condition that it does not have, described in the terms of the source.
    Unknown(String),
}

/// The field of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    Methods,
    Hosts,
    Paths,
    Headers,
    /// Claims of a valid token.
    Token,
}

/// A condition on one field.
#[derive(Debug, Clone, PartialEq)]
pub struct Atom {
    pub field: Field,
    /// Values that match no request outside of the condition; `None` if there are none. For a token, all of these claims.
    pub under: Option<Vec<Value>>,
    /// Values that match every request of the condition.
    pub over: Vec<Value>,
    /// Hosts that the source accepts only without a port.
    pub portless: Vec<String>,
    /// The difference between the two, described in the terms of the source.
    pub note: Option<String>,
}

/// The side from which a condition is approximated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Matches too little: for allow rules.
    Under,
    /// Matches too much: for deny rules.
    Over,
}

/// A condition on one field, or its negation.
#[derive(Debug, Clone, PartialEq)]
pub struct Literal {
    pub field: Field,
    /// False if the condition is negated.
    pub positive: bool,
    pub values: Vec<Value>,
    /// Hosts that the source accepts only without a port.
    pub portless: Vec<String>,
}

/// Literals that are all true.
pub type Conjunct = Vec<Literal>;

/// The maximum number of conjuncts of a condition.
const MOST: usize = 200;

impl Atom {
    /// Creates a condition that a match expresses exactly.
    pub fn exactly(field: Field, values: Vec<Value>) -> Self {
        Self { field, under: Some(values.clone()), over: values, portless: Vec::new(), note: None }
    }

    /// Returns the disjunction of two conditions on the same field.
    fn or(self, other: Self) -> Self {
        let under = self.under.into_iter().chain(other.under).reduce(|one, two| [one, two].concat());
        let note = self.note.into_iter().chain(other.note).reduce(|one, two| format!("{one}, {two}"));
        let over = [self.over, other.over].concat();
        Self { under, over, note, portless: [self.portless, other.portless].concat(), ..self }
    }
}

impl Expr {
    /// Returns the condition, negated if `negate` is true.
    pub fn negate_if(self, negate: bool) -> Self {
        if negate { Self::Not(Box::new(self)) } else { self }
    }

    /// Returns the disjunction; conditions on the same field are merged.
    pub fn any(parts: Vec<Self>) -> Self {
        let listed = |field| matches!(field, Field::Methods | Field::Hosts | Field::Paths);
        let mut merged: Vec<Self> = Vec::new();
        for part in parts {
            let found = match &part {
                Self::Is(atom) if listed(atom.field) => merged
                    .iter_mut()
                    .find(|other| matches!(other, Self::Is(known) if known.field == atom.field)),
                _ => None,
            };
            match (found, part) {
                (Some(Self::Is(known)), Self::Is(atom)) => *known = known.clone().or(atom),
                (_, part) => merged.push(part),
            }
        }
        match <[Self; 1]>::try_from(merged) {
            Ok([only]) => only,
            Err(merged) => Self::Any(merged),
        }
    }

    /// Returns the descriptions of conditions that Ringfence does not have, in the order of the source.
    pub fn unknown(&self) -> Vec<String> {
        match self {
            Self::Unknown(what) => vec![what.clone()],
            Self::Not(inner) => inner.unknown(),
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::unknown).collect(),
            Self::Is(atom) => atom.note.clone().into_iter().collect(),
            Self::True => Vec::new(),
        }
    }

    /// Returns the disjunctive normal form; `None` if it has too many conjuncts.
    pub fn conjuncts(&self, side: Side) -> Option<Vec<Conjunct>> {
        self.normal(side, true)
    }

    fn normal(&self, side: Side, positive: bool) -> Option<Vec<Conjunct>> {
        let constant = |is: bool| Some(if is { vec![Vec::new()] } else { Vec::new() });
        match (self, positive) {
            (Self::True, _) => constant(positive),
            (Self::Unknown(_), _) => constant(side == Side::Over),
            (Self::Not(inner), _) => inner.normal(side, !positive),
            (Self::Is(atom), _) => Some(literal(atom, side, positive)),
            (Self::All(parts), true) | (Self::Any(parts), false) => all(parts, side, positive),
            (Self::Any(parts), true) | (Self::All(parts), false) => {
                let each: Option<Vec<_>> = parts.iter().map(|part| part.normal(side, positive)).collect();
                Some(each?.concat()).filter(|found| found.len() <= MOST)
            }
        }
    }
}

fn all(parts: &[Expr], side: Side, positive: bool) -> Option<Vec<Conjunct>> {
    let mut found: Vec<Conjunct> = vec![Vec::new()];
    for part in parts {
        let next = part.normal(side, positive)?;
        let joined = |one: &Conjunct| next.iter().map(|two| [one.clone(), two.clone()].concat()).collect();
        found = found.iter().flat_map(|one| -> Vec<Conjunct> { joined(one) }).collect();
        if found.len() > MOST {
            return None;
        }
    }
    Some(found)
}

/// Returns the conjuncts of a literal. Negation swaps the sides: the negation of a condition that matches too little
/// matches too much.
fn literal(atom: &Atom, side: Side, positive: bool) -> Vec<Conjunct> {
    let narrow = (side == Side::Under) == positive;
    let Some(values) = (if narrow { atom.under.clone() } else { Some(atom.over.clone()) }) else {
        return if positive { Vec::new() } else { vec![Vec::new()] };
    };
    // A policy ignores ports, so a host with a port matches too. That matters only if it allows more requests.
    let portless = if narrow { atom.portless.clone() } else { Vec::new() };
    vec![vec![Literal { field: atom.field, positive, values, portless }]]
}

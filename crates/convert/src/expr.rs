//! Conditions on requests, and the rules of a policy that stand for them.
//!
//! What a policy of Ringfence cannot say is taken from the safe side: a rule that allows is for no more requests than the
//! condition ([`Side::Under`]), a rule that denies for no fewer ([`Side::Over`]).

use serde_json::Value;

/// A condition on a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// It always holds.
    True,
    /// It never does.
    False,
    /// The other way around.
    Not(Box<Expr>),
    /// All hold.
    All(Vec<Expr>),
    /// One holds.
    Any(Vec<Expr>),
    /// What a match of Ringfence looks at.
    Is(Atom),
    /// What it does not look at, in the words of the source.
    Unknown(String),
}

/// What a match looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The method.
    Methods,
    /// The host.
    Hosts,
    /// The path.
    Paths,
    /// A header.
    Headers,
    /// Claims of a valid token.
    Token,
}

/// A condition on one field.
#[derive(Debug, Clone, PartialEq)]
pub struct Atom {
    /// The field.
    pub field: Field,
    /// What holds for no request for which the condition does not.
    pub under: Span,
    /// What holds for every request for which it does.
    pub over: Span,
    /// Hosts that are meant without a port.
    pub portless: Vec<String>,
    /// What the two sides do not agree on, in the words of the source.
    pub note: Option<String>,
}

/// Values of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Span {
    /// None.
    Nothing,
    /// All.
    Everything,
    /// Any of these; of a token all.
    Values(Vec<Value>),
}

/// From which side a condition is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// By a rule that allows.
    Under,
    /// By a rule that denies.
    Over,
}

/// A condition on one field, or its opposite.
#[derive(Debug, Clone, PartialEq)]
pub struct Literal {
    /// The field.
    pub field: Field,
    /// Whether it holds, rather than not.
    pub holds: bool,
    /// The values.
    pub values: Vec<Value>,
    /// Hosts that are meant without a port.
    pub portless: Vec<String>,
}

/// Literals that all hold.
pub type Conjunct = Vec<Literal>;

/// The most conjuncts of one condition.
const MOST: usize = 200;

impl Atom {
    /// One that a match says exactly.
    pub fn exactly(field: Field, values: Vec<Value>) -> Self {
        let span = Span::of(values);
        Self { field, under: span.clone(), over: span, portless: Vec::new(), note: None }
    }

    /// Either of two on the same field.
    fn or(self, other: Self) -> Self {
        Self {
            field: self.field,
            under: self.under.or(other.under),
            over: self.over.or(other.over),
            portless: [self.portless, other.portless].concat(),
            note: match (self.note, other.note) {
                (Some(one), Some(two)) => Some(format!("{one}, {two}")),
                (one, two) => one.or(two),
            },
        }
    }
}

impl Span {
    /// Any of these values.
    pub fn of(values: Vec<Value>) -> Self {
        if values.is_empty() { Self::Nothing } else { Self::Values(values) }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Everything, _) | (_, Self::Everything) => Self::Everything,
            (Self::Nothing, span) | (span, Self::Nothing) => span,
            (Self::Values(one), Self::Values(two)) => Self::Values([one, two].concat()),
        }
    }
}

impl Expr {
    /// One of these on the same field, as one condition.
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
        match merged.pop() {
            Some(only) if merged.is_empty() => only,
            Some(last) => {
                merged.push(last);
                Self::Any(merged)
            }
            None => Self::False,
        }
    }

    /// What it does not look at, a line each, in the order in which it stands there.
    pub fn unknown(&self) -> Vec<String> {
        match self {
            Self::Unknown(what) => vec![what.clone()],
            Self::Not(inner) => inner.unknown(),
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::unknown).collect(),
            Self::Is(atom) => atom.note.clone().into_iter().collect(),
            Self::True | Self::False => Vec::new(),
        }
    }

    /// The conjuncts of which one holds where the condition does; nothing where there are too many.
    pub fn conjuncts(&self, side: Side) -> Option<Vec<Conjunct>> {
        self.normal(side, true)
    }

    fn normal(&self, side: Side, holds: bool) -> Option<Vec<Conjunct>> {
        let constant = |is: bool| Some(if is { vec![Vec::new()] } else { Vec::new() });
        match (self, holds) {
            (Self::True, _) => constant(holds),
            (Self::False, _) => constant(!holds),
            (Self::Unknown(_), _) => constant(side == Side::Over),
            (Self::Not(inner), _) => inner.normal(side, !holds),
            (Self::Is(atom), _) => Some(literal(atom, side, holds)),
            (Self::All(parts), true) | (Self::Any(parts), false) => all(parts, side, holds),
            (Self::Any(parts), true) | (Self::All(parts), false) => {
                let each: Option<Vec<_>> = parts.iter().map(|part| part.normal(side, holds)).collect();
                Some(each?.concat()).filter(|found| found.len() <= MOST)
            }
        }
    }
}

fn all(parts: &[Expr], side: Side, holds: bool) -> Option<Vec<Conjunct>> {
    let mut found: Vec<Conjunct> = vec![Vec::new()];
    for part in parts {
        let next = part.normal(side, holds)?;
        let joined = |one: &Conjunct| next.iter().map(|two| [one.clone(), two.clone()].concat()).collect();
        found = found.iter().flat_map(|one| -> Vec<Conjunct> { joined(one) }).collect();
        if found.len() > MOST {
            return None;
        }
    }
    Some(found)
}

/// The opposite of what is too little is too much: the side of a condition that is turned around is the other one.
fn literal(atom: &Atom, side: Side, holds: bool) -> Vec<Conjunct> {
    let span = if (side == Side::Under) == holds { &atom.under } else { &atom.over };
    match (span, holds) {
        (Span::Everything, true) | (Span::Nothing, false) => vec![Vec::new()],
        (Span::Nothing, true) | (Span::Everything, false) => Vec::new(),
        (Span::Values(values), _) => {
            // A host with a port passes for one without where it lets more requests through, and nowhere else.
            let looser = (side == Side::Under) == holds;
            let portless = if looser { atom.portless.clone() } else { Vec::new() };
            vec![vec![Literal { field: atom.field, holds, values: values.clone(), portless }]]
        }
    }
}

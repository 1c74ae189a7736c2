//! The cost of matching a request against the expressions of a policy.
//!
//! It is known before the work is done: the bytes of each value times the passes of the expressions over it. A request that
//! costs more than its budget is denied. The budget is that of the request, for all filters of a module together.

use super::index::Found;
use crate::decision::Reason;
use crate::http::{Request, RequestPath};
use crate::vocabulary::{HeaderMatch, RequestMatch, without_end};
use automata::ExpressionSet;
use std::collections::BTreeMap;

/// The steps of an expression that is matched by itself, for each step of one of a set: tables that run together cost less,
/// and a value is also matched part by part.
const ALONE: usize = 4;

/// The steps of comparing an item of a list with a pattern that is no expression.
const ITEM: usize = 8;

/// The most patterns on a header whose comparisons cost too little to be counted.
const FEW_PATTERNS: usize = 8;

/// The steps of visiting a node of the index of paths.
const NODE: usize = 32;

/// The steps of trying a rule on a reading of the path.
const ATTEMPT: usize = 4;

/// Returns the steps of finding and trying rules on readings of a path.
pub(super) fn of_rules(found: &Found, readings: usize) -> usize {
    found.steps * NODE + found.rules.len() * readings * ATTEMPT
}

/// The passes of the expressions of a policy over each part of a request.
#[derive(Debug, Default)]
pub(super) struct Cost {
    /// Expressions that match query parameters.
    query: usize,
    /// The patterns of the headers whose comparisons are counted, by name.
    headers: Vec<(String, HeaderCost)>,
    /// Whether a path is also matched with letters folded to ASCII.
    folds: bool,
}

/// The patterns of a header.
#[derive(Debug, Default)]
struct HeaderCost {
    /// The passes of their expressions.
    passes: usize,
    /// The number of patterns, each of which is compared with each item of a list.
    patterns: usize,
}

impl Cost {
    /// Returns the cost of these matches, and of further matches on headers.
    pub(super) fn of<'m>(
        matches: impl Iterator<Item = &'m RequestMatch>,
        headers: impl Iterator<Item = &'m HeaderMatch>,
    ) -> Self {
        let (mut cost, mut by_name) = (Self::default(), BTreeMap::new());
        for matcher in matches {
            cost.query += matcher.query_passes();
            cost.folds |= matcher.folds_paths();
            matcher.header_matches().for_each(|header| add(&mut by_name, header));
        }
        headers.for_each(|header| add(&mut by_name, header));
        let is_counted = |header: &HeaderCost| header.passes > 0 || header.patterns > FEW_PATTERNS;
        let counted = by_name.into_iter().filter(|(_, header)| is_counted(header));
        cost.headers = counted.map(|(name, header)| (name.to_owned(), header)).collect();
        cost
    }

    /// Takes the cost of a request off its budget.
    ///
    /// # Errors
    /// Returns the reason if the budget does not suffice.
    pub(super) fn spend(
        &self,
        request: &Request<'_>,
        path: Option<&RequestPath<'_>>,
        expressions: &ExpressionSet,
    ) -> Result<(), Reason> {
        let mut steps = 0;
        if let Some(path) = path.filter(|_| !expressions.is_empty()) {
            let folded = |reading: &str| usize::from(self.folds && reading.contains('%'));
            let times =
                |reading: &str| (1 + folded(reading)) * (1 + usize::from(without_end(reading).is_some()));
            let bytes: usize = path.readings().map(|reading| reading.len() * times(reading)).sum();
            steps += bytes * expressions.passes();
        }
        if self.query > 0 {
            let queries =
                path.into_iter().flat_map(|path| path.query().into_iter().chain([path.hidden_query()]));
            steps += queries.map(<[u8]>::len).sum::<usize>() * self.query * ALONE;
        }
        for (name, header) in &self.headers {
            for value in request.headers.values(name) {
                let items = 1 + value.iter().filter(|byte| **byte == b',').count();
                steps += value.len() * header.passes * ALONE + items * header.patterns * ITEM;
            }
        }
        request.budget.spend(steps)
    }
}

fn add<'m>(by_name: &mut BTreeMap<&'m str, HeaderCost>, header: &'m HeaderMatch) {
    let cost = by_name.entry(header.name.as_str()).or_default();
    cost.passes += header.passes();
    cost.patterns += 1;
}

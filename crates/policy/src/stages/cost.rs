//! The cost of matching a request against the rules of a policy.
//!
//! It is known before the work is done: the bytes of each value times the passes of the expressions over it, and the rules times
//! the readings. A request that costs more than its budget is denied. The budget is that of the request, for all filters of a
//! module together.

use crate::decision::Reason;
use crate::fast_map::FastMap;
use crate::http::{
    Budget, HeaderIndex, Headers, Query, Request, RequestPath, blank_bytes, comma_count, is_joined,
    trim_blanks,
};
use crate::vocabulary::{Condition, HeaderMatch, PathMatch, PathShape, RequestMatch, has_ends, has_folding};
use automata::{ExpressionSet, Places};

/// The steps of an expression that is matched by itself, for each step of one of a set: tables that run together cost less,
/// and a value is also matched part by part.
const ALONE: usize = 4;

/// The steps of comparing a value, or an item of a list, with a pattern that is no expression.
const ITEM: usize = 8;

/// How often the lines of a header are compared as one line: once for each separator.
const JOINED: usize = 3;

/// The steps of removing a byte around a value, or an item of a list.
const BLANK: usize = 8;

/// The bytes of a value that are searched for a comma in one step.
const COMMA_BYTES: usize = 16;

/// The bytes of a value that is not ASCII that are searched for a letter that folds to ASCII in one step.
const SEARCHED: usize = 2;

/// The steps of folding a byte of a value that has a letter that folds to ASCII, and an item of such a list.
const FOLD: usize = 32;
const FOLD_ITEM: usize = 64;

/// The steps of trying a rule on a reading of the path.
const ATTEMPT: usize = 32;

/// The steps of comparing a spelling of a reading with a template, and the bytes of it that are compared in one step.
const TEMPLATE: usize = 64;
const TEMPLATE_BYTES: usize = 8;

/// The steps of comparing a spelling of a reading with another pattern, and the bytes of the pattern that are compared in one
/// step.
const PATH: usize = 16;
const PATH_BYTES: usize = 2;

/// Up to so many steps, the spellings and bytes of the readings are not worth a count.
const FEW_PATTERNS: usize = 256;

/// The steps of comparing the name of a header line with that of a match, and of comparing each byte of the names of one length.
/// The first bytes are free: most names of one length differ at the start.
const LINE: usize = 3;
const LINE_BYTE: usize = 2;
const FREE_BYTES: usize = 48;

/// Up to this many comparisons of names, their bytes are not worth a count.
const FEW_NAMES: usize = 1024;

/// The steps of comparing the name of a parameter with that of a match, and the bytes of it that are compared in one step.
const NAME: usize = 8;
const NAME_BYTES: usize = 2;

/// The passes of the expressions of a policy over each part of a request.
#[derive(Debug, Default)]
pub(super) struct Cost {
    query: PatternCost,
    header_names: HeaderIndex,
    /// The patterns of each header of `header_names`.
    headers: Vec<PatternCost>,
    /// Whether a path is also matched with letters folded to ASCII.
    folds: bool,
    rules: Vec<RuleCost>,
}

/// The lines of a request of one header.
struct Lines {
    /// The place of the header.
    place: usize,
    /// How often they are read.
    names: usize,
    /// The number of values: that of the lines, and of the parts between commas where Envoy joins lines.
    count: usize,
    bytes: usize,
}

/// The patterns on a value.
#[derive(Debug, Default)]
struct PatternCost {
    /// The passes of their expressions.
    passes: usize,
    /// The number of patterns, each of which is compared with each item of a list.
    patterns: usize,
    /// The number of patterns that fold letters beyond ASCII.
    folding: usize,
    /// Whether a match reads every spelling of the name besides the name itself.
    reads_spellings: bool,
}

/// The cost of a rule.
#[derive(Debug)]
struct RuleCost {
    /// The steps of comparing its patterns with a spelling of a reading.
    patterns: usize,
    /// The number of its templates.
    templates: usize,
    /// The number of names that it looks up in the headers.
    names: usize,
    /// The steps of comparing the names of its parameters once.
    parameters: usize,
}

impl Cost {
    /// Returns the cost of the matches of these rules, of further matches on headers, and of the further names that each rule
    /// looks up in the headers.
    pub(super) fn of(matches: &[&RequestMatch], headers: &[&HeaderMatch], names: &[usize]) -> Self {
        let (mut cost, mut parameters) = (Self::default(), FastMap::<Box<str>, Vec<usize>>::default());
        for ((index, matcher), names) in matches.iter().enumerate().zip(names) {
            cost.folds |= matcher.folds_paths();
            let is_template = |path: &&PathMatch| matches!(path, PathMatch::Template(_));
            let templates = matcher.path_matches().filter(is_template).count();
            let patterns = matcher.path_matches().map(|path| match path.shape() {
                PathShape::Prefix(text) | PathShape::Exact(text) => PATH + text.len() / PATH_BYTES,
                _ if is_template(&path) => TEMPLATE,
                _ => PATH,
            });
            let lookups = matcher.query_matches().map(|query| NAME + query.name.key().len() / NAME_BYTES);
            cost.rules.push(RuleCost {
                patterns: patterns.sum(),
                templates,
                names: matcher.header_matches().count() + names,
                parameters: lookups.sum(),
            });
            for parameter in matcher.query_matches() {
                cost.query.add(&parameter.condition);
                let key = String::from_utf8_lossy(parameter.name.key());
                parameters.entry(key.into()).or_default().push(index);
            }
            matcher.header_matches().for_each(|header| cost.add(header, false));
        }
        headers.iter().for_each(|header| cost.add(header, true));
        // A parameter is compared with the patterns of its name only.
        cost.query.patterns = parameters.values().map(Vec::len).max().unwrap_or_default();
        cost
    }

    fn add(&mut self, header: &HeaderMatch, reads_spellings: bool) {
        let place = self.header_names.add(header.name.as_str());
        if place == self.headers.len() {
            self.headers.push(PatternCost::default());
        }
        if let Some(cost) = self.headers.get_mut(place) {
            cost.add(&header.condition);
            cost.reads_spellings |= reads_spellings;
        }
    }

    /// Returns true if a rule matches a header that a server may read as `name`.
    pub(super) fn uses_header(&self, name: &[u8]) -> bool {
        self.header_names.contain(name)
    }

    /// Returns true if a rule matches the query.
    pub(super) fn uses_query(&self) -> bool {
        self.query.patterns > 0
    }

    /// Takes the cost of the values of a request off its budget.
    ///
    /// # Errors
    /// Returns the reason if the budget does not suffice.
    pub(super) fn spend(
        &self,
        request: &Request<'_>,
        path: Option<&RequestPath<'_>>,
        query: &Query<'_>,
        expressions: &ExpressionSet,
    ) -> Result<(), Reason> {
        let budget = &request.budget;
        if let Some(path) = path.filter(|_| !expressions.is_empty()) {
            let (_, bytes) = self.spellings(path);
            budget.spend(bytes, expressions.passes())?;
        }
        if self.uses_query() {
            query.spend(budget)?;
            let (texts, parameters) = query.possible_texts();
            self.query.spend(texts, 1, parameters, budget)?;
        }
        if !request.headers.may_have_any(&self.header_names) {
            return Ok(());
        }
        let lines = || request.headers.lines().filter(|(name, _)| self.header_names.contain(name));
        let mut all = Vec::<Lines>::new();
        let has_spellings = lines().any(|(name, _)| !self.header_names.contain_exactly(name));
        for (name, value) in lines() {
            for place in self.header_names.of(name) {
                let Some(header) = self.headers.get(place) else { continue };
                let names = 1 + usize::from(has_spellings && header.reads_spellings);
                let lists = 1 + usize::from(value.contains(&b'"'));
                let commas = comma_count(value);
                let (items, values) = (lists * commas, if is_joined(name) { 1 + commas } else { 1 });
                // A list is compared as a whole and by its items, and a value with blanks around it without them too.
                let times = 1
                    + if items > 0 { lists } else { 0 }
                    + usize::from(trim_blanks(value).len() < value.trim_ascii().len());
                budget.spend(names * blank_bytes(value), header.patterns * BLANK)?;
                header.spend(value, names * times, names * (1 + items), budget)?;
                match all.iter_mut().find(|lines| lines.place == place) {
                    Some(lines) => {
                        lines.count += values;
                        lines.bytes += value.len();
                    }
                    None => all.push(Lines { place, names, count: values, bytes: value.len() }),
                }
            }
        }
        // Several lines of a header are also compared as one.
        for Lines { place, names, count, bytes } in all.into_iter().filter(|lines| lines.count > 1) {
            let Some(header) = self.headers.get(place) else { continue };
            budget.spend(names * JOINED * bytes, header.passes * ALONE + header.folding)?;
            budget.spend(names * JOINED * bytes / COMMA_BYTES, header.patterns)?;
            budget.spend(names * JOINED * count, header.patterns * ITEM)?;
        }
        Ok(())
    }

    /// Returns the number of spellings of the readings of a path, and their bytes.
    fn spellings(&self, path: &RequestPath<'_>) -> (usize, usize) {
        let folded = |reading: &str| usize::from(self.folds && reading.contains('%'));
        let trimmed = |reading: &str| usize::from(path.ignores_end() && has_ends(reading));
        let times = |reading: &str| (1 + folded(reading)) * (1 + trimmed(reading));
        let sizes = path.readings().map(|reading| (times(reading), reading.len()));
        sizes.fold((0, 0), |(count, bytes), (times, length)| (count + times, bytes + times * length))
    }

    /// Takes the cost of trying these rules on the readings of a path, the headers and the query off the budget.
    ///
    /// # Errors
    /// Returns the reason if the budget does not suffice.
    pub(super) fn spend_rules(
        &self,
        rules: &Places,
        path: Option<&RequestPath<'_>>,
        query: &Query<'_>,
        request: &Request<'_>,
    ) -> Result<(), Reason> {
        let (mut count, mut patterns, mut templates, mut names, mut parameters) = (0, 0, 0, 0, 0);
        for rule in rules.iter().filter_map(|rule| self.rules.get(rule)) {
            count += 1;
            patterns += rule.patterns;
            templates += rule.templates;
            names += rule.names;
            parameters += rule.parameters;
        }
        let readings = path.map_or(1, |path| path.readings().count());
        request.budget.spend(readings, count * ATTEMPT + patterns)?;
        if let Some(path) = path.filter(|_| readings * patterns > FEW_PATTERNS) {
            let (spellings, bytes) = self.spellings(path);
            request.budget.spend(spellings - readings, patterns)?;
            request.budget.spend(bytes / TEMPLATE_BYTES, templates)?;
        }
        if parameters > 0 {
            // A name is looked up twice, each time by halving the parameters.
            let (_, count) = query.possible_texts();
            request.budget.spend(parameters, 2 * (usize::BITS - count.leading_zeros()) as usize)?;
        }
        if names > 0 {
            let lines = request.headers.len();
            let similar = if names * lines > FEW_NAMES { similar_bytes(&request.headers) } else { 0 };
            let bytes = similar.saturating_sub(FREE_BYTES) * LINE_BYTE;
            request.budget.spend(names, lines * LINE + bytes)?;
        }
        Ok(())
    }
}

/// Returns the most bytes that names of one length have: only those are compared with a name byte by byte.
fn similar_bytes(headers: &Headers<'_>) -> usize {
    let mut bytes = [0; 128];
    for (name, _) in headers.lines() {
        if let Some(bytes) = bytes.get_mut(name.len().min(127)) {
            *bytes += name.len();
        }
    }
    bytes.into_iter().max().unwrap_or_default()
}

impl PatternCost {
    fn add(&mut self, condition: &Condition) {
        self.passes += condition.passes();
        self.patterns += 1;
        self.folding += usize::from(condition.folds());
    }

    /// Takes the cost of a value of this many parts, which is compared so many times, off the budget.
    fn spend(&self, value: &[u8], times: usize, parts: usize, budget: &Budget) -> Result<(), Reason> {
        if self.folding > 0 && !value.is_ascii() {
            budget.spend(value.len() * times / SEARCHED, self.folding)?;
        }
        let folding = if self.folding > 0 && has_folding(value) { self.folding } else { 0 };
        budget.spend(value.len() * times, self.passes * ALONE + folding * FOLD)?;
        budget.spend(value.len() * times / COMMA_BYTES, self.patterns)?;
        budget.spend(parts, self.patterns * ITEM + folding * FOLD_ITEM)
    }
}

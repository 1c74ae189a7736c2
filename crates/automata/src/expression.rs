//! One expression.

use crate::minimize::minimize;
use crate::nfa::Nfa;
use crate::search::{Found, search};
use crate::subsets::Subsets;
use crate::table::Table;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::Hir;
use std::fmt;
use std::rc::Rc;

/// The maximum number of states before states are merged.
const MAX_STATES: usize = 16_384;

/// The maximum length of [`Expression::literal_head`].
const MAX_HEAD: usize = 256;

/// A regular expression that matches a whole value.
#[derive(Debug, Clone)]
pub struct Expression {
    text: String,
    ignore_case: bool,
    table: Rc<Table>,
}

/// Why an expression is rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The syntax is invalid; with the cause.
    Syntax(String),
    /// The expression has no table of a bounded size.
    TooLarge,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(cause) => f.write_str(cause),
            Self::TooLarge => f.write_str("the expression needs too many states"),
        }
    }
}

impl std::error::Error for Error {}

/// Parses an expression.
///
/// # Errors
/// Returns an error if the syntax is invalid.
pub(crate) fn parse(text: &str, ignore_case: bool) -> Result<Hir, Error> {
    let mut parser = ParserBuilder::new();
    parser.unicode(false).utf8(false).case_insensitive(ignore_case);
    let hir = parser.build().parse(text).map_err(|error| {
        let text = error.to_string();
        Error::Syntax(text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned())
    })?;
    if hir.properties().look_set().contains_word_unicode() {
        return Err(Error::Syntax("Unicode word boundaries are not supported".to_owned()));
    }
    Ok(hir)
}

impl Expression {
    /// Compiles an expression; `ignore_case` is about ASCII letters.
    ///
    /// # Errors
    /// Returns an error if the syntax is invalid, or the expression has no table of a bounded size.
    pub fn new(text: &str, ignore_case: bool) -> Result<Self, Error> {
        let nfa = Nfa::new(&parse(text, ignore_case)?).ok_or(Error::TooLarge)?;
        let automaton = minimize(&Subsets::new(&nfa, MAX_STATES).ok_or(Error::TooLarge)?);
        let table = Table::new(&automaton, |byte| nfa.class(byte)).ok_or(Error::TooLarge)?;
        Ok(Self { text: text.to_owned(), ignore_case, table: Rc::new(table) })
    }

    /// Compiles the expression that matches values that end with a text.
    ///
    /// # Errors
    /// Returns an error if the text is too long.
    pub fn ending_with(text: &str, ignore_case: bool) -> Result<Self, Error> {
        Self::new(&format!("(?s).*{}", regex_syntax::escape(text)), ignore_case)
    }

    /// Compiles the expression that matches values that contain a text.
    ///
    /// # Errors
    /// Returns an error if the text is too long.
    pub fn containing(text: &str, ignore_case: bool) -> Result<Self, Error> {
        Self::new(&format!("(?s).*{}.*", regex_syntax::escape(text)), ignore_case)
    }

    /// Returns the expression as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns true if the expression was compiled to ignore the case of ASCII letters.
    pub fn ignores_case(&self) -> bool {
        self.ignore_case
    }

    /// Returns true if the expression matches the whole value.
    pub fn is_match(&self, value: &[u8]) -> bool {
        self.table.matches_at(self.table.run(value)) != 0
    }

    /// Returns the number of states, by which the work of a comparison grows.
    pub fn states(&self) -> usize {
        self.table.states()
    }

    /// Returns the text that every match starts with. With `ignore_case` it is in lower case, and letters of either case
    /// count as the same.
    pub fn literal_head(&self, ignore_case: bool) -> String {
        let (table, mut head, mut entry) = (&self.table, String::new(), self.table.start);
        while head.len() < MAX_HEAD && table.matches_at(entry) == 0 {
            let mut live = (0..=u8::MAX).filter(|byte| table.step(entry, *byte) != 0);
            let (first, second, third) = (live.next(), live.next(), live.next());
            let byte = match (first, second, third) {
                (Some(byte), None, _) if byte.is_ascii() => byte,
                (Some(upper), Some(lower), None)
                    if ignore_case
                        && upper.to_ascii_lowercase() == lower
                        && table.step(entry, upper) == table.step(entry, lower) =>
                {
                    lower
                }
                _ => break,
            };
            head.push(char::from(if ignore_case { byte.to_ascii_lowercase() } else { byte }));
            entry = table.step(entry, byte);
        }
        head
    }

    /// Returns true if no value matches both expressions; false if that is not certain, because it would take too long.
    pub fn is_disjoint(&self, other: &Self) -> bool {
        search([&self.table, &other.table], 2, |_| true) == Found::Nothing
    }

    /// Returns true if every value that matches this expression matches the other one; false if that is not certain.
    pub fn is_subset(&self, other: &Self) -> bool {
        search([&self.table, &other.table], 1, |[_, other]| !other) == Found::Nothing
    }

    /// Returns true if every value that matches this expression and `values` matches the other one; false if that is not
    /// certain.
    pub fn is_subset_among(&self, other: &Self, values: &Self) -> bool {
        search([&self.table, &values.table, &other.table], 2, |[_, _, other]| !other) == Found::Nothing
    }

    /// Returns one of the shortest values that match both expressions.
    pub fn common_value(&self, other: &Self) -> Option<Vec<u8>> {
        match search([&self.table, &other.table], 2, |_| true) {
            Found::Value(value) => Some(value),
            Found::Nothing | Found::Unknown => None,
        }
    }

    pub(crate) fn table(&self) -> &Table {
        &self.table
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        (&self.text, self.ignore_case) == (&other.text, other.ignore_case)
    }
}

impl Eq for Expression {}

#[cfg(test)]
mod tests {
    use super::{Error, Expression};

    fn expression(text: &str) -> Expression {
        Expression::new(text, false).expect(text)
    }

    #[test]
    fn an_expression_matches_the_whole_value() {
        let table: [(&str, &[&str], &[&str]); 11] = [
            ("", &[""], &["a"]),
            ("/a|/ab", &["/a", "/ab"], &["/abc", "x/a", "/a\n"]),
            ("a.c", &["abc", "a\u{7f}c"], &["a\nc", "ac"]),
            ("(?i)admin", &["ADMIN"], &["admins"]),
            ("a{2,3}", &["aa", "aaa"], &["a", "aaaa"]),
            (r"^a\bc?$", &["a"], &["ac", ""]),
            (r"(?m)a$\n^b", &["a\nb"], &["a\n", "ab"]),
            (r".*\bend", &["the end", "end"], &["bend"]),
            ("caf\u{e9}", &["caf\u{e9}"], &["cafe"]),
            ("[^/]*", &["", "abc"], &["a/b"]),
            ("[a&&b]", &[], &["", "a", "b"]),
        ];
        for (text, yes, no) in table {
            assert!(yes.iter().all(|value| expression(text).is_match(value.as_bytes())), "{text}");
            assert!(!no.iter().any(|value| expression(text).is_match(value.as_bytes())), "{text}");
        }
        assert!(expression("(?s-u:.)*").is_match(b"\xff\xfe\n"), "any byte");
    }

    #[test]
    fn an_expression_without_a_bounded_table_is_rejected() {
        assert_eq!(Expression::new(".*a.{30}b", false).unwrap_err(), Error::TooLarge);
        assert_eq!(Expression::new("(?:.{1000}){1000}", false).unwrap_err(), Error::TooLarge);
        // Assertions depend on the byte after a state, which multiplies the work.
        let words = |count: u32| (0..count).map(|n| format!("{n}word")).collect::<Vec<_>>().join("|");
        let bounded = |count| format!(r".*\b(?:{}).*", words(count));
        assert_eq!(Expression::new(&bounded(2_000), true).err(), Some(Error::TooLarge));
        assert!(Expression::new(&bounded(100), true).is_ok());
        // Each state has an entry for each of 256 classes.
        let bytes: String = (0..12_000).map(|n| format!("\\x{:02x}", n * n / 7 % 256)).collect();
        assert_eq!(Expression::new(&bytes, false).err(), Some(Error::TooLarge));
        // States that others make redundant are left out.
        for text in [".*a.{0,50}b.*", ".*a.{0,300}b", "(?i).*select.{1,40}from.*", "(.*,){11}P"] {
            assert!(Expression::new(text, false).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_syntax_error_has_its_cause() {
        for (text, cause) in [
            ("a)(b", "unopened group"),
            ("(?=a)", "look-around, including look-ahead and look-behind, is not supported"),
            ("[\u{e9}]", "Unicode not allowed here"),
            (r"a(?u:\B)", "Unicode word boundaries are not supported"),
            (r"(?u)\b{start-half}a", "Unicode word boundaries are not supported"),
        ] {
            assert_eq!(Expression::new(text, false).unwrap_err(), Error::Syntax(cause.to_owned()), "{text}");
        }
    }

    #[test]
    fn every_match_starts_with_the_literal_head() {
        for (text, head, folded) in [
            ("/a/[0-9]+", "/a/", "/a/"),
            ("(?i)/Ab", "/", "/ab"),
            ("/A[bc]", "/A", "/a"),
            ("/a?b", "/", "/"),
            ("/ab{2}", "/abb", "/abb"),
            ("/a|/b", "/", "/"),
            ("/a|/ab", "/a", "/a"),
            (r"/a\.b.*", "/a.b", "/a.b"),
            ("/a.b", "/a", "/a"),
            ("caf\u{e9}", "caf", "caf"),
            ("", "", ""),
            ("[a&&b]", "", ""),
        ] {
            assert_eq!(expression(text).literal_head(false), head, "{text}");
            assert_eq!(expression(text).literal_head(true), folded, "{text}");
        }
    }

    #[test]
    fn disjoint_expressions_share_no_value() {
        let path = expression("/[a-z/]*");
        for (text, is_disjoint) in [("admin", true), (r"/a\?x", true), (".*in", false), ("/+", false)] {
            assert_eq!(path.is_disjoint(&expression(text)), is_disjoint, "{text}");
            assert_eq!(expression(text).is_disjoint(&path), is_disjoint, "{text}");
        }
    }

    #[test]
    fn a_subset_has_no_value_of_its_own() {
        for (one, other, is_subset) in [
            ("/a/b", "/a(/.*)?", true),
            ("/a(/.*)?", "/a/b", false),
            ("[a&&b]", "c", true),
            (".*a", ".*", true),
            ("(?s).*", ".*", false),
        ] {
            assert_eq!(expression(one).is_subset(&expression(other)), is_subset, "{one} {other}");
        }
    }

    #[test]
    fn a_subset_among_values_may_have_others_of_its_own() {
        let (line, any) = (expression(".*"), expression("(?s).*"));
        assert!(any.is_subset_among(&line, &expression("[a-z]*")));
        assert!(!any.is_subset_among(&line, &expression("[a-z\\n]*")));
    }

    #[test]
    fn a_common_value_is_short_and_easy_to_read() {
        let value = |one: &str, other: &str| expression(one).common_value(&expression(other));
        assert_eq!(value("/.*[.]php", "/[A-Za-z0-9]+[.][a-z]+"), Some(b"/a.php".to_vec()));
        assert_eq!(value("(?s).*", ""), Some(Vec::new()));
        assert_eq!(value("a", "b"), None);
    }

    #[test]
    fn a_comparison_that_would_take_too_long_is_not_certain() {
        let (one, other) = (expression("(?s).*[ab].{11}"), expression("(?s).*[abc].{11}"));
        assert!(!one.is_subset(&other));
    }
}

//! A match on a header.

use super::{Condition, HeaderName, Sense};
use crate::document::{Checked, Code, FieldPath, Problems};
use crate::http::{Headers, list_items, trim_blanks};

document! {
    /// A match on a header: `name`, and one condition. Each header line is a value.
    ///
    /// A header that is absent has no value: it matches `present: false` and nothing else.
    #[derive(PartialEq, Eq)]
    pub struct HeaderMatch: Checked {
        /// The header.
        "name" name: HeaderName,
        /// The condition on its values.
        condition: Condition,
        /// How many of the values must match.
        "values" values: Values = Values::default(),
    }
}

choice! {
    /// How many of the values must match.
    #[derive(Default)]
    pub enum Values {
        /// At least one.
        #[default]
        Any = "any",
        /// Every one, and there is at least one.
        All = "all",
    }
}

/// What servers write between lines that they join: WSGI writes a comma, Node, Rack and PHP write a blank too, and Node writes a
/// semicolon between cookies.
const JOINED_BY: [&[u8]; 3] = [b",", b", ", b"; "];

impl Checked for HeaderMatch {
    fn check(&self, path: &FieldPath<'_>, problems: &mut Problems) {
        let Condition::Value(matcher) = &self.condition else { return };
        if matcher.excludes_all_header_values() {
            let help = "remove blanks at the start and the end, and control characters: values are compared without them";
            problems.add(Code::HEADER_VALUE, path, "no header value matches this pattern", help);
        }
    }
}

impl HeaderMatch {
    /// Returns true if the headers match in this sense. A match that restricts is also tried on several lines as one, and on each
    /// item of a list in one line (RFC 9110, section 5.3); with `regex` not on items: an expression such as `[^a].*` would match a
    /// part of a date.
    pub fn matches(&self, headers: &Headers<'_>, sense: Sense) -> bool {
        let values: Vec<_> = headers.values(self.name.as_str()).collect();
        match sense {
            Sense::Restrict => self.holds_once(&values, !self.condition.is_regex()),
            Sense::Grant => self.holds(&values, sense),
        }
    }

    /// Returns true if the headers match in each way in which servers read them. With `spellings`, a server may read every
    /// spelling of the name as the header.
    pub fn matches_always(&self, headers: &Headers<'_>, spellings: bool) -> bool {
        self.read(headers, spellings).all(|values| self.holds(&values, Sense::Grant))
    }

    /// Returns true if the headers match in one of the ways in which servers read them. With `spellings`, a server may read
    /// every spelling of the name as the header.
    pub fn matches_once(&self, headers: &Headers<'_>, spellings: bool) -> bool {
        self.read(headers, spellings).any(|values| self.holds_once(&values, true))
    }

    /// Returns the values of the name, and, with `spellings`, those of every spelling of it, if there are more.
    fn read<'h>(&'h self, headers: &'h Headers<'_>, spellings: bool) -> impl Iterator<Item = Vec<&'h [u8]>> {
        let name = self.name.as_str();
        let values: Vec<_> = headers.values(name).collect();
        let spelled = spellings.then(|| headers.spelled_values(name).collect::<Vec<_>>());
        let others = spelled.filter(|spelled| spelled.len() > values.len());
        std::iter::once(values).chain(others)
    }

    /// Returns true if the condition holds for the values as lines, as the one line that many servers join them to, or without the
    /// blanks that some servers remove; with `as_lists`, also for the items of their lists.
    fn holds_once(&self, values: &[&[u8]], as_lists: bool) -> bool {
        let holds = |values: Vec<&[u8]>| self.holds(&values, Sense::Restrict);
        let is_padded = |value: &&[u8]| trim_blanks(value).len() < value.len();
        let is_list = |value: &&[u8]| as_lists && value.contains(&b',');
        self.holds(values, Sense::Restrict)
            || values.iter().any(is_padded) && holds(values.iter().map(|value| trim_blanks(value)).collect())
            || values.len() > 1 && JOINED_BY.iter().any(|by| holds(vec![trim_blanks(&values.join(*by))]))
            || values.iter().any(is_list)
                && holds(values.iter().flat_map(|value| list_items(value)).collect())
    }

    fn holds(&self, values: &[&[u8]], sense: Sense) -> bool {
        match &self.condition {
            Condition::Present(present) => values.is_empty() != *present,
            Condition::Value(matcher) => match self.values {
                Values::Any => values.iter().any(|value| matcher.matches_in(value, sense)),
                Values::All => {
                    !values.is_empty() && values.iter().all(|value| matcher.matches_in(value, sense))
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::HeaderMatch;
    use crate::document::read;
    use crate::http::Headers;
    use crate::test;
    use crate::vocabulary::Sense;

    fn matches(document: &str, lines: &[(&str, &str)]) -> bool {
        let lines = lines.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
        read::<HeaderMatch>(document.as_bytes()).unwrap().matches(&Headers::new(lines), Sense::Grant)
    }

    #[test]
    fn each_line_is_a_value() {
        let lines = [("x-role", "user"), ("X-Role", " admin\t"), ("other", "admin")];
        assert!(matches(r#"{"name": "X-Role", "exact": "admin"}"#, &lines));
        assert!(!matches(r#"{"name": "x-role", "exact": "admin", "values": "all"}"#, &lines));
        assert!(matches(r#"{"name": "x-role", "regex": "user|admin", "values": "all"}"#, &lines));
        assert!(!matches(r#"{"name": "x-role", "exact": "user,admin"}"#, &lines));
    }

    #[test]
    fn a_match_that_restricts_also_counts_items_except_with_an_expression() {
        // Whether it matches in the senses of grants and of restrictions, and as an entry of `forbid`.
        let table = [
            (r#"{"name": "x-role", "exact": "admin"}"#, "user, admin", (false, true, true)),
            (r#"{"name": "x-role", "regex": "[^u].*"}"#, "user, admin", (false, false, true)),
            (r#"{"name": "x-role", "exact": "admin", "values": "all"}"#, "admin, admin", (false, true, true)),
            (
                r#"{"name": "x-role", "exact": "admin", "values": "all"}"#,
                "user, admin",
                (false, false, false),
            ),
            (r#"{"name": "content-type", "exact": "b"}"#, "a, b", (true, true, true)),
            (r#"{"name": "content-type", "exact": "b"}"#, "\"a\", b", (false, true, true)),
        ];
        for (document, value, expected) in table {
            let matcher: HeaderMatch = read(document.as_bytes()).unwrap();
            let headers = Headers::new(
                [("x-role", value), ("content-type", value)]
                    .map(|(name, value)| (name.as_bytes(), value.as_bytes())),
            );
            let [grants, restricts] =
                [Sense::Grant, Sense::Restrict].map(|sense| matcher.matches(&headers, sense));
            let found = (grants, restricts, matcher.matches_once(&headers, false));
            assert_eq!(found, expected, "{document} {value}");
        }
    }

    #[test]
    fn another_reading_of_the_headers_matches_once() {
        let once = |document: &str, lines: &[(&str, &str)]| {
            let lines = lines.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
            let (matcher, headers) = (read::<HeaderMatch>(document.as_bytes()).unwrap(), Headers::new(lines));
            [false, true].map(|spellings| {
                (matcher.matches_once(&headers, spellings), matcher.matches_always(&headers, spellings))
            })
        };
        let (neither, both) = ((false, false), (true, true));
        let (admin, all) = (
            r#"{"name": "x-role", "exact": "admin"}"#,
            r#"{"name": "x-role", "exact": "admin", "values": "all"}"#,
        );
        let absent = r#"{"name": "x-role", "present": false}"#;
        type Row<'l> = (&'l str, &'l [(&'l str, &'l str)], [(bool, bool); 2]);
        let table: [Row<'_>; 9] = [
            (admin, &[("x-role", "admin")], [both, both]),
            (admin, &[("x-role", "user, admin")], [(true, false), (true, false)]),
            (admin, &[("x-role", "user,administrator")], [neither, neither]),
            (admin, &[("x_role", "admin")], [neither, (true, false)]),
            (admin, &[("X.Role", "user,admin")], [neither, (true, false)]),
            (all, &[("x-role", "admin, admin")], [(true, false), (true, false)]),
            (all, &[("x-role", "admin"), ("x_role", "user")], [both, (true, false)]),
            (absent, &[("x_role", "admin")], [both, (true, false)]),
            (absent, &[], [both, both]),
        ];
        for (document, lines, expected) in table {
            assert_eq!(once(document, lines), expected, "{document} {lines:?}");
        }
    }

    #[test]
    fn an_absent_header_differs_from_an_empty_one() {
        assert!(matches(r#"{"name": "x", "present": false}"#, &[]));
        assert!(!matches(r#"{"name": "x", "present": false}"#, &[("x", "")]));
        assert!(matches(r#"{"name": "x", "exact": ""}"#, &[("x", "")]));
        assert!(!matches(r#"{"name": "x", "exact": ""}"#, &[]));
        assert!(!matches(r#"{"name": "x", "prefix": "", "values": "all"}"#, &[]));
    }

    #[test]
    fn a_pattern_that_no_value_matches_is_rejected() {
        for pattern in [
            r#""exact": " admin""#,
            r#""exact": "admin\t""#,
            r#""exact": "a\nb""#,
            r#""prefix": " a""#,
            r#""suffix": "a ""#,
            r#""contains": "a\r\nb""#,
            r#""regex": " admin ""#,
            r#""regex": ".*\\n""#,
        ] {
            let problems =
                read::<HeaderMatch>(format!(r#"{{"name": "x", {pattern}}}"#).as_bytes()).unwrap_err();
            assert!(problems[0].to_string().contains("no header value matches this pattern"), "{pattern}");
        }
        for pattern in [
            r#""exact": """#,
            r#""exact": "a b""#,
            r#""prefix": "Bearer ""#,
            r#""suffix": " b""#,
            r#""contains": " ""#,
            r#""regex": " ?a ?""#,
            r#""regex": "caf\u00e9""#,
        ] {
            assert!(
                read::<HeaderMatch>(format!(r#"{{"name": "x", {pattern}}}"#).as_bytes()).is_ok(),
                "{pattern}"
            );
        }
    }
}

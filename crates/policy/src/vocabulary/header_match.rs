//! A match on a header.

use super::{Condition, HeaderName, Sense};
use crate::document::{Checked, Code, FieldPath, Problems};
use crate::http::Headers;

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
    /// Returns the number of expressions that are matched.
    pub(crate) fn passes(&self) -> usize {
        self.condition.passes()
    }

    /// Returns true if the headers match in this sense.
    pub fn matches(&self, headers: &Headers<'_>, sense: Sense) -> bool {
        let mut values = headers.values(self.name.as_str());
        match &self.condition {
            Condition::Present(present) => values.next().is_some() == *present,
            Condition::Value(matcher) => match self.values {
                Values::Any => values.any(|value| matcher.matches_in(value, sense)),
                Values::All => {
                    let mut has_value = false;
                    values.all(|value| {
                        has_value = true;
                        matcher.matches_in(value, sense)
                    }) && has_value
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

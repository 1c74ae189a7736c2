//! A match on a query parameter.

use super::Condition;
use crate::http::query_parameters;

document! {
    /// A match on a query parameter: `name`, and one condition; both are compared decoded.
    ///
    /// The query is `application/x-www-form-urlencoded` (WHATWG URL, section 5.1). One of several values must match.
    #[derive(PartialEq, Eq)]
    pub struct QueryMatch {
        /// The parameter.
        "name" name: String,
        /// The condition on its values.
        condition: Condition,
    }
}

impl QueryMatch {
    /// Returns true if the query matches. An absent query is empty.
    pub fn matches(&self, query: Option<&[u8]>) -> bool {
        let mut values = query_parameters(query.unwrap_or_default())
            .filter_map(|(name, value)| (*name == *self.name.as_bytes()).then_some(value));
        match &self.condition {
            Condition::Present(present) => values.next().is_some() == *present,
            Condition::Value(matcher) => values.any(|value| matcher.matches(&value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::QueryMatch;
    use crate::document::read;
    use crate::test;

    #[test]
    fn names_and_values_are_compared_decoded() {
        let debug: QueryMatch = read(br#"{"name": "debug mode", "exact": "on/1"}"#).unwrap();
        for query in ["debug+mode=on/1", "a=1&debug%20mode=on%2F1", "debug mode=x&debug%20mod%65=on/1"] {
            assert!(debug.matches(Some(query.as_bytes())), "{query}");
        }
        for query in ["", "debug", "debug%20mode=", "Debug+mode=on/1", "x=debug+mode=on/1"] {
            assert!(!debug.matches(Some(query.as_bytes())), "{query}");
        }
    }

    #[test]
    fn a_parameter_without_a_value_is_present() {
        let absent: QueryMatch = read(br#"{"name": "debug", "present": false}"#).unwrap();
        assert!(absent.matches(None));
        assert!(!absent.matches(Some(b"a&debug")));
    }
}

//! A match on a query parameter.

use super::{Condition, Sense};
use crate::document::{Definitions, Document, Node, Problems, Schema};
use crate::http::{Query, parameter_key};

document! {
    /// A match on a query parameter: `name`, and one condition; both are compared decoded.
    ///
    /// The query is `application/x-www-form-urlencoded` (WHATWG URL, section 5.1). One of several values must match.
    #[derive(PartialEq, Eq)]
    pub struct QueryMatch {
        /// The parameter.
        "name" name: ParameterName,
        /// The condition on its values.
        condition: Condition,
    }
}

/// The name of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterName {
    name: String,
    key: Vec<u8>,
}

impl ParameterName {
    pub(crate) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), key: parameter_key(name.as_bytes()).into_owned() }
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// Returns the same text for all names that some server treats as one.
    pub(crate) fn key(&self) -> &[u8] {
        &self.key
    }
}

impl Document for ParameterName {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        String::read(node, problems).map(|name| Self::new(&name))
    }

    fn describe(definitions: &mut Definitions) -> Schema {
        String::describe(definitions)
    }
}

impl QueryMatch {
    /// Returns true if the query matches in this sense. A match that restricts counts every parameter that some server reads
    /// under this name.
    pub fn matches(&self, query: &Query<'_>, sense: Sense) -> bool {
        let matches = |matcher: &super::StringMatch| match sense {
            Sense::Grant => query.values(self.name.name.as_bytes()).any(|value| matcher.matches(value)),
            Sense::Restrict => {
                query.possible_values(&self.name.key).any(|value| matcher.matches_in(value, sense))
            }
        };
        let is_present = |sense| match sense {
            Sense::Grant => query.values(self.name.name.as_bytes()).next().is_some(),
            Sense::Restrict => query.possible_values(&self.name.key).next().is_some(),
        };
        match &self.condition {
            Condition::Present(true) => is_present(sense),
            // A match on an absent parameter is the opposite of one on a present parameter.
            Condition::Present(false) => !is_present(sense.opposite()),
            Condition::Value(matcher) => matches(matcher),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::QueryMatch;
    use crate::document::read;
    use crate::http::Query;
    use crate::test;
    use crate::vocabulary::Sense;

    fn matches(matcher: &QueryMatch, query: &str, sense: Sense) -> bool {
        matcher.matches(&Query::new(Some(query.as_bytes()), b""), sense)
    }

    #[test]
    fn names_and_values_are_compared_decoded() {
        let debug: QueryMatch = read(br#"{"name": "debug mode", "exact": "on/1"}"#).unwrap();
        for query in ["debug+mode=on/1", "a=1&debug%20mode=on%2F1", "debug mode=x&debug%20mod%65=on/1"] {
            assert!(matches(&debug, query, Sense::Grant), "{query}");
            assert!(matches(&debug, query, Sense::Restrict), "{query}");
        }
        for query in ["", "debug", "debug%20mode=", "x=debug+mode=on/1"] {
            assert!(!matches(&debug, query, Sense::Grant), "{query}");
            assert!(!matches(&debug, query, Sense::Restrict), "{query}");
        }
    }

    #[test]
    fn a_match_that_restricts_counts_each_way_to_cut_a_query() {
        let debug: QueryMatch = read(br#"{"name": "debug", "exact": "on"}"#).unwrap();
        for query in [
            "a=1;debug=on",
            "debug=on;a=1",
            "+debug=on",
            "%20+debug=on",
            "debug%00x=on",
            "debug[]=on",
            "debug[a][b]=on",
            "%5Bdebug%5D=on",
            "[debug=on",
            "debug]=on",
            "DeBug=on",
            "+%44ebug%5b%00=on",
        ] {
            assert!(!matches(&debug, query, Sense::Grant), "{query}");
            assert!(matches(&debug, query, Sense::Restrict), "{query}");
        }
        for query in ["debugs=on", "x[debug]=on", "debug.x=on", "debug=o;n", "x=debug=on", "adebug=on"] {
            assert!(!matches(&debug, query, Sense::Restrict), "{query}");
        }
    }

    #[test]
    fn names_that_differ_for_one_server_are_the_same_for_another() {
        for (name, query, expected) in [
            ("a.b", "a_b=1", true),
            ("a_b", "a.b=1", true),
            ("a b", "a%20b=1", true),
            ("a_b", "a[b=1", true),
            ("a[b]", "a[b]=1", true),
            ("a[b]", "a[b]x=1", true),
            ("a[b]", "a[b][c]=1", true),
            ("a[b]", "A[B]=1", true),
            ("a[b]", "a[c]=1", false),
            ("a[b]", "a=1", false),
            ("ids[]", "ids[]=1", true),
            ("a[b]", "[a][b]=1", true),
            ("a[b]", "a]b=1", true),
            ("a[b]", "a]b]=1", true),
            ("a[b]", "a][b]=1", true),
            ("a[b]", "a[[b]=1", true),
            ("a[b]", "a[b=1", true),
            ("a[b]", "a[bc]=1", false),
            ("a[b]", "[a]=1", false),
            ("ids[]", "ids[0]=1", true),
            ("ids[]", "ids=1", true),
        ] {
            let matcher: QueryMatch =
                read(format!(r#"{{"name": "{name}", "present": true}}"#).as_bytes()).unwrap();
            assert_eq!(matches(&matcher, query, Sense::Restrict), expected, "{name} {query}");
        }
    }

    #[test]
    fn a_parameter_without_a_value_is_present() {
        let absent: QueryMatch = read(br#"{"name": "debug", "present": false}"#).unwrap();
        assert!(absent.matches(&Query::new(None, b""), Sense::Grant));
        assert!(!matches(&absent, "a&debug", Sense::Grant));
        // An allow rule for requests without `debug` does not allow what some server reads as `debug`.
        assert!(!matches(&absent, "a;debug", Sense::Grant));
        assert!(matches(&absent, "a;debug", Sense::Restrict));
    }
}

//! A match on a claim.

use super::StringMatch;
use crate::document::{Code, Document, Fields, Node, Problems};
use serde_json::{Map, Value};

/// A match on a claim: `claim`, and one condition.
///
/// Of a claim that is a list any item may hold; a claim that is absent holds nothing but `present: false`.
#[derive(Debug, Clone)]
pub struct ClaimMatch {
    claim: ClaimPath,
    condition: Condition,
}

/// The names from the top of the claims down: `realm_access.roles`, or a list where names hold dots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimPath(Vec<String>);

#[derive(Debug, Clone)]
enum Condition {
    Present(bool),
    Equals(Value),
    OneOf(Vec<String>),
    Range { min: Option<f64>, max: Option<f64> },
    Text(StringMatch),
}

impl ClaimPath {
    /// The claim of this name, if it is there.
    pub fn find<'c>(&self, claims: &'c Map<String, Value>) -> Option<&'c Value> {
        let (first, rest) = self.0.split_first()?;
        rest.iter().try_fold(claims.get(first)?, |value, name| value.as_object()?.get(name))
    }
}

impl Document for ClaimPath {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let names = match node.value {
            Value::String(text) => text.split('.').map(str::to_owned).collect(),
            _ => Vec::<String>::read(node, problems)?,
        };
        if names.is_empty() || names.iter().any(String::is_empty) {
            let help = "write `a.b`, or a list of names where they hold dots";
            node.problem(problems, Code::CLAIM, "a name in the path of a claim is empty", help);
            return None;
        }
        Some(Self(names))
    }
}

impl ClaimMatch {
    const CONDITIONS: [&str; 11] = [
        "present",
        "equals",
        "oneOf",
        "min",
        "max",
        "exact",
        "prefix",
        "suffix",
        "contains",
        "regex",
        "ignoreCase",
    ];

    /// Whether the claims match.
    pub fn matches(&self, claims: &Map<String, Value>) -> bool {
        let found = self.claim.find(claims);
        match (&self.condition, found) {
            (Condition::Present(present), found) => found.is_some() == *present,
            (_, None) => false,
            (condition, Some(Value::Array(items))) => items.iter().any(|item| condition.holds(item)),
            (condition, Some(value)) => condition.holds(value),
        }
    }
}

impl Condition {
    fn holds(&self, value: &Value) -> bool {
        match self {
            Self::Present(present) => *present,
            Self::Equals(Value::Bool(expected)) => value.as_bool() == Some(*expected),
            Self::Equals(expected) => exact(expected).is_some_and(|number| exact(value) == Some(number)),
            Self::OneOf(texts) => value.as_str().is_some_and(|text| texts.iter().any(|other| other == text)),
            Self::Range { min, max } => exact(value).is_some_and(|number| {
                min.is_none_or(|min| number >= min) && max.is_none_or(|max| number <= max)
            }),
            Self::Text(matcher) => value.as_str().is_some_and(|text| matcher.matches(text.as_bytes())),
        }
    }

    fn from_fields(fields: &Fields<'_>, problems: &mut Problems) -> Option<Self> {
        const OTHERS: [&str; 4] = ["present", "equals", "oneOf", "min"];
        let range = fields.has("min") || fields.has("max");
        let texts = ["exact", "prefix", "suffix", "contains", "regex"].iter().any(|kind| fields.has(kind));
        let there = OTHERS.iter().take(3).filter(|name| fields.has(name)).count()
            + usize::from(range)
            + usize::from(texts);
        if there > 1 || (!texts && fields.has("ignoreCase")) {
            problems.add(Code::TWO_MATCHES, fields.path, "more than one condition", "keep one of them");
            return None;
        }
        if fields.has("present") {
            return fields.required("present", problems).map(Self::Present);
        }
        if fields.has("equals") {
            return fields.required::<Scalar>("equals", problems).map(|scalar| Self::Equals(scalar.0));
        }
        if fields.has("oneOf") {
            return fields.required("oneOf", problems).map(Self::OneOf);
        }
        if range {
            let min = fields.optional::<Number>("min", problems);
            let max = fields.optional::<Number>("max", problems);
            return Some(Self::Range { min: min?.map(|min| min.0), max: max?.map(|max| max.0) });
        }
        StringMatch::from_fields(fields, problems).map(Self::Text)
    }
}

impl Document for ClaimMatch {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let known = [&["claim"], &Self::CONDITIONS[..]].concat();
        let fields = Fields::of(node, &known, problems)?;
        let claim = fields.required("claim", problems);
        let condition = Condition::from_fields(&fields, problems);
        Some(Self { claim: claim?, condition: condition? })
    }
}

/// A number, where a double holds it and its neighbours: beyond, two numbers would be one.
fn exact(value: &Value) -> Option<f64> {
    const MAX: f64 = 9_007_199_254_740_991.0;
    value.as_f64().filter(|number| (-MAX..=MAX).contains(number))
}

const NOT_EXACT: &str = "a number up to 2^53; larger ones are not told apart: let the issuer write a string";

/// A boolean or a number.
struct Scalar(Value);

impl Document for Scalar {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        match node.value {
            Value::Number(_) if exact(node.value).is_none() => node.unexpected(problems, NOT_EXACT),
            Value::Bool(_) | Value::Number(_) => Some(Self(node.value.clone())),
            _ => node.unexpected(problems, "a boolean or a number; a string is compared by `exact`"),
        }
    }
}

struct Number(f64);

impl Document for Number {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        match exact(node.value) {
            None if node.value.is_number() => node.unexpected(problems, NOT_EXACT),
            None => node.unexpected(problems, "a number"),
            Some(number) => Some(Self(number)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ClaimMatch;
    use crate::document::read;
    use crate::test;
    use serde_json::{Value, json};

    #[test]
    fn a_claim_is_found_by_its_path_and_a_list_by_any_item() {
        let claims = json!({"sub": "a", "admin": true, "level": 3,
            "id": 9_007_199_254_740_992_u64, "realm_access": {"roles": ["user", "operator"]},
            "https://example.com/tenant": "b", "none": null});
        let Value::Object(claims) = claims else { unreachable!() };
        let table = [
            (r#"{"claim": "sub", "exact": "a"}"#, true),
            (r#"{"claim": "sub", "exact": "A", "ignoreCase": true}"#, true),
            (r#"{"claim": "realm_access.roles", "exact": "operator"}"#, true),
            (r#"{"claim": "realm_access.roles", "exact": "admin"}"#, false),
            (r#"{"claim": ["https://example.com/tenant"], "oneOf": ["a", "b"]}"#, true),
            (r#"{"claim": "admin", "equals": true}"#, true),
            (r#"{"claim": "admin", "exact": "true"}"#, false),
            (r#"{"claim": "level", "equals": 3.0}"#, true),
            (r#"{"claim": "id", "equals": 9007199254740991}"#, false),
            (r#"{"claim": "id", "min": 1}"#, false),
            (r#"{"claim": "level", "min": 3, "max": 3}"#, true),
            (r#"{"claim": "level", "min": 4}"#, false),
            (r#"{"claim": "sub", "min": 0}"#, false),
            (r#"{"claim": "gone", "present": false}"#, true),
            (r#"{"claim": "none", "present": true}"#, true),
            (r#"{"claim": "sub.x", "present": true}"#, false),
            (r#"{"claim": "gone", "regex": ".*"}"#, false),
        ];
        for (document, expected) in table {
            assert_eq!(
                read::<ClaimMatch>(document.as_bytes()).unwrap().matches(&claims),
                expected,
                "{document}"
            );
        }
    }

    #[test]
    fn what_is_no_match_is_refused() {
        for document in [
            r#"{"claim": "a"}"#,
            r#"{"claim": "a..b", "exact": "x"}"#,
            r#"{"claim": [], "exact": "x"}"#,
            r#"{"claim": "a", "exact": "x", "oneOf": ["y"]}"#,
            r#"{"claim": "a", "equals": "x"}"#,
            r#"{"claim": "a", "equals": 9007199254740992}"#,
            r#"{"claim": "a", "max": 1e300}"#,
            r#"{"claim": "a", "min": 1, "present": true}"#,
        ] {
            assert!(read::<ClaimMatch>(document.as_bytes()).is_err(), "{document}");
        }
    }
}

//! A match on a claim.

use super::StringMatch;
use super::string_match::{KINDS, describe_kinds};
use crate::document::{Code, Definitions, Document, FieldGroup, Fields, Node, Problems, Schema, concat};
use serde_json::{Map, Value};

document! {
    /// A match on a claim: `claim`, and one condition.
    ///
    /// In a claim that is a list one item must match. A claim that is absent matches `present: false` and nothing else.
    pub struct ClaimMatch {
        /// The claim.
        "claim" claim: ClaimPath,
        /// The condition on its value.
        condition: ClaimCondition,
    }
}

/// The names from the top of the claims down: `realm_access.roles`, or a list if a name contains dots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimPath(Vec<String>);

/// A condition on a claim.
#[derive(Debug, Clone)]
pub enum ClaimCondition {
    Present(bool),
    Equals(Value),
    OneOf(Vec<String>),
    Range { min: Option<f64>, max: Option<f64> },
    Text(StringMatch),
}

impl ClaimPath {
    /// Finds the claim.
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
            let help = "write `a.b`, or a list of names if a name contains dots";
            return problems.invalid(Code::CLAIM, node.path, "empty name in a claim path", help);
        }
        Some(Self(names))
    }

    fn describe(definitions: &mut Definitions) -> Schema {
        definitions.define(module_path!(), stringify!(ClaimPath), |_| {
            let about =
                "The names from the top of the claims down: `realm_access.roles`, or a list if a name contains dots.";
            let names = Schema::list(Schema::of_type("string")).with("minItems", 1);
            Schema::either([Schema::of_type("string").with("pattern", "^[^.]+([.][^.]+)*$"), names]).about(about)
        })
    }
}

impl ClaimMatch {
    /// Returns true if the claims match.
    pub fn matches(&self, claims: &Map<String, Value>) -> bool {
        match (&self.condition, self.claim.find(claims)) {
            (ClaimCondition::Present(present), found) => found.is_some() == *present,
            (_, None) => false,
            (condition, Some(Value::Array(items))) => items.iter().any(|item| condition.matches(item)),
            (condition, Some(value)) => condition.matches(value),
        }
    }
}

impl ClaimCondition {
    fn matches(&self, value: &Value) -> bool {
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
}

impl FieldGroup for ClaimCondition {
    const FIELDS: &'static [&'static str] =
        &concat::<11>(&[&["present", "equals", "oneOf", "min", "max"], StringMatch::FIELDS]);

    fn from_fields(fields: &Fields<'_>, problems: &mut Problems) -> Option<Self> {
        let is_range = fields.has("min") || fields.has("max");
        let is_text = KINDS.iter().any(|kind| fields.has(kind));
        let others = ["present", "equals", "oneOf"].iter().filter(|name| fields.has(name)).count();
        if others + usize::from(is_range) + usize::from(is_text) > 1 || (!is_text && fields.has("ignoreCase"))
        {
            return problems.invalid(
                Code::TWO_MATCHES,
                fields.path,
                "more than one condition",
                "keep one of them",
            );
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
        if is_range {
            let (min, max) = (fields.optional("min", problems), fields.optional("max", problems));
            return Some(Self::Range { min: min?, max: max? });
        }
        StringMatch::from_fields(fields, problems).map(Self::Text)
    }

    fn describe_fields(schema: Schema, definitions: &mut Definitions) -> Schema {
        let scalar = Scalar::describe(definitions);
        let words = Schema::list(Schema::of_type("string"));
        describe_kinds(schema, "value")
            .field("present", Schema::of_type("boolean").about("Whether there is a value."))
            .field("equals", scalar.about("A boolean or a number; a string is compared by `exact`."))
            .field("oneOf", words.about("One of these strings."))
            .field("min", Schema::of_type("number").about("A number that is at least this."))
            .field("max", Schema::of_type("number").about("A number that is at most this."))
            .one_of_kinds(&[&KINDS[..], &["present", "equals", "oneOf"]].concat(), &["min", "max"])
    }
}

/// Returns the number if its magnitude is below 2^53, where integers are distinct as doubles; otherwise `None`.
fn exact(value: &Value) -> Option<f64> {
    const MAX: f64 = 9_007_199_254_740_991.0;
    value.as_f64().filter(|number| (-MAX..=MAX).contains(number))
}

const NOT_EXACT: &str = "a number below 2^53; larger ones lose precision: let the issuer write a string";

/// A boolean or a number.
struct Scalar(Value);

impl Document for Scalar {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        match node.value {
            Value::Number(_) if exact(node.value).is_none() => node.unexpected(problems, NOT_EXACT),
            Value::Bool(_) | Value::Number(_) => Some(Self(node.value.clone())),
            _ => node.unexpected(problems, "a boolean or a number; compare a string with `exact`"),
        }
    }

    fn describe(_: &mut Definitions) -> Schema {
        Schema::either([Schema::of_type("boolean"), Schema::of_type("number")])
    }
}

impl Document for f64 {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let expected = if node.value.is_number() { NOT_EXACT } else { "a number" };
        exact(node.value).or_else(|| node.unexpected(problems, expected))
    }

    fn describe(_: &mut Definitions) -> Schema {
        Schema::of_type("number")
    }
}

#[cfg(test)]
mod tests {
    use super::ClaimMatch;
    use crate::document::read;
    use crate::test;
    use serde_json::{Value, json};

    #[test]
    fn a_claim_is_found_by_path_and_a_list_matches_by_item() {
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
    fn invalid_matches_are_rejected() {
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

//! A condition on the value of a header or a query parameter.

use super::StringMatch;
use super::string_match::{KINDS, describe_kinds};
use crate::document::{Code, Definitions, FieldGroup, Fields, Problems, Schema, concat};

/// A condition on a value, or on its presence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Whether there is a value.
    Present(bool),
    /// A match on the value.
    Value(StringMatch),
}

impl Condition {
    /// Returns true for a regular expression.
    pub(super) fn is_regex(&self) -> bool {
        matches!(self, Self::Value(matcher) if matcher.is_regex())
    }

    /// Returns true if the condition ignores case.
    pub(crate) fn folds(&self) -> bool {
        matches!(self, Self::Value(matcher) if matcher.folds())
    }

    /// Returns the number of expressions that are matched.
    pub(crate) fn passes(&self) -> usize {
        match self {
            Self::Present(_) => 0,
            Self::Value(matcher) => matcher.passes(),
        }
    }
}

const CONDITIONS: [&str; 6] = ["exact", "prefix", "suffix", "contains", "regex", "present"];

impl FieldGroup for Condition {
    const FIELDS: &'static [&'static str] = &concat::<7>(&[StringMatch::FIELDS, &["present"]]);

    fn from_fields(fields: &Fields<'_>, problems: &mut Problems) -> Option<Self> {
        if !fields.has("present") && KINDS.iter().any(|kind| fields.has(kind)) {
            return StringMatch::from_fields(fields, problems).map(Self::Value);
        }
        fields.only_one(&CONDITIONS, [Code::NO_MATCH, Code::TWO_MATCHES], problems)?;
        if let Some(other) = ["ignoreCase", "values"].into_iter().find(|other| fields.has(other)) {
            let message = format!("both `present` and `{other}`");
            return problems.invalid(Code::TWO_MATCHES, fields.path, message, "keep one of the two");
        }
        fields.required("present", problems).map(Self::Present)
    }

    fn describe_fields(schema: Schema, _: &mut Definitions) -> Schema {
        let present = Schema::of_type("boolean").about("Whether there is a value.");
        describe_kinds(schema, "value").field("present", present).exactly_one(&CONDITIONS)
    }
}

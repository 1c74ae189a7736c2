//! Reading of documents from JSON.

use super::{Code, Definitions, FieldPath, Problems, Schema};
use diagnostics::{did_you_mean, nearest};
use serde_json::{Map, Value};

/// A part of a configuration.
pub trait Document: Sized {
    /// Reads the value, or adds at least one problem and returns `None`.
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self>;

    /// Returns the JSON Schema, which is as strict as the reader. Types with a name are added to the definitions.
    fn describe(definitions: &mut Definitions) -> Schema;

    /// Returns the value as a configuration writes it, for schemas to show it as a default.
    fn spelled(&self) -> Option<Value> {
        None
    }
}

/// A JSON value and its place in the document.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    /// The value.
    pub value: &'a Value,
    /// The place of the value.
    pub path: &'a FieldPath<'a>,
}

impl<'a> Node<'a> {
    /// Returns the value as a string.
    pub fn string(&self, problems: &mut Problems) -> Option<&'a str> {
        if self.value.is_boolean() {
            // YAML reads `off`, `on`, `yes` and `no` as booleans.
            let help = "put it in quotes: YAML reads a bare `off`, `on`, `yes` or `no` as a boolean";
            return problems.invalid(Code::WRONG_TYPE, self.path, "found a boolean", help);
        }
        self.value.as_str().or_else(|| self.unexpected(problems, "a string"))
    }

    /// Returns the index of the value in `words`.
    ///
    /// A bare `off` arrives as `false`, because Kubernetes and Envoy read YAML 1.1. It is rejected: a `false` from elsewhere
    /// must not switch a filter off.
    pub fn choice(&self, words: &[&str], problems: &mut Problems) -> Option<usize> {
        let Some(text) = self.value.as_str() else {
            let may_be_off = self.value.is_boolean() && words.contains(&"off");
            let quotes =
                if may_be_off { "; YAML reads a bare `off` as a boolean: put it in quotes" } else { "" };
            return self.unexpected(problems, &format!("one of `{}`{quotes}", words.join("`, `")));
        };
        let found = words.iter().position(|word| *word == text);
        if found.is_none() {
            let message = format!("unknown value `{text}`");
            problems.add(Code::UNKNOWN_VALUE, self.path, message, did_you_mean(text, words.iter().copied()));
        }
        found
    }

    /// Returns the value as a list.
    pub fn list(&self, problems: &mut Problems) -> Option<&'a [Value]> {
        self.value.as_array().map(Vec::as_slice).or_else(|| self.unexpected(problems, "a list"))
    }

    /// Adds a problem: the value has the wrong type.
    pub fn unexpected<T>(&self, problems: &mut Problems, expected: &str) -> Option<T> {
        let found = match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        let or = if self.value.is_null() { ", or omit the field" } else { "" };
        problems.invalid(
            Code::WRONG_TYPE,
            self.path,
            format!("found {found}"),
            format!("write {expected}{or}"),
        )
    }
}

/// The fields of an object.
#[derive(Debug)]
pub struct Fields<'a> {
    map: &'a Map<String, Value>,
    /// The place of the object.
    pub path: &'a FieldPath<'a>,
    unknown: Vec<&'a str>,
}

impl<'a> Fields<'a> {
    /// Returns the fields of an object that may have only the fields `known`.
    pub fn of(node: Node<'a>, known: &[&str], problems: &mut Problems) -> Option<Self> {
        let Some(map) = node.value.as_object() else {
            return node.unexpected(problems, &format!("an object with `{}`", known.join("`, `")));
        };
        let is_unknown = |name: &&str| !known.contains(name);
        let unknown: Vec<&str> = map.keys().map(String::as_str).filter(is_unknown).collect();
        for name in &unknown {
            let path = node.path.field(name);
            let message = format!("unknown field `{name}`");
            problems.add(Code::UNKNOWN_FIELD, &path, message, did_you_mean(name, known.iter().copied()));
        }
        Some(Self { map, path: node.path, unknown })
    }

    /// Returns true if one of these names may be misspelled: an unknown field is near to it.
    pub fn misspell(&self, names: &[&str]) -> bool {
        self.unknown.iter().any(|name| nearest(name, names.iter().copied()).is_some())
    }

    /// Returns true if the field is present.
    pub fn has(&self, name: &str) -> bool {
        self.map.contains_key(name)
    }

    /// Returns the one field of `names` that is present. The codes are those of the problems if there is none, or more than
    /// one. A misspelled one is an unknown field, which is reported already.
    pub fn only_one(
        &self,
        names: &[&'static str],
        [none, several]: [Code; 2],
        problems: &mut Problems,
    ) -> Option<&'static str> {
        let mut present = names.iter().copied().filter(|name| self.has(name));
        let list = || format!("`{}`", names.join("`, `"));
        match (present.next(), present.next()) {
            (Some(name), None) => Some(name),
            (None, _) if self.misspell(names) => None,
            (None, _) => {
                let message = "one of several fields is required";
                problems.invalid(none, self.path, message, format!("add one of {}", list()))
            }
            (Some(first), Some(second)) => {
                let message = format!("both `{first}` and `{second}`");
                problems.invalid(several, self.path, message, format!("keep one of {}", list()))
            }
        }
    }

    /// Reads a required field.
    pub fn required<T: Document>(&self, name: &str, problems: &mut Problems) -> Option<T> {
        if !self.has(name) {
            let message = format!("missing field `{name}`");
            return problems.invalid(Code::MISSING_FIELD, self.path, message, format!("add `{name}`"));
        }
        self.optional(name, problems)?
    }

    /// Reads an optional field: `None` if it is invalid, `Some(None)` if it is absent.
    pub fn optional<T: Document>(&self, name: &str, problems: &mut Problems) -> Option<Option<T>> {
        match self.map.get(name) {
            None => Some(None),
            Some(value) => T::read(Node { value, path: &self.path.field(name) }, problems).map(Some),
        }
    }
}

impl<T: Document> Document for Vec<T> {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let items = node.list(problems)?;
        let read = items.iter().enumerate().map(|(index, value)| {
            let path = node.path.item(index);
            T::read(Node { value, path: &path }, problems)
        });
        // Every item is read before the first invalid one ends the loop: all problems are reported.
        read.collect::<Vec<_>>().into_iter().collect()
    }

    fn describe(definitions: &mut Definitions) -> Schema {
        Schema::list(T::describe(definitions))
    }

    fn spelled(&self) -> Option<Value> {
        self.iter().map(T::spelled).collect::<Option<Vec<_>>>().map(Value::Array)
    }
}

impl<T: Document> Document for Option<T> {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        T::read(node, problems).map(Some)
    }

    fn describe(definitions: &mut Definitions) -> Schema {
        T::describe(definitions)
    }

    fn spelled(&self) -> Option<Value> {
        self.as_ref().and_then(T::spelled)
    }
}

impl Document for String {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        node.string(problems).map(str::to_owned)
    }

    fn describe(_: &mut Definitions) -> Schema {
        Schema::of_type("string")
    }

    fn spelled(&self) -> Option<Value> {
        Some(self.as_str().into())
    }
}

impl Document for bool {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        node.value.as_bool().or_else(|| node.unexpected(problems, "`true` or `false`"))
    }

    fn describe(_: &mut Definitions) -> Schema {
        Schema::of_type("boolean")
    }

    fn spelled(&self) -> Option<Value> {
        Some((*self).into())
    }
}

/// Returns a whole number. A `Struct` of protobuf has it as a double.
fn whole_number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        let number =
            value.as_f64().filter(|n| n.fract() == 0.0 && (0.0..9_007_199_254_740_992.0).contains(n))?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and in range")]
        Some(number as u64)
    })
}

/// Adds a problem: the value is no number, no whole number, or out of range.
fn not_in_range<T>(node: Node<'_>, max: Option<u64>, problems: &mut Problems) -> Option<T> {
    let expected = match max {
        Some(max) => format!("a whole number from 0 to {max}"),
        None => "a whole number that is not negative".to_owned(),
    };
    let Value::Number(number) = node.value else { return node.unexpected(problems, &expected) };
    let is_whole = number.as_f64().is_some_and(|number| number.fract() == 0.0);
    let message = if is_whole { "the number is out of range" } else { "the number is not whole" };
    problems.invalid(Code::WRONG_TYPE, node.path, message, format!("write {expected}"))
}

macro_rules! whole_numbers {
    ($($type:ty, $max:expr;)*) => {$(
        impl Document for $type {
            fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
                let number = whole_number(node.value).and_then(|number| Self::try_from(number).ok());
                number.or_else(|| not_in_range(node, $max, problems))
            }

            fn describe(_: &mut Definitions) -> Schema {
                Schema::whole_number(0, $max)
            }

            fn spelled(&self) -> Option<Value> {
                Some((*self).into())
            }
        }
    )*};
}
whole_numbers! {
    u16, Some(u64::from(Self::MAX));
    usize, None;
}

//! From a JSON value to a document, noting every problem on the way.

use super::{Code, FieldPath, Problems};
use serde_json::{Map, Value};

/// A part of a configuration that is read from JSON.
pub trait Document: Sized {
    /// Reads it, or notes at least one problem and returns nothing.
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self>;
}

/// A JSON value and its place in the document.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    /// The value.
    pub value: &'a Value,
    /// Where it stands.
    pub path: &'a FieldPath<'a>,
}

impl<'a> Node<'a> {
    /// Notes a problem of this value.
    pub fn problem(
        &self,
        problems: &mut Problems,
        code: Code,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        problems.add(code, self.path, message, help);
    }

    /// The value as a string.
    pub fn string(&self, problems: &mut Problems) -> Option<&'a str> {
        if self.value.is_boolean() {
            // YAML made `off`, `on`, `yes` or `no` a boolean on the way here.
            let help = "put it in quotes: YAML reads a bare `off`, `on`, `yes` or `no` as a boolean";
            self.problem(problems, Code::WRONG_TYPE, "found a boolean", help);
            return None;
        }
        self.value.as_str().or_else(|| self.unexpected(problems, "a string"))
    }

    /// Returns the value as one of some words. A bare `off` arrives as `false`: Kubernetes and Envoy read YAML 1.1, in which
    /// it is a boolean.
    pub fn word(&self, words: &[&str], problems: &mut Problems) -> Option<&'a str> {
        match self.value {
            Value::Bool(false) if words.contains(&"off") => Some("off"),
            _ => self.string(problems),
        }
    }

    /// The value as a list.
    pub fn list(&self, problems: &mut Problems) -> Option<&'a [Value]> {
        self.value.as_array().map(Vec::as_slice).or_else(|| self.unexpected(problems, "a list"))
    }

    /// Notes that something else was expected here.
    pub fn unexpected<T>(&self, problems: &mut Problems, expected: &str) -> Option<T> {
        let found = match self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        let or = if self.value.is_null() { ", or leave the field out" } else { "" };
        self.problem(problems, Code::WRONG_TYPE, format!("found {found}"), format!("write {expected}{or}"));
        None
    }
}

/// The fields of an object.
#[derive(Debug)]
pub struct Fields<'a> {
    map: &'a Map<String, Value>,
    /// Where the object stands.
    pub path: &'a FieldPath<'a>,
}

impl<'a> Fields<'a> {
    /// The fields of an object that may have those of `known` and no others.
    pub fn of(node: Node<'a>, known: &[&str], problems: &mut Problems) -> Option<Self> {
        let Some(map) = node.value.as_object() else {
            return node.unexpected(problems, &format!("an object with `{}`", known.join("`, `")));
        };
        for name in map.keys().filter(|name| !known.contains(&name.as_str())) {
            let path = node.path.field(name);
            problems.add(
                Code::UNKNOWN_FIELD,
                &path,
                "this field does not exist here",
                did_you_mean(name, known),
            );
        }
        Some(Self { map, path: node.path })
    }

    /// Whether the field is there.
    pub fn has(&self, name: &str) -> bool {
        self.map.contains_key(name)
    }

    /// A field that must be there.
    pub fn required<T: Document>(&self, name: &str, problems: &mut Problems) -> Option<T> {
        if !self.has(name) {
            problems.add(
                Code::MISSING_FIELD,
                self.path,
                format!("`{name}` is missing"),
                format!("add `{name}`"),
            );
            return None;
        }
        self.optional(name, problems)?
    }

    /// A field that may be left out: nothing where it is wrong, `Some(None)` where it is absent.
    pub fn optional<T: Document>(&self, name: &str, problems: &mut Problems) -> Option<Option<T>> {
        match self.map.get(name) {
            None => Some(None),
            Some(value) => T::read(Node { value, path: &self.path.field(name) }, problems).map(Some),
        }
    }
}

/// "did you mean …", or the list of what there is.
pub(crate) fn did_you_mean(found: &str, known: &[&str]) -> String {
    let nearest = known
        .iter()
        .map(|name| {
            (strsim::damerau_levenshtein(&found.to_ascii_lowercase(), &name.to_ascii_lowercase()), name)
        })
        .min_by_key(|(distance, _)| *distance);
    match nearest {
        Some((distance, name)) if distance <= name.len().max(3) / 3 + 1 => format!("did you mean `{name}`?"),
        _ => format!("there are `{}`", known.join("`, `")),
    }
}

impl<T: Document> Document for Vec<T> {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let items = node.list(problems)?;
        let read = items.iter().enumerate().map(|(index, value)| {
            let path = node.path.item(index);
            T::read(Node { value, path: &path }, problems)
        });
        // Every item is read before the first that failed ends it: all problems are reported.
        read.collect::<Vec<_>>().into_iter().collect()
    }
}

impl<T: Document> Document for Option<T> {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        T::read(node, problems).map(Some)
    }
}

impl Document for String {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        node.string(problems).map(str::to_owned)
    }
}

impl Document for bool {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        node.value.as_bool().or_else(|| node.unexpected(problems, "`true` or `false`"))
    }
}

/// A whole number from 0; a `Struct` of protobuf carries it as a double.
fn whole_number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        let number =
            value.as_f64().filter(|n| n.fract() == 0.0 && (0.0..9_007_199_254_740_992.0).contains(n))?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and in range")]
        Some(number as u64)
    })
}

macro_rules! whole_numbers {
    ($($type:ty),*) => {$(
        impl Document for $type {
            fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
                whole_number(node.value)
                    .and_then(|number| Self::try_from(number).ok())
                    .or_else(|| node.unexpected(problems, &format!("a whole number from 0 to {}", Self::MAX)))
            }
        }
    )*};
}
whole_numbers!(u16, usize);

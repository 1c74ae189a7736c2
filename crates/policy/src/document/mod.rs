//! Strict reading of a configuration, and its JSON Schema.
//!
//! A [`Document`] does not derive `Deserialize`: reading must report every problem with its place, not stop at the first. No
//! code of the schemas is in the modules: they do not call it, and the linker removes it.

#[macro_use]
mod macros;
mod code;
mod definitions;
mod group;
mod problem;
mod protobuf;
mod read;
mod schema;

pub use code::Code;
pub use definitions::Definitions;
pub use group::{Checked, FieldGroup};
pub use problem::{FieldPath, Problem, Problems};
pub use read::{Document, Fields, Node};
pub use schema::Schema;

pub(crate) use group::{concat, define_group, read_group, total};
pub(crate) use problem::invalid;

/// The maximum number of levels of nested lists and objects in a configuration.
const MAX_DEPTH: usize = 100;

/// Reads a document from JSON text, or from a `Struct` of protobuf in its binary form.
///
/// # Errors
/// Returns every problem of the text; an empty text is one.
pub fn read<T: Document>(text: &[u8]) -> Result<T, Vec<Problem>> {
    let mut problems = Problems::default();
    let document = parse(text, &mut problems)
        .and_then(|value| T::read(Node { value: &value, path: &FieldPath::Root }, &mut problems));
    document.filter(|_| problems.is_empty()).ok_or_else(|| problems.into_vec())
}

/// Returns the JSON Schema of a document.
pub fn schema<T: Document>(title: &str) -> serde_json::Value {
    let mut definitions = Definitions::default();
    let root = T::describe(&mut definitions);
    definitions.complete(root, title)
}

fn parse(text: &[u8], problems: &mut Problems) -> Option<serde_json::Value> {
    if text.trim_ascii().is_empty() {
        let message = "the configuration is empty";
        return problems.invalid(Code::EMPTY, &FieldPath::Root, message, "write a policy");
    }
    // JSON first: the first byte of a `Struct` is a line feed, which JSON ignores.
    encoding::json::parse(text, MAX_DEPTH)
        .or_else(|error| protobuf::parse(text).ok_or(error.message))
        .map_err(|message| problems.add(Code::SYNTAX, &FieldPath::Root, message, "write JSON"))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test;

    choice! {
        /// A choice.
        pub enum Colour {
            /// Red.
            Red = "red",
            /// Green.
            Green = "green",
        }
    }

    document! {
        /// A document.
        pub struct Sample {
            /// Required.
            "name" name: String,
            /// Optional.
            "maxCount" max_count: u16 = 7,
            /// Optional list.
            "colours" colours: Vec<Colour> = Vec::new(),
        }
    }

    fn problems(text: &str) -> Vec<String> {
        read::<Sample>(text.as_bytes()).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn absent_fields_have_defaults() {
        let sample = read::<Sample>(br#"{"name": "x", "colours": ["green"]}"#).unwrap();
        assert_eq!((sample.name.as_str(), sample.max_count, sample.colours), ("x", 7, vec![Colour::Green]));
    }

    #[test]
    fn a_struct_of_protobuf_carries_whole_numbers_as_doubles() {
        assert_eq!(read::<Sample>(br#"{"name": "x", "maxCount": 9.0}"#).unwrap().max_count, 9);
    }

    #[test]
    fn every_problem_is_reported_with_its_place_and_fix() {
        assert_eq!(
            problems(r#"{"maxcount": 1, "maxCount": 70000, "colours": ["red", "gren", 3]}"#),
            [
                "unknown_field at maxcount: unknown field `maxcount`; did you mean `maxCount`?",
                "missing_field at the configuration: missing field `name`; add `name`",
                "wrong_type at maxCount: the number is out of range; write a whole number from 0 to 65535",
                "unknown_value at colours[1]: unknown value `gren`; did you mean `green`?",
                "wrong_type at colours[2]: found a number; write one of `red`, `green`",
            ]
        );
    }

    #[test]
    fn a_number_is_whole_and_in_range() {
        let problem = |text: &str| read::<u16>(text.as_bytes()).unwrap_err()[0].message.clone();
        assert_eq!(problem("65536.0"), "the number is out of range");
        assert_eq!(problem("1.5"), "the number is not whole");
        assert_eq!(problem("\"1\""), "found a string");
        let problems = read::<usize>(b"-1").unwrap_err();
        let expected = "wrong_type at the configuration: the number is out of range; write a whole number that is not negative";
        assert_eq!(problems[0].to_string(), expected);
    }

    #[test]
    fn an_empty_configuration_is_rejected() {
        for text in ["", "  \n"] {
            assert_eq!(
                problems(text),
                ["empty at the configuration: the configuration is empty; write a policy"]
            );
        }
        assert_eq!(
            problems("null"),
            [
                "wrong_type at the configuration: found null; write an object with `name`, `maxCount`, `colours`, or omit the field"
            ]
        );
    }

    #[test]
    fn a_duplicate_key_is_rejected() {
        let expected = "syntax at the configuration: duplicate key `name` at line 1 column 18; write JSON";
        assert_eq!(problems(r#"{"name":"x","name":"y"}"#), [expected]);
    }
}

//! Reading a configuration: strict, and with every problem in one go.
//!
//! A [`Document`] is read from JSON by hand rather than by a derived `Deserialize`, because the first error
//! must not end the reading, and because each problem names its place.

#[macro_use]
mod macros;
mod code;
#[cfg(not(target_arch = "wasm32"))]
mod describe;
mod problem;
mod protobuf;
mod read;
#[cfg(not(target_arch = "wasm32"))]
mod schema;

pub use code::Code;
#[cfg(not(target_arch = "wasm32"))]
pub use describe::{Definitions, Describe, schema};
pub use problem::{FieldPath, Problem, Problems};
pub use read::{Document, Fields, Node};
#[cfg(not(target_arch = "wasm32"))]
pub use schema::Schema;

pub(crate) use read::did_you_mean;

/// How many lists and objects may stand in each other in a configuration.
const MAX_DEPTH: usize = 100;

/// Reads a document from JSON text, or from a `Struct` of protobuf in its binary form.
///
/// # Errors
/// Every problem of the text; an empty text is one.
pub fn read<T: Document>(text: &[u8]) -> Result<T, Vec<Problem>> {
    let mut problems = Problems::default();
    let document = read_into(text, &mut problems);
    match document {
        Some(document) if problems.is_empty() => Ok(document),
        _ => Err(problems.into_vec()),
    }
}

fn read_into<T: Document>(text: &[u8], problems: &mut Problems) -> Option<T> {
    let root = FieldPath::Root;
    if text.trim_ascii().is_empty() {
        problems.add(
            Code::EMPTY,
            &root,
            "there is no configuration",
            "no module runs without a policy: write one",
        );
        return None;
    }
    // A `Struct` starts with a byte that JSON reads as an empty line.
    let json = jose::parse_json(text, MAX_DEPTH).map_err(|error| error.message);
    let parsed = json.or_else(|message| protobuf::parse(text).ok_or(message));
    match parsed {
        Ok(value) => T::read(Node { value: &value, path: &root }, problems),
        Err(message) => {
            problems.add(Code::SYNTAX, &root, message, "write JSON");
            None
        }
    }
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
    fn defaults_fill_what_is_left_out() {
        let sample = read::<Sample>(br#"{"name": "x", "colours": ["green"]}"#).unwrap();
        assert_eq!((sample.name.as_str(), sample.max_count, sample.colours), ("x", 7, vec![Colour::Green]));
    }

    #[test]
    fn a_struct_of_protobuf_carries_whole_numbers_as_doubles() {
        assert_eq!(read::<Sample>(br#"{"name": "x", "maxCount": 9.0}"#).unwrap().max_count, 9);
    }

    #[test]
    fn every_problem_is_reported_with_its_place_and_the_fix() {
        assert_eq!(
            problems(r#"{"maxcount": 1, "maxCount": 70000, "colours": ["red", "gren", 3]}"#),
            [
                "unknown_field at maxcount: this field does not exist here; did you mean `maxCount`?",
                "missing_field at the configuration: `name` is missing; add `name`",
                "wrong_type at maxCount: found a number; write a whole number from 0 to 65535",
                "unknown_value at colours[1]: `gren` is not a choice here; did you mean `green`?",
                "wrong_type at colours[2]: found a number; write a string",
            ]
        );
    }

    #[test]
    fn nothing_is_no_policy() {
        for text in ["", "  \n"] {
            assert_eq!(
                problems(text),
                [
                    "empty at the configuration: there is no configuration; no module runs without a policy: write one"
                ]
            );
        }
        assert_eq!(
            problems("null"),
            [
                "wrong_type at the configuration: found nothing; write an object with `name`, `maxCount`, `colours`, or leave the field out"
            ]
        );
    }

    #[test]
    fn a_key_that_stands_twice_is_refused() {
        let expected =
            "syntax at the configuration: the key `name` stands twice at line 1 column 18; write JSON";
        assert_eq!(problems(r#"{"name":"x","name":"y"}"#), [expected]);
    }
}

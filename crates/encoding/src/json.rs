//! Strict JSON: one value in UTF-8, no duplicate keys, and a bound on its depth.

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::cell::Cell;
use std::fmt;

/// The kind of an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The text is not one JSON value in UTF-8.
    Syntax,
    /// An object has a duplicate key: readers differ in which value they take (RFC 8259, section 4).
    Duplicate,
    /// Arrays and objects are nested too deep.
    TooDeep,
}

/// Why a text cannot be read.
#[derive(Debug)]
pub struct Error {
    /// The kind of error.
    pub fault: Fault,
    /// The description, with line and column.
    pub message: String,
}

/// Parses a text that holds one value, with at most `depth` levels of arrays and objects, which also bounds the
/// recursion.
///
/// # Errors
/// Returns the first error of the text.
///
/// ```
/// use encoding::json::{self, Fault};
/// assert_eq!(json::parse(br#"{"a": [1]}"#, 2).unwrap()["a"][0], 1);
/// assert_eq!(json::parse(br#"{"a": [1]}"#, 1).unwrap_err().fault, Fault::TooDeep);
/// assert_eq!(json::parse(br#"{"a": 1, "a": 2}"#, 2).unwrap_err().fault, Fault::Duplicate);
/// ```
pub fn parse(text: &[u8], depth: usize) -> Result<Value, Error> {
    let fault = Cell::new(Fault::Syntax);
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = Strict { depth, fault: &fault }.deserialize(&mut deserializer);
    let whole = value.and_then(|value| deserializer.end().map(|()| value));
    whole.map_err(|error| Error { fault: fault.get(), message: error.to_string() })
}

/// Reads a value without duplicate keys and with at most `depth` levels.
#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: usize,
    fault: &'a Cell<Fault>,
}

impl Strict<'_> {
    fn reject<E: de::Error>(self, fault: Fault, message: impl fmt::Display) -> E {
        self.fault.set(fault);
        E::custom(message)
    }

    /// Returns the reader of the items of an array or the values of an object.
    fn inside<E: de::Error>(self) -> Result<Self, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Self { depth, ..self }),
            None => Err(self.reject(Fault::TooDeep, "arrays and objects are nested too deep")),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// Defines the functions of a visitor that read scalars.
macro_rules! scalars {
    ($($visit:ident: $scalar:ty),*) => {$(
        fn $visit<E>(self, value: $scalar) -> Result<Value, E> {
            Ok(value.into())
        }
    )*};
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    scalars! { visit_bool: bool, visit_u64: u64, visit_i64: i64, visit_f64: f64, visit_str: &str }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(inside)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut members = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            if members.contains_key(&name) {
                let message = format_args!("duplicate key `{name}`");
                return Err(self.reject(Fault::Duplicate, message));
            }
            members.insert(name, access.next_value_seed(inside)?);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::Fault as E;
    use crate::test;
    use serde_json::{Value, json};

    const DEPTH: usize = 16;

    fn parse(text: &[u8]) -> Result<Value, E> {
        super::parse(text, DEPTH).map_err(|error| error.fault)
    }

    #[test]
    fn a_text_holds_one_value() {
        let text = br#" {"a": [1, -2, 0.5, true, null, "\u00e9"], "b": {"a": {}}} "#;
        let value = json!({"a": [1, -2, 0.5, true, null, "\u{e9}"], "b": {"a": {}}});
        assert_eq!(parse(text), Ok(value));
        for text in
            [&b""[..], b"{", b"{} {}", b"[1,]", b"{'a':1}", b"\xff", b"\"\xff\"", b"\xef\xbb\xbf{}", b"NaN"]
        {
            assert_eq!(parse(text), Err(E::Syntax), "{}", text.escape_ascii());
        }
    }

    #[test]
    fn duplicate_keys_are_rejected_in_any_spelling() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":2}"#, r#"[{"x":{"a":1,"b":2,"a":3}}]"#] {
            assert_eq!(parse(text.as_bytes()), Err(E::Duplicate), "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested =
            |open: &str, close: &str, depth: usize| [open.repeat(depth), close.repeat(depth)].concat();
        assert!(parse(nested("[", "]", DEPTH).as_bytes()).is_ok());
        assert_eq!(parse(nested("[", "]", DEPTH + 1).as_bytes()), Err(E::TooDeep));
        assert_eq!(parse("[".repeat(100_000).as_bytes()), Err(E::TooDeep));
        assert_eq!(parse("{\"a\":".repeat(100_000).as_bytes()), Err(E::TooDeep));
    }
}

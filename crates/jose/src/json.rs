//! JSON text to a value, strictly and no deeper than the reader wants: it may come from whoever sends a request.

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::cell::Cell;
use std::fmt;

/// What is wrong with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonFault {
    /// It is no JSON in UTF-8.
    Syntax,
    /// An object has a name twice: whoever reads it next may take the other value (RFC 8259, section 4).
    Duplicate,
    /// Lists and objects stand too deep in each other.
    TooDeep,
}

/// What is wrong with a text, and where.
#[derive(Debug)]
pub struct JsonError {
    /// What kind of mistake it is.
    pub fault: JsonFault,
    /// What is wrong, with line and column.
    pub message: String,
}

/// Reads a text that holds one value, in which at most `depth` lists and objects stand in each other: that bounds the
/// recursion, too. No object may have a name twice.
///
/// # Errors
/// What is wrong with it.
pub fn parse_json(text: &[u8], depth: usize) -> Result<Value, JsonError> {
    let fault = Cell::new(JsonFault::Syntax);
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = Strict { depth, fault: &fault }.deserialize(&mut deserializer);
    let whole = value.and_then(|value| deserializer.end().map(|()| value));
    whole.map_err(|error| JsonError { fault: fault.get(), message: error.to_string() })
}

/// Reads a value in which no object has a name twice and nothing stands deeper than `depth`.
#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: usize,
    fault: &'a Cell<JsonFault>,
}

impl Strict<'_> {
    fn refuse<E: Error>(self, fault: JsonFault, message: impl fmt::Display) -> E {
        self.fault.set(fault);
        E::custom(message)
    }

    /// For what stands inside of a list or an object.
    fn inside<E: Error>(self) -> Result<Self, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Self { depth, ..self }),
            None => Err(self.refuse(JsonFault::TooDeep, "too many lists and objects in each other")),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

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
                let message = format_args!("the key `{name}` stands twice");
                return Err(self.refuse(JsonFault::Duplicate, message));
            }
            members.insert(name, access.next_value_seed(inside)?);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::{JsonFault as E, parse_json};
    use crate::test;
    use serde_json::{Value, json};

    const DEPTH: usize = 16;

    fn parse(text: &[u8]) -> Result<Value, E> {
        parse_json(text, DEPTH).map_err(|error| error.fault)
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
    fn a_name_stands_once_in_an_object_however_it_is_spelt() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":2}"#, r#"[{"x":{"a":1,"b":2,"a":3}}]"#] {
            assert_eq!(parse(text.as_bytes()), Err(E::Duplicate), "{text}");
        }
    }

    #[test]
    fn depth_ends_before_the_stack_does() {
        let nested =
            |open: &str, close: &str, depth: usize| [open.repeat(depth), close.repeat(depth)].concat();
        assert!(parse(nested("[", "]", DEPTH).as_bytes()).is_ok());
        assert_eq!(parse(nested("[", "]", DEPTH + 1).as_bytes()), Err(E::TooDeep));
        assert_eq!(parse("[".repeat(100_000).as_bytes()), Err(E::TooDeep));
        assert_eq!(parse("{\"a\":".repeat(100_000).as_bytes()), Err(E::TooDeep));
    }
}

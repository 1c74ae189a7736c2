//! `google.protobuf.Struct` in binary form: Envoy passes a configuration in this form if it is a `Struct`.

use encoding::protobuf::{Value as Field, take_field};
use serde_json::{Map, Number, Value};

/// The maximum number of levels of nested values.
const MAX_DEPTH: usize = 128;

/// Decodes a `Struct` (`google/protobuf/struct.proto`); returns `None` if the bytes are invalid.
pub(super) fn parse(bytes: &[u8]) -> Option<Value> {
    object(bytes, MAX_DEPTH)
}

/// `map<string, Value> fields = 1`; a duplicate key is invalid.
fn object(mut bytes: &[u8], depth: usize) -> Option<Value> {
    let mut map = Map::new();
    while !bytes.is_empty() {
        let (1, Field::Bytes(entry)) = take_field(&mut bytes)? else { return None };
        let (name, value) = member(entry, depth)?;
        if map.insert(name, value).is_some() {
            return None;
        }
    }
    Some(Value::Object(map))
}

/// An entry of the map: the key is field 1, the value field 2.
fn member(mut bytes: &[u8], depth: usize) -> Option<(String, Value)> {
    let (mut name, mut member) = (String::new(), Value::Null);
    while !bytes.is_empty() {
        match take_field(&mut bytes)? {
            (1, Field::Bytes(text)) => name = string(text)?,
            (2, Field::Bytes(inner)) => member = value(inner, depth.checked_sub(1)?)?,
            _ => return None,
        }
    }
    Some((name, member))
}

/// A `Value`: one of its six kinds.
fn value(mut bytes: &[u8], depth: usize) -> Option<Value> {
    let kind = take_field(&mut bytes)?;
    if !bytes.is_empty() {
        return None;
    }
    match kind {
        (1, Field::Varint(0)) => Some(Value::Null),
        (2, Field::Fixed64(bits)) => Number::from_f64(f64::from_bits(bits)).map(Value::Number),
        (3, Field::Bytes(text)) => string(text).map(Value::String),
        (4, Field::Varint(number)) => Some(Value::Bool(number != 0)),
        (5, Field::Bytes(inner)) => object(inner, depth),
        (6, Field::Bytes(inner)) => list(inner, depth),
        _ => None,
    }
}

/// A `ListValue`: `repeated Value values = 1`.
fn list(mut bytes: &[u8], depth: usize) -> Option<Value> {
    let mut items = Vec::new();
    while !bytes.is_empty() {
        let (1, Field::Bytes(item)) = take_field(&mut bytes)? else { return None };
        items.push(value(item, depth.checked_sub(1)?)?);
    }
    Some(Value::Array(items))
}

fn string(bytes: &[u8]) -> Option<String> {
    String::from_utf8(bytes.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::test;
    use serde_json::json;

    /// As `protoc --encode=google.protobuf.Struct` writes
    /// `{"a": "x", "b": [1.5, true, null], "c": {"d": false}}`.
    const STRUCT: &[u8] = b"\n\x08\n\x01a\x12\x03\x1a\x01x\
        \n\x1a\n\x01b\x12\x152\x13\n\x09\x11\0\0\0\0\0\0\xf8?\n\x02 \x01\n\x02\x08\0\
        \n\x0e\n\x01c\x12\x09*\x07\n\x05\n\x01d\x12\0";

    #[test]
    fn a_struct_becomes_json() {
        let mut bytes = STRUCT.to_vec();
        // The last value has no kind: it is invalid.
        assert_eq!(parse(&bytes), None);
        bytes.truncate(38);
        assert_eq!(parse(&bytes), Some(json!({"a": "x", "b": [1.5, true, null]})));
    }

    #[test]
    fn a_truncated_struct_is_invalid() {
        for length in 1..38 {
            assert!(parse(&STRUCT[..length]).is_none() || length == 10, "{length}");
        }
    }
}

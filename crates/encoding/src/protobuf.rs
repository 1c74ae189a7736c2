//! The wire format of protobuf, as far as the messages of Envoy need it: varints, 64-bit numbers and length-delimited
//! fields.

const VARINT: u64 = 0;
const FIXED64: u64 = 1;
const LENGTH_DELIMITED: u64 = 2;

/// The value of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// A number, a boolean or an enum.
    Varint(u64),
    /// The 64 bits of a double.
    Fixed64(u64),
    /// A string, bytes or a message.
    Bytes(&'a [u8]),
}

/// Removes the first field from a message; returns its number and value, or `None` if it is cut short or of another
/// wire type.
///
/// ```
/// use encoding::protobuf::{Value, take_field};
/// let mut message: &[u8] = b"\x08\x96\x01\x12\x02hi";
/// assert_eq!(take_field(&mut message), Some((1, Value::Varint(150))));
/// assert_eq!(take_field(&mut message), Some((2, Value::Bytes(b"hi"))));
/// assert_eq!(take_field(&mut message), None);
/// ```
pub fn take_field<'a>(message: &mut &'a [u8]) -> Option<(u64, Value<'a>)> {
    let tag = take_varint(message)?;
    let value = match tag & 7 {
        VARINT => Value::Varint(take_varint(message)?),
        FIXED64 => {
            let (number, rest) = message.split_first_chunk()?;
            *message = rest;
            Value::Fixed64(u64::from_le_bytes(*number))
        }
        LENGTH_DELIMITED => {
            let length = usize::try_from(take_varint(message)?).ok()?;
            let (bytes, rest) = message.split_at_checked(length)?;
            *message = rest;
            Value::Bytes(bytes)
        }
        _ => return None,
    };
    Some((tag >> 3, value))
}

/// Appends a length-delimited field to a message.
pub fn push_bytes(message: &mut Vec<u8>, number: u64, bytes: &[u8]) {
    push_varint(message, number << 3 | LENGTH_DELIMITED);
    push_varint(message, bytes.len() as u64);
    message.extend_from_slice(bytes);
}

fn push_varint(message: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        message.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    message.push(value as u8);
}

fn take_varint(message: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = message.split_first()?;
        *message = rest;
        value |= u64::from(first & 0x7f) << shift;
        if *first < 0x80 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Value, push_bytes, take_field};
    use crate::test;

    #[test]
    fn a_field_is_read_as_it_was_written() {
        for (length, header) in [(0, 2), (127, 2), (128, 3), (16_384, 4)] {
            let (mut message, bytes) = (Vec::new(), vec![7; length]);
            push_bytes(&mut message, 4, &bytes);
            assert_eq!(message.len(), header + length);
            let mut rest = message.as_slice();
            assert_eq!(take_field(&mut rest), Some((4, Value::Bytes(&bytes))));
            assert!(rest.is_empty());
        }
    }

    #[test]
    fn a_truncated_field_is_rejected() {
        let table: [&[u8]; 10] = [
            b"",
            b"\x08",
            b"\x08\x80",
            b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
            b"\x09\x01\x02\x03\x04\x05\x06\x07",
            b"\x12",
            b"\x12\x04bad",
            b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
            // A group, and a number of 32 bits.
            b"\x0b",
            b"\x0d\x01\x02\x03\x04",
        ];
        for mut message in table {
            assert_eq!(take_field(&mut message), None, "{}", message.escape_ascii());
        }
    }
}

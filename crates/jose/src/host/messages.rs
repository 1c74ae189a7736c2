//! The argument and the result of Envoy's foreign function `verify_signature`
//! (`source/extensions/common/wasm/ext/verify_signature.proto` of Envoy).

use encoding::protobuf::{Value, push_bytes, take_field};

/// Encodes `VerifySignatureArguments`: `{1: hash_function, 2: public_key, 3: signature, 4: text}`.
///
/// ```
/// let request = jose::encode_request("sha256", &[1], &[2, 3], b"m");
/// assert_eq!(request, b"\x0a\x06sha256\x12\x01\x01\x1a\x02\x02\x03\x22\x01m");
/// ```
pub fn encode_request(hash: &str, spki: &[u8], signature: &[u8], message: &[u8]) -> Vec<u8> {
    let fields = [hash.as_bytes(), spki, signature, message];
    let mut out = Vec::with_capacity(fields.iter().map(|field| field.len() + 4).sum());
    for (number, field) in (1..).zip(fields) {
        push_bytes(&mut out, number, field);
    }
    out
}

/// Decodes `VerifySignatureResult`: `{1: bool result, 2: string error}`. Returns the `result`, which is false if the
/// field is absent, or `None` if the bytes are not such a message.
///
/// ```
/// assert_eq!(jose::decode_result(b"\x08\x01"), Some(true));
/// assert_eq!(jose::decode_result(b"\x12\x03bad"), Some(false));
/// assert_eq!(jose::decode_result(b"\x12\x04bad"), None);
/// ```
pub fn decode_result(mut bytes: &[u8]) -> Option<bool> {
    let mut result = false;
    while !bytes.is_empty() {
        match take_field(&mut bytes)? {
            (1, Value::Varint(value)) => result = value != 0,
            (2, Value::Bytes(_)) => {}
            _ => return None,
        }
    }
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::{decode_result, encode_request};
    use crate::test;

    #[test]
    fn lengths_are_varints() {
        let request = encode_request("sha512", &[7; 127], &[8; 128], &[9; 16_384]);
        assert_eq!(request[8..10], [0x12, 127]);
        assert_eq!(request[137..140], [0x1a, 0x80, 1]);
        assert_eq!(request[268..272], [0x22, 0x80, 0x80, 1]);
        assert_eq!(request.len(), 272 + 16_384);
        assert_eq!(encode_request("", &[], &[], &[]), [0x0a, 0, 0x12, 0, 0x1a, 0, 0x22, 0]);
    }

    #[test]
    fn only_a_true_result_field_is_true() {
        let table: [(&[u8], Option<bool>); 14] = [
            (b"", Some(false)),
            (b"\x08\x00", Some(false)),
            (b"\x08\x01", Some(true)),
            (b"\x08\x01\x12\x00", Some(true)),
            (b"\x08\x01\x08\x00", Some(false)),
            (b"\x08\x80\x00", Some(false)),
            (b"\x12\x02no", Some(false)),
            (b"\x08", None),
            (b"\x08\x80", None),
            (b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", None),
            (b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", None),
            (b"\x18\x01", None),
            (b"\x09\x01", None),
            (b"true", None),
        ];
        for (bytes, expected) in table {
            assert_eq!(decode_result(bytes), expected, "{}", bytes.escape_ascii());
        }
    }
}

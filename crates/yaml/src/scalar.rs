//! The types of plain scalars.

use crate::node::Data;

/// Reads a plain scalar as Kubernetes and Envoy do: by the core schema of YAML 1.2, with the booleans `yes`, `no`, `on` and
/// `off` of YAML 1.1.
pub(crate) fn plain(text: &str) -> Data {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Data::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Data::Bool(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Data::Bool(false),
        _ => number(text).unwrap_or_else(|| Data::Text(text.to_owned())),
    }
}

fn number(text: &str) -> Option<Data> {
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.')) {
        return None;
    }
    let radix = |prefix, radix| i64::from_str_radix(text.strip_prefix(prefix)?, radix).ok();
    let integer = text.parse().ok().or_else(|| radix("0x", 16)).or_else(|| radix("0o", 8));
    if let Some(integer) = integer {
        return Some(Data::Integer(integer));
    }
    let numeric = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E');
    let float = text.bytes().all(numeric) && text.bytes().any(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| float).map(Data::Float)
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn reads_scalars_like_the_api_server() {
        let is = |text: &str| format!("{:?}", plain(text));
        for (text, expected) in [
            ("9080", "Integer(9080)"),
            ("-1", "Integer(-1)"),
            ("0x1f", "Integer(31)"),
            ("1.10", "Float(1.1)"),
            ("1e3", "Float(1000.0)"),
            ("10.0.0.0/8", "Text(\"10.0.0.0/8\")"),
            ("10.0.0.1", "Text(\"10.0.0.1\")"),
            ("1.2.3", "Text(\"1.2.3\")"),
            ("::", "Text(\"::\")"),
            ("yes", "Bool(true)"),
            ("off", "Bool(false)"),
            ("~", "Null"),
            ("", "Null"),
            ("v1", "Text(\"v1\")"),
            ("-", "Text(\"-\")"),
        ] {
            assert_eq!(is(text), expected, "{text}");
        }
    }
}

//! The names that the API server accepts.

/// Returns true for a DNS label (RFC 1123), the name of a namespace or service.
pub(super) fn is_label(text: &str) -> bool {
    text.len() <= 63 && is_label_of_any_length(text)
}

/// Returns true for a DNS subdomain (RFC 1123), the name of most objects.
pub(super) fn is_subdomain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_label_of_any_length)
}

/// Returns true for the key of a label: a name, optionally with a subdomain and `/` before it.
pub(super) fn is_label_key(text: &str) -> bool {
    match text.split_once('/') {
        Some((prefix, name)) => is_subdomain(prefix) && !name.is_empty() && is_label_value(name),
        None => !text.is_empty() && is_label_value(text),
    }
}

/// Returns true for the value of a label, which may be empty.
pub(super) fn is_label_value(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    text.is_empty()
        || (text.len() <= 63 && text.bytes().all(inner) && ends(text, |byte| byte.is_ascii_alphanumeric()))
}

/// Returns true for the name of a port: at most 15 of `a-z0-9-`, at least one letter, no dash at an end or twice in a row.
pub(super) fn is_port_name(text: &str) -> bool {
    text.len() <= 15
        && is_label(text)
        && !text.contains("--")
        && text.bytes().any(|byte| byte.is_ascii_lowercase())
}

fn is_label_of_any_length(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.bytes().all(inner) && ends(text, |byte| byte != b'-')
}

fn ends(text: &str, may: impl Fn(u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    bytes.first().copied().is_some_and(&may) && bytes.last().copied().is_some_and(may)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_valid_names() {
        assert!(is_label("a-1") && !is_label("-a") && !is_label("A") && !is_label("") && !is_label("a.b"));
        assert!(is_subdomain("a.b-c.d") && !is_subdomain("a..b") && !is_subdomain("a_b"));
        assert!(is_label_key("app.kubernetes.io/name") && is_label_key("app") && !is_label_key("/app"));
        assert!(!is_label_key("a..b/x"));
        assert!(!is_label_key("a/b/c") && !is_label_key("a/"));
        assert!(
            is_label_value("") && is_label_value("V_1.0") && !is_label_value("-a") && !is_label_value("a b")
        );
        assert!(is_port_name("http-1") && !is_port_name("80") && !is_port_name("a--b"));
    }
}

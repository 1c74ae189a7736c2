//! Reading requests.

/// Returns the method and the target of a request. The request line is not validated: a proxy is in front of each server.
pub(crate) fn method_and_target(head: &[u8]) -> (String, String) {
    let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let text = String::from_utf8_lossy(line).into_owned();
    let mut words = text.split(' ').map(str::to_owned);
    (words.next().unwrap_or_default(), words.next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::method_and_target;

    #[test]
    fn a_request_has_a_method_and_a_target() {
        let head = b"GET /a?b HTTP/1.1\r\nhost: x:1\r\nempty:\r\n\r\n";
        assert_eq!(method_and_target(head), ("GET".to_owned(), "/a?b".to_owned()));
    }
}

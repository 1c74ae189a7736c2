//! Reading requests and writing responses.

/// Returns the method and the target of a request. The request line is not validated: a proxy is in front of each server.
pub(crate) fn method_and_target(head: &[u8]) -> (String, String) {
    let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let text = String::from_utf8_lossy(line).into_owned();
    let mut words = text.split(' ').map(str::to_owned);
    (words.next().unwrap_or_default(), words.next().unwrap_or_default())
}

/// Returns the header lines of a request.
pub(crate) fn lines(head: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let split = |line: &[u8]| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = line.split_at_checked(colon)?;
        Some((name.to_vec(), value.get(1..)?.trim_ascii().to_vec()))
    };
    head.split(|byte| *byte == b'\n').skip(1).filter_map(split).collect()
}

/// Returns the bytes of a response (RFC 9112).
pub(crate) fn response(status: u16, headers: &[(&str, &[u8])], body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {status} -\r\ncontent-length: {}\r\n", body.len()).into_bytes();
    for (name, value) in headers {
        bytes.extend_from_slice(&[name.as_bytes(), b": ", value, b"\r\n"].concat());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}

#[cfg(test)]
mod tests {
    use super::{lines, method_and_target, response};

    #[test]
    fn a_request_is_split_into_its_parts() {
        let head = b"GET /a?b HTTP/1.1\r\nhost: x:1\r\nempty:\r\n\r\n";
        assert_eq!(method_and_target(head), ("GET".to_owned(), "/a?b".to_owned()));
        let line = |name: &[u8], value: &[u8]| (name.to_vec(), value.to_vec());
        assert_eq!(lines(head), [line(b"host", b"x:1"), line(b"empty", b"")]);
    }

    #[test]
    fn a_response_has_its_content_length() {
        let bytes = response(200, &[("a", b"b")], b"body");
        assert_eq!(bytes, b"HTTP/1.1 200 -\r\ncontent-length: 4\r\na: b\r\n\r\nbody");
    }
}

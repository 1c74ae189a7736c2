//! Headers that move the path in some servers.

use crate::http::Headers;

/// The names, of letters, digits and `-`.
///
/// - gunicorn takes `SCRIPT_NAME` off the path, if the peer is on loopback, as a sidecar is; `PATH_INFO` passes its filter of
///   names with it. Middleware for Flask and other WSGI applications reads `X-Script-Name` so.
/// - IIS with URL Rewrite, Laminas, Zend Framework, Yii and old versions of Symfony take the path from the last two.
///
/// `x-forwarded-prefix` is absent: servers write it into links and do not take it off the path.
const NAMES: [&[u8]; 5] =
    [b"script-name", b"path-info", b"x-script-name", b"x-original-url", b"x-rewrite-url"];

/// Returns true if a server may read the header as one of the names: CGI and its successors write every byte but letters and
/// digits as `_`, so `X.Original_URL` is `x-original-url`.
pub(super) fn is_path_header(name: &[u8]) -> bool {
    let is_same = |(one, two): (&u8, &u8)| {
        if two.is_ascii_alphanumeric() { one.eq_ignore_ascii_case(two) } else { !one.is_ascii_alphanumeric() }
    };
    NAMES.iter().any(|other| other.len() == name.len() && name.iter().zip(*other).all(is_same))
}

/// Returns true if the request has such a header.
pub(super) fn any(headers: &Headers<'_>) -> bool {
    headers.fields().any(|(name, _)| is_path_header(name))
}

#[cfg(test)]
mod tests {
    use super::is_path_header;
    use crate::test;

    #[test]
    fn every_spelling_of_a_name_is_found() {
        for name in
            ["SCRIPT_NAME", "script-name", "Path.Info", "X-Original-URL", "x!rewrite_url", "X_Script-Name"]
        {
            assert!(is_path_header(name.as_bytes()), "{name}");
        }
        for name in
            ["script", "scriptname", "x-original-uri", "x-forwarded-prefix", "path-infos", "path0info", ""]
        {
            assert!(!is_path_header(name.as_bytes()), "{name}");
        }
    }
}

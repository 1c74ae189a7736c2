//! Headers that move the path in some servers.

use crate::http::{Headers, is_spelling};

/// The names, of letters, digits and `-`.
///
/// - gunicorn takes `SCRIPT_NAME` off the path, if the peer is on loopback, as a sidecar is; `PATH_INFO` passes its filter of
///   names with it. Middleware for Flask and other WSGI applications reads `X-Script-Name` so.
/// - IIS with URL Rewrite, Laminas, Zend Framework, Yii and old versions of Symfony take the path from the last two.
///
/// `x-forwarded-prefix` is absent: servers write it into links and do not take it off the path.
const NAMES: [&str; 5] = ["script-name", "path-info", "x-script-name", "x-original-url", "x-rewrite-url"];

/// Returns true if a server may read the header as one of the names.
pub(super) fn is_path_header(name: &[u8]) -> bool {
    NAMES.iter().any(|other| is_spelling(name, other))
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

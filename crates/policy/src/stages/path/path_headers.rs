//! Headers that move the path in some servers.

use crate::http::HeaderIndex;

/// The names, of letters, digits and `-`.
///
/// - gunicorn takes `SCRIPT_NAME` off the path, if the peer is on loopback, as a sidecar is; `PATH_INFO` passes its filter of
///   names with it. Middleware for Flask and other WSGI applications reads `X-Script-Name` so.
/// - IIS with URL Rewrite, Laminas, Zend Framework, Yii and old versions of Symfony take the path from the last two.
///
/// `x-forwarded-prefix` is absent: servers write it into links and do not take it off the path.
const NAMES: [&str; 5] = ["script-name", "path-info", "x-script-name", "x-original-url", "x-rewrite-url"];

/// Returns the names, found by any spelling.
pub(super) fn index() -> HeaderIndex {
    HeaderIndex::new(NAMES.into_iter())
}

#[cfg(test)]
mod tests {
    use super::index;
    use crate::test;

    #[test]
    fn every_spelling_of_a_name_is_found() {
        for name in
            ["SCRIPT_NAME", "script-name", "Path.Info", "X-Original-URL", "x!rewrite_url", "X_Script-Name"]
        {
            assert!(index().contain(name.as_bytes()), "{name}");
        }
        for name in
            ["script", "scriptname", "x-original-uri", "x-forwarded-prefix", "path-infos", "path0info", ""]
        {
            assert!(!index().contain(name.as_bytes()), "{name}");
        }
    }
}

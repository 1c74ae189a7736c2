//! The path of a request: its canonical form, and every way in which a server may read it.

mod dots;
mod escapes;
mod language;
mod marks;
mod normalize;
mod readings;
mod steps;

pub use language::canonical_paths;
pub use normalize::{Choice, DotSegments, Forward, Normalize, PathHeaders, PathLimits, TrailingSlash};

pub(crate) use escapes::hex_byte;

use crate::reason::Reason;
use readings::{Chosen, Readings};
use std::borrow::Cow;

/// The maximum number of bytes of the readings that a policy replaces, if it replaces more than the canonical path.
const MAX_REPLACED_BYTES: usize = 32 * 1024;

/// The path of a request, with its query.
///
/// ```
/// # use policy::http::{Normalize, PathLimits, RequestPath};
/// let parse = |raw| RequestPath::parse(raw, b"GET", &Normalize::default(), &PathLimits::default()).unwrap();
/// let readings = |raw| parse(raw).readings().map(str::to_owned).collect::<Vec<_>>();
/// assert_eq!(readings(b"/a/./%7eb?c"), ["/a/~b"]);
/// assert_eq!(readings(b"/files/..%2fadmin"), ["/files/..%2Fadmin", "/admin", "/files/../admin"]);
/// assert_eq!(readings(b"/files/a%2fb"), ["/files/a%2Fb", "/files/a/b"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestPath<'a> {
    canonical: Cow<'a, str>,
    /// The readings other than the canonical path.
    others: Vec<String>,
    query: Option<&'a [u8]>,
    /// The parts of the path that some servers read as the query.
    hidden_query: Vec<u8>,
    /// Whether matches that restrict ignore a slash, dots and blanks at the end of a reading.
    ignores_end: bool,
}

impl<'a> RequestPath<'a> {
    /// Parses the target of a request: a path and a query, `*` of an `OPTIONS`, or an absolute form.
    ///
    /// # Errors
    /// Returns the reason if it is malformed, or rejected by `normalize` or `limits`.
    pub fn parse(
        target: &'a [u8],
        method: &[u8],
        normalize: &Normalize,
        limits: &PathLimits,
    ) -> Result<Self, Reason> {
        if target == b"*" && method == b"OPTIONS" {
            return Ok(Self::plain("*", None, false));
        }
        let (path, query) = split(without_authority(target));
        limits.check(path, query)?;
        check_query(query)?;
        Self::read(path, query, normalize)
    }

    /// Returns the path that a policy replaces this one with, with the same query. `results` are what the policy replaces
    /// the readings of this path with.
    ///
    /// # Errors
    /// Returns the reason if the new path is malformed or has dot segments, which no reading of this path has, or if it has a
    /// reading that is not one of the results. It must not contain `?` and `#`.
    pub fn replaced(
        &self,
        path: &[u8],
        results: impl Iterator<Item = Vec<u8>>,
        normalize: &Normalize,
    ) -> Result<Self, Reason> {
        let canonical = result(path, normalize)?;
        if canonical.has_dots {
            return Err(Reason::DOT_SEGMENT);
        }
        let RequestPath { others, .. } = RequestPath::read(path, None, normalize)?;
        if !others.is_empty() {
            if self.readings().map(str::len).sum::<usize>() > MAX_REPLACED_BYTES {
                return Err(Reason::TOO_COSTLY);
            }
            let results = results.filter_map(|path| result(&path, normalize).ok());
            // A reading may have dot segments, which some servers keep, and so may its result.
            let results: Vec<(u64, String)> =
                results.map(|found| (readings::hash(found.path.as_bytes()), found.path)).collect();
            let is_result = |reading: &String| {
                let hash = readings::hash(reading.as_bytes());
                results.iter().any(|(other, path)| *other == hash && path == reading)
            };
            if !others.iter().all(is_result) {
                return Err(Reason::REWRITE_AMBIGUOUS);
            }
        }
        Ok(Self { canonical: Cow::Owned(canonical.path), others, ..self.clone() })
    }

    /// Creates a path with one reading.
    fn plain(path: &'a str, query: Option<&'a [u8]>, ignores_end: bool) -> Self {
        let canonical = Cow::Borrowed(path);
        Self { canonical, others: Vec::new(), query, hidden_query: Vec::new(), ignores_end }
    }

    /// Returns true if every server reads a path of a policy in the same way.
    pub fn has_one_reading(path: &str, normalize: &Normalize) -> bool {
        RequestPath::read(path.as_bytes(), None, normalize).is_ok_and(|path| path.others.is_empty())
    }

    fn read(path: &'a [u8], query: Option<&'a [u8]>, normalize: &Normalize) -> Result<Self, Reason> {
        if !path.starts_with(b"/") {
            return Err(if path.is_empty() { Reason::PATH_MISSING } else { Reason::PATH_NOT_ABSOLUTE });
        }
        let ignores_end = normalize.trailing_slash == TrailingSlash::Denials;
        if let Some(path) = escapes::plain(path) {
            return Ok(Self::plain(path, query, ignores_end));
        }
        let Readings { paths, hidden_query } = readings::all(escapes::canonical(path)?, query, normalize)?;
        let mut paths = paths.into_iter();
        let canonical = Cow::Owned(paths.next().ok_or(Reason::PATH_MISSING)?);
        Ok(Self { canonical, others: paths.collect(), query, hidden_query, ignores_end })
    }

    /// Returns the canonical path: unreserved bytes decoded, other escapes in upper case, dot segments resolved
    /// (RFC 3986, section 6.2.2).
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// Returns every reading, the canonical path first.
    pub fn readings(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.canonical()).chain(self.others.iter().map(String::as_str))
    }

    /// Returns the raw query.
    pub fn query(&self) -> Option<&'a [u8]> {
        self.query
    }

    /// Returns the parts of the path that some servers read as the query, with `&` between them: what follows the first `;`
    /// (Fastify 4), or the first `%3F` (servers behind a proxy that decodes the path and parses it again).
    pub fn hidden_query(&self) -> &[u8] {
        &self.hidden_query
    }

    /// Returns true if matches that restrict ignore a slash, dots and blanks at the end of a reading.
    pub fn ignores_end(&self) -> bool {
        self.ignores_end
    }

    /// Returns true if the target contains exactly this path and query.
    pub fn is_target(&self, target: &[u8]) -> bool {
        match target.strip_prefix(self.canonical.as_bytes()) {
            Some([]) => self.query.is_none(),
            Some([b'?', query @ ..]) => self.query == Some(query),
            _ => false,
        }
    }

    /// Returns the canonical path with the query.
    pub fn target(&self) -> Vec<u8> {
        let mut target = self.canonical.as_bytes().to_vec();
        if let Some(query) = self.query {
            target.push(b'?');
            target.extend_from_slice(query);
        }
        target
    }
}

/// Returns the canonical form of a path that a policy makes, but for dot segments.
fn result(path: &[u8], normalize: &Normalize) -> Result<Chosen, Reason> {
    if !path.starts_with(b"/") || path.contains(&b'?') {
        return Err(Reason::PATH_NOT_ABSOLUTE);
    }
    match escapes::plain(path) {
        Some(path) => Ok(Chosen { path: path.to_owned(), has_dots: false }),
        None => readings::chosen(escapes::canonical(path)?, normalize),
    }
}

/// Returns the part of an absolute form after the authority (RFC 9112, section 3.2.2).
fn without_authority(target: &[u8]) -> &[u8] {
    let scheme = |scheme: &[u8]| {
        let (head, rest) = target.split_at_checked(scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then_some(rest)
    };
    let Some(rest) = scheme(b"http://").or_else(|| scheme(b"https://")) else { return target };
    let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len());
    match rest.split_at_checked(end) {
        // Some servers start the path at an escape or a backslash: Node reads `http://a%2Fb/c` as `/%2Fb/c`.
        Some((authority, _)) if authority.iter().any(|byte| matches!(byte, b'%' | b'\\')) => target,
        Some((_, b"")) => b"/",
        Some((_, path)) if path.starts_with(b"/") => path,
        _ => target,
    }
}

fn split(target: &[u8]) -> (&[u8], Option<&[u8]>) {
    let mut halves = target.splitn(2, |byte| *byte == b'?');
    (halves.next().unwrap_or_default(), halves.next())
}

fn check_query(query: Option<&[u8]>) -> Result<(), Reason> {
    let query = query.unwrap_or_default();
    if query.contains(&b'#') {
        return Err(Reason::PATH_FRAGMENT);
    }
    if query.iter().any(u8::is_ascii_control) { Err(Reason::PATH_CONTROL) } else { Ok(()) }
}

/// Converts a path of a policy to canonical form.
///
/// # Errors
/// Returns the fix if it is invalid.
pub fn canonical_pattern(text: &str) -> Result<String, String> {
    if !text.starts_with('/') {
        return Err("start with `/`".to_owned());
    }
    if text.contains('?') {
        return Err("match the query with `query`".to_owned());
    }
    let help = |error| match error {
        Reason::PATH_ESCAPE => "write `%` as `%25`",
        Reason::PATH_FRAGMENT => "write `#` as `%23`",
        _ => "remove control characters and invalid UTF-8",
    };
    let canonical = escapes::canonical(text.as_bytes()).map_err(help)?;
    if marks::Marks::of(canonical.as_bytes()).has(marks::Marks::ESCAPED_RESERVED) {
        return Err("write `!$&'()*+,;=:@` unescaped: both spellings in a request match".to_owned());
    }
    if canonical.split('/').any(|segment| matches!(segment, "." | "..")) {
        return Err("remove `.` and `..` segments".to_owned());
    }
    Ok(canonical)
}

#[cfg(test)]
mod tests {
    use super::{Normalize, PathLimits, RequestPath};
    use crate::reason::Reason;
    use crate::test;

    fn parse(raw: &[u8]) -> Result<Vec<String>, Reason> {
        let path = RequestPath::parse(raw, b"GET", &Normalize::default(), &PathLimits::default())?;
        Ok(path.readings().map(str::to_owned).collect())
    }

    #[test]
    fn a_path_has_every_reading_of_a_server() {
        let table: [(&str, &[&str]); 44] = [
            ("/", &["/"]),
            ("/a/b.html", &["/a/b.html"]),
            ("/.well-known/x", &["/.well-known/x"]),
            ("/a/./b/../c/.", &["/a/c/"]),
            ("/a/..", &["/"]),
            ("/%41%2d%7E", &["/A-~"]),
            ("/caf%c3%a9", &["/caf%C3%A9"]),
            ("/caf\u{e9}", &["/caf%C3%A9"]),
            ("/a b{c}", &["/a%20b%7Bc%7D"]),
            ("/a/..%2fadmin", &["/a/..%2Fadmin", "/admin", "/a/../admin"]),
            ("/a/..%5Cadmin", &["/a/..%5Cadmin", "/a/..\\admin", "/admin", "/a/../admin"]),
            ("/a\\..\\admin", &["/a\\..\\admin", "/admin", "/a/../admin"]),
            ("/a/..;x=1/admin", &["/a/..;x=1/admin", "/admin", "/a/../admin", "/", "/a/..", "/a/"]),
            ("/admin;x/y", &["/admin;x/y", "/admin/y", "/admin"]),
            ("/map;lat=1", &["/map;lat=1", "/map"]),
            ("/a//b", &["/a//b", "/a/b", "/a/"]),
            ("/api//x/users", &["/api//x/users", "/api/x/users", "/api/users"]),
            ("/a///b/c//d", &["/a///b/c//d", "/a/b/c/d", "/a/c//d", "/a/c/d", "/a/c/"]),
            ("/a//../admin", &["/a/admin", "/admin"]),
            ("//admin", &["//admin", "/", "/admin"]),
            ("/%2561dmin", &["/%2561dmin", "/admin"]),
            ("/a/%252e%252e/admin", &["/a/%252e%252e/admin", "/admin", "/a/../admin"]),
            ("/%25%32%65/x", &["/%252e/x", "/x", "/./x"]),
            ("/100%25", &["/100%25"]),
            ("/users%3Adelete", &["/users%3Adelete", "/users:delete"]),
            (
                "/a/..%3b/admin",
                &["/a/..%3B/admin", "/a/..;/admin", "/admin", "/a/../admin", "/", "/a/..", "/a/"],
            ),
            // A parameter that contains a slash for servers that decode first, and none for those that cut first.
            (
                "/a;%2fb/..%2fc",
                &[
                    "/a;%2Fb/..%2Fc",
                    "/a/..%2Fc",
                    "/a;/c",
                    "/a/c",
                    "/c",
                    "/a",
                    "/a;/b/../c",
                    "/a/b/../c",
                    "/a/../c",
                ],
            ),
            (
                "/a;\\b/..\\c",
                &[
                    "/a;\\b/..\\c",
                    "/a/..\\c",
                    "/a;/c",
                    "/a/c",
                    "/c",
                    "/a",
                    "/a;/b/../c",
                    "/a/b/../c",
                    "/a/../c",
                ],
            ),
            // Read from the original path, and once more from the canonical path.
            ("/a%2fb/../c%2f../d", &["/c%2F../d", "/a/d", "/d", "/c/../d"]),
            ("//a/b", &["//a/b", "/b", "/a/b"]),
            ("/a\\b/../c\\../d", &["/c\\../d", "/a/d", "/d", "/c/../d"]),
            // An escaped delimiter ends the path for servers that decode before they split off the query.
            ("/admin%3fx", &["/admin%3Fx", "/admin"]),
            ("/admin%23/../x", &["/x", "/admin"]),
            ("/admin/%253fx", &["/admin/%253fx", "/admin/%3Fx", "/admin/"]),
            ("/%3Fa", &["/%3Fa", "/"]),
            ("/a%23b%3Fc", &["/a%23b%3Fc", "/a%23b", "/a"]),
            ("/a%3Fb%23c", &["/a%3Fb%23c", "/a%3Fb", "/a"]),
            // The first `;` starts the query, also after it was decoded.
            ("/a;b/c;d/e", &["/a;b/c;d/e", "/a/c/e", "/a"]),
            ("/a%3Bb/c", &["/a%3Bb/c", "/a;b/c", "/a/c", "/a"]),
            ("/;a", &["/;a", "/"]),
            // Blanks at the end may be lost, so that a dot segment is left.
            ("/a/b/..%20", &["/a/b/..%20", "/a/", "/a/b/..", "/a/b/"]),
            ("/a/b/.%20%20", &["/a/b/.%20%20", "/a/b/", "/a/b/."]),
            ("/a/b/..%2520", &["/a/b/..%2520", "/a/b/..%20", "/a/", "/a/b/..", "/a/b/"]),
            ("/a/b..%20", &["/a/b..%20"]),
        ];
        for (raw, expected) in table {
            let (found, mut expected) = (parse(raw.as_bytes()).expect(raw), expected.to_vec());
            assert_eq!(found.first().map(String::as_str), expected.first().copied(), "{raw}");
            let mut found: Vec<&str> = found.iter().map(String::as_str).collect();
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found, expected, "{raw}");
        }
    }

    #[test]
    fn dot_segments_are_kept_in_the_path_that_the_upstream_gets() {
        let readings = |raw: &str, normalize: &str| {
            let normalize = crate::document::read(normalize.as_bytes()).unwrap();
            let path =
                RequestPath::parse(raw.as_bytes(), b"GET", &normalize, &PathLimits::default()).unwrap();
            path.readings().collect::<Vec<_>>().join(" ")
        };
        for (raw, normalize, expected) in [
            ("/a/../b", "{}", "/b"),
            ("/a/../b", r#"{"forward": "original"}"#, "/b /a/../b"),
            ("/a/../b", r#"{"forward": "original", "dotSegments": "resolve"}"#, "/b"),
            ("/a%2f../b", "{}", "/a%2F../b /b /a/../b"),
            // Caddy cuts dots at the end before it resolves the others.
            ("/a%2f../b%2f..", "{}", "/a%2F../b%2F.. / /a/../b/.. /b/"),
            ("/a%2f../b", r#"{"dotSegments": "resolve"}"#, "/a%2F../b /b"),
            ("/a%2f../b", r#"{"escapedSlashes": "decode", "forward": "original"}"#, "/b /a/../b"),
            ("/a%2f../b", r#"{"escapedSlashes": "decode"}"#, "/b"),
        ] {
            assert_eq!(readings(raw, normalize), expected, "{raw} {normalize}");
        }
    }

    #[test]
    fn malformed_paths_are_denied() {
        let table: [(&[u8], Reason); 25] = [
            (b"", Reason::PATH_MISSING),
            (b"?a", Reason::PATH_MISSING),
            (b"a", Reason::PATH_NOT_ABSOLUTE),
            (b"*", Reason::PATH_NOT_ABSOLUTE),
            (b"\\a", Reason::PATH_NOT_ABSOLUTE),
            (b"/\0", Reason::PATH_CONTROL),
            (b"/a\x7f", Reason::PATH_CONTROL),
            (b"/%00", Reason::PATH_CONTROL),
            (b"/%0a", Reason::PATH_CONTROL),
            (b"/a?\0", Reason::PATH_CONTROL),
            (b"/%", Reason::PATH_ESCAPE),
            (b"/%4", Reason::PATH_ESCAPE),
            (b"/%g1", Reason::PATH_ESCAPE),
            (b"/%u0041", Reason::PATH_ESCAPE),
            (b"/%c0%af", Reason::PATH_UTF8),
            (b"/%ed%a0%80", Reason::PATH_UTF8),
            (b"/\xff", Reason::PATH_UTF8),
            (b"/a#b", Reason::PATH_FRAGMENT),
            (b"/a?b#c", Reason::PATH_FRAGMENT),
            (b"/..", Reason::PATH_ABOVE_ROOT),
            (b"/a/%2e%2e/..", Reason::PATH_ABOVE_ROOT),
            (b"/..%2fx", Reason::PATH_ABOVE_ROOT),
            (b"//a/../b", Reason::PATH_ABOVE_ROOT),
            (b"/%252e%252e/x", Reason::PATH_ABOVE_ROOT),
            (b"/%2500", Reason::PATH_CONTROL),
        ];
        for (raw, error) in table {
            assert_eq!(parse(raw), Err(error), "{}", raw.escape_ascii());
        }
    }

    #[test]
    fn an_absolute_form_is_reduced_to_its_path() {
        assert_eq!(parse(b"http://a.com/x?y").unwrap(), ["/x"]);
        assert_eq!(parse(b"HTTPS://a.com").unwrap(), ["/"]);
        for target in [&b"http://a.com?x"[..], b"http://a.com%2fx/y", b"http://a.com\\x/y"] {
            assert_eq!(parse(target), Err(Reason::PATH_NOT_ABSOLUTE), "{}", target.escape_ascii());
        }
    }

    #[test]
    fn limits_are_checked_before_anything_else() {
        let limits = PathLimits { max_path_bytes: 8, max_query_bytes: 2, max_segments: 3 };
        let parse = |raw: &[u8]| RequestPath::parse(raw, b"GET", &Normalize::default(), &limits).err();
        assert_eq!(parse(b"/12345678"), Some(Reason::PATH_TOO_LONG));
        assert_eq!(parse(b"/1?abc"), Some(Reason::QUERY_TOO_LONG));
        assert_eq!(parse(b"/1/2/3/4"), Some(Reason::TOO_MANY_SEGMENTS));
        assert_eq!(parse(b"/1/2/3?ab"), None);
    }

    #[test]
    fn too_many_readings_are_denied() {
        assert_eq!(parse(b"/a;b//c%2Fd%5Ce%3Af\\g%2541"), Err(Reason::TOO_MANY_READINGS));
    }

    #[test]
    fn costly_readings_are_denied() {
        let path = |repeated: &str, end: &str| format!("/{}{end}", repeated.repeat(8000 / repeated.len()));
        // Few steps on a long path, and no step on a longer one.
        assert_eq!(parse(path("a", "/b%3Fc%2Fd%3Ae").as_bytes()).unwrap().len(), 5);
        assert_eq!(parse(path("%20", "").as_bytes()).unwrap().len(), 1);
        // Many steps, and few readings: each level of encoding ends above the last slash.
        let levels = format!("/%{}41/..", "25".repeat(10));
        assert_eq!(parse(path("a", &levels).as_bytes()).unwrap().len(), 1);
        let levels = format!("/%{}41/..", "25".repeat(30));
        assert_eq!(parse(path("a", &levels).as_bytes()), Err(Reason::TOO_COSTLY));
    }
}

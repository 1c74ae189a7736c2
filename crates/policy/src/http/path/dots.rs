//! Dot segments (RFC 3986, section 5.2.4). A request with segments above the root is denied.

use crate::reason::Reason;

/// Returns true if the path has a `.` or `..` segment.
pub(super) fn any(path: &str) -> bool {
    path.split('/').any(|segment| matches!(segment, "." | ".."))
}

/// Removes `.` and `..` segments. A `..` removes an empty segment like any other.
pub(super) fn resolve(path: &str) -> Result<String, Reason> {
    let mut out = String::with_capacity(path.len());
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match segment {
            "." => {}
            ".." => out.truncate(out.rfind('/').ok_or(Reason::PATH_ABOVE_ROOT)?),
            _ => {
                out.push('/');
                out.push_str(segment);
                continue;
            }
        }
        if last {
            out.push('/');
        }
    }
    Ok(out)
}

/// Replaces each run of slashes with one.
pub(super) fn merge_slashes(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for character in path.chars() {
        if character != '/' || !out.ends_with('/') {
            out.push(character);
        }
    }
    out
}

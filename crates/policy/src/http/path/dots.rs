//! Dot segments (RFC 3986, section 5.2.4). A request with segments above the root is denied.

use crate::reason::Reason;

/// Returns true if the path has a `.` or `..` segment.
pub(super) fn any(path: &str) -> bool {
    path.split('/').any(|segment| matches!(segment, "." | ".."))
}

/// Adds the path without the dots at its end, and without dot segments, to `out`, which is empty: Caddy and servers on Windows
/// cut dots at the end before they resolve the others.
pub(super) fn resolve_without_last(path: &[u8], out: &mut Vec<u8>) -> Result<(), Reason> {
    let end = path.iter().rposition(|byte| *byte != b'.').map_or(0, |last| last + 1);
    resolve(path.get(..end).unwrap_or_default(), out)
}

/// Returns true if the path has a dot segment with blanks after it at its end. A proxy that decodes the path leaves the blanks out
/// before the next server resolves the dots: nginx with `proxy_pass http://upstream$uri`.
pub(super) fn is_before_blanks(path: &[u8]) -> bool {
    let end = end_before_blanks(path);
    let segment = path.get(..end).and_then(|path| path.rsplit(|byte| *byte == b'/').next());
    end < path.len() && segment.is_some_and(|segment| matches!(segment, b"." | b".."))
}

/// Adds the path without the blanks at its end to `out`, which is empty.
pub(super) fn without_blanks(path: &[u8], out: &mut Vec<u8>) -> Result<(), Reason> {
    out.extend_from_slice(path.get(..end_before_blanks(path)).unwrap_or_default());
    Ok(())
}

fn end_before_blanks(path: &[u8]) -> usize {
    let mut rest = path;
    while let Some(shorter) = rest.strip_suffix(b"%20") {
        rest = shorter;
    }
    rest.len()
}

/// Adds the path without its `.` and `..` segments to `out`, which is empty. A `..` removes an empty segment like any other.
pub(super) fn resolve(path: &[u8], out: &mut Vec<u8>) -> Result<(), Reason> {
    let mut segments = path.split(|byte| *byte == b'/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match segment {
            b"." => {}
            b".." => {
                let parent = out.iter().rposition(|byte| *byte == b'/');
                out.truncate(parent.ok_or(Reason::PATH_ABOVE_ROOT)?);
            }
            _ => {
                out.push(b'/');
                out.extend_from_slice(segment);
                continue;
            }
        }
        if last {
            out.push(b'/');
        }
    }
    Ok(())
}

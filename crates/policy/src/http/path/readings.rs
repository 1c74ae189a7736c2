//! Every way in which a server could read a path.
//!
//! Servers behind a proxy differ in what they do to a path, and in what they do first: one decodes `%2F` before it
//! resolves `..`, another after; one cuts `;x` before it decodes, another never. A rule that looks at one reading is
//! walked around by whoever knows the other. So the readings of a path are all that comes of it by these steps, in any
//! order and any number. The steps are few and each makes a path simpler, so that this ends soon; where it does not,
//! the path is refused.

use super::normalize::{Choice, DotSegments, Normalize};
use super::{dots, escapes};
use crate::reason::Reason;

/// The most readings that a path may have.
const MAX_READINGS: usize = 32;
/// The most spellings on the way to them, and their bytes: a bound on the work that one request can ask for.
const MAX_SPELLINGS: usize = 128;
const MAX_BYTES: usize = 128 * 1024;

/// One thing that some servers do to a path and others do not.
struct Step {
    choice: Choice,
    rejected: Reason,
    /// The path after it; nothing where there is nothing to do.
    take: fn(&str) -> Option<Result<String, Reason>>,
}

/// Every reading of a path whose escapes are canonical, the canonical path first.
pub(super) fn all(path: String, normalize: &Normalize) -> Result<Vec<String>, Reason> {
    let steps = steps(normalize);
    let mut readings: Vec<String> = Vec::new();
    let mut bytes = path.len();
    let mut spellings = vec![path];
    let mut next = 0;
    while let Some(spelling) = spellings.get(next).cloned() {
        next += 1;
        let mut found = Vec::new();
        for step in &steps {
            match (step.choice, (step.take)(&spelling)) {
                (Choice::Keep, _) | (_, None) => {}
                (Choice::Reject, Some(_)) => return Err(step.rejected),
                (_, Some(taken)) => found.push(taken?),
            }
        }
        if normalize.dot_segments == DotSegments::Reject && dots::any(&spelling) {
            return Err(Reason::DOT_SEGMENT);
        }
        let reading = finish(spelling, &steps)?;
        found.push(reading.clone());
        for spelling in found {
            if !spellings.contains(&spelling) {
                bytes += spelling.len();
                spellings.push(spelling);
            }
        }
        if !readings.contains(&reading) {
            readings.push(reading);
        }
        if readings.len() > MAX_READINGS || spellings.len() > MAX_SPELLINGS || bytes > MAX_BYTES {
            return Err(Reason::TOO_MANY_READINGS);
        }
    }
    Ok(readings)
}

/// The steps, in the order in which those that the policy chose make the canonical path.
fn steps(normalize: &Normalize) -> [Step; 8] {
    let step = |choice, rejected, take| Step { choice, rejected, take };
    let empty_segments = Choice::from(normalize.empty_segments);
    // What reads the name behind `//` as a host finds none where the slashes are merged before it gets them.
    let authority = if empty_segments == Choice::EveryReading { Choice::EveryReading } else { Choice::Keep };
    [
        step(normalize.double_encoding.into(), Reason::DOUBLE_ENCODING, escapes::decode_twice),
        // `%3A` and `:` are one to most servers and two to RFC 3986: both are judged, whatever the policy chooses.
        step(Choice::EveryReading, Reason::PATH_ESCAPE, |path| escapes::decode_reserved(path).map(Ok)),
        step(normalize.escaped_slashes.into(), Reason::ESCAPED_SLASH, |path| {
            escapes::decode_slash(path).map(Ok)
        }),
        step(normalize.escaped_slashes.into(), Reason::ESCAPED_SLASH, |path| {
            escapes::decode_backslash(path).map(Ok)
        }),
        step(normalize.backslashes.into(), Reason::BACKSLASH, |path| {
            path.contains('\\').then(|| Ok(path.replace('\\', "/")))
        }),
        step(normalize.path_parameters.into(), Reason::PATH_PARAMETER, |path| {
            path.contains(';').then(|| Ok(cut_parameters(path)))
        }),
        step(authority, Reason::EMPTY_SEGMENT, |path| behind_host(path).map(Ok)),
        step(empty_segments, Reason::EMPTY_SEGMENT, |path| {
            path.contains("//").then(|| Ok(dots::merge_slashes(path)))
        }),
    ]
}

/// The path after every step that the policy chose, without dot segments.
fn finish(path: String, steps: &[Step]) -> Result<String, Reason> {
    let mut path = path;
    for step in steps.iter().filter(|step| step.choice == Choice::Change) {
        if let Some(taken) = (step.take)(&path) {
            path = taken?;
        }
    }
    dots::resolve(&path)
}

/// Each segment up to its first `;`.
fn cut_parameters(path: &str) -> String {
    let segments = path.split('/').map(|segment| segment.split(';').next().unwrap_or_default());
    segments.collect::<Vec<_>>().join("/")
}

/// What stands behind the first segment of a path that starts with `//`: such a target is a reference to another host
/// (RFC 3986, section 4.2) to whatever resolves it as one.
fn behind_host(path: &str) -> Option<String> {
    let (_, behind) = path.strip_prefix("//")?.split_once('/').unwrap_or_default();
    Some(format!("/{behind}"))
}

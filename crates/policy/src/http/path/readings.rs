//! Every way in which a server may read a path.
//!
//! Servers differ in the steps that they apply to a path, and in their order: one decodes `%2F` before it resolves `..`,
//! another after; one removes `;x` before it decodes, another never does. A rule that matches one reading only can be bypassed
//! with another. Therefore the readings of a path are the results of these steps in any order and any number. The steps are
//! few and each makes a path simpler, so the search ends soon; otherwise the request is denied.

use super::normalize::{Choice, DotSegments, Normalize};
use super::{dots, escapes};
use crate::reason::Reason;

/// The maximum number of readings of a path.
const MAX_READINGS: usize = 32;
/// The maximum number of intermediate spellings, and of their bytes: they bound the work for one request.
const MAX_SPELLINGS: usize = 128;
const MAX_BYTES: usize = 128 * 1024;

/// A step that some servers apply to a path and others do not.
struct Step {
    choice: Choice,
    rejected: Reason,
    /// Returns the path after the step; `None` if the step does not apply.
    apply: fn(&str) -> escapes::Decoded,
}

/// Returns every reading of a path whose escapes are canonical, the canonical path first.
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
            match (step.choice, (step.apply)(&spelling)) {
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

/// Returns the steps, in the order in which they are applied to compute the canonical path.
fn steps(normalize: &Normalize) -> [Step; 8] {
    let step = |choice, rejected, apply| Step { choice, rejected, apply };
    let empty_segments = Choice::from(normalize.empty_segments);
    // If slashes are merged first, `//name` is not read as a host.
    let authority = if empty_segments == Choice::EveryReading { Choice::EveryReading } else { Choice::Keep };
    [
        step(normalize.double_encoding.into(), Reason::DOUBLE_ENCODING, escapes::decode_twice),
        // `%3A` and `:` are the same for most servers and different in RFC 3986: both are readings, whatever the policy
        // chooses.
        step(Choice::EveryReading, Reason::PATH_ESCAPE, escapes::decode_reserved),
        step(normalize.escaped_slashes.into(), Reason::ESCAPED_SLASH, escapes::decode_slash),
        step(normalize.escaped_slashes.into(), Reason::ESCAPED_SLASH, escapes::decode_backslash),
        step(normalize.backslashes.into(), Reason::BACKSLASH, |path| {
            path.contains('\\').then(|| Ok(path.replace('\\', "/")))
        }),
        step(normalize.path_parameters.into(), Reason::PATH_PARAMETER, |path| {
            path.contains(';').then(|| Ok(cut_parameters(path)))
        }),
        step(authority, Reason::EMPTY_SEGMENT, |path| without_host(path).map(Ok)),
        step(empty_segments, Reason::EMPTY_SEGMENT, |path| {
            path.contains("//").then(|| Ok(dots::merge_slashes(path)))
        }),
    ]
}

/// Applies every step that the policy chose, and resolves dot segments.
fn finish(path: String, steps: &[Step]) -> Result<String, Reason> {
    let mut path = path;
    for step in steps.iter().filter(|step| step.choice == Choice::Change) {
        if let Some(taken) = (step.apply)(&path) {
            path = taken?;
        }
    }
    dots::resolve(&path)
}

/// Removes the parameters of each segment.
fn cut_parameters(path: &str) -> String {
    let segments = path.split('/').map(|segment| segment.split(';').next().unwrap_or_default());
    segments.collect::<Vec<_>>().join("/")
}

/// Returns the path after the first segment of a path that starts with `//`, which resolves as a reference to another host
/// (RFC 3986, section 4.2).
fn without_host(path: &str) -> Option<String> {
    let (_, after) = path.strip_prefix("//")?.split_once('/').unwrap_or_default();
    Some(format!("/{after}"))
}

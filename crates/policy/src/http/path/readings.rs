//! Every way in which a server could read a path.
//!
//! Servers behind a proxy differ in six things, and a rule that looks at one reading can be walked around by
//! whoever knows the other. Each step below turns the readings so far into those with and without one of these
//! differences. The kept spelling always comes first, so that the first reading of all is the canonical path.

use super::normalize::{Choice, DotSegments, Normalize};
use super::{PathError, dots, escapes};

/// The most readings that a path may have.
const MAX_READINGS: usize = 32;

/// Every reading of a path whose escapes are canonical, the canonical path first.
pub(super) fn all(path: String, normalize: &Normalize) -> Result<Vec<String>, PathError> {
    let mut readings = Vec::new();
    read(path.clone(), normalize, &mut readings)?;
    // INVARIANT: whatever a server makes of the canonical path, which is what it gets, is a reading too. Its dot
    // segments are gone, so that those behind escaped slashes take off others: `/a%2Fb/../c%2F../d` is forwarded as
    // `/c%2F../d`, which is `/d` to a server that decodes. Apache does the same to the path as it came, and merges
    // slashes before and not after.
    let mut resolved = without_empty_segments(&path, normalize.empty_segments.into())?;
    resolved.extend(readings.first().cloned());
    resolved.sort_unstable();
    resolved.dedup();
    for once in resolved {
        if once != path {
            read(once, normalize, &mut readings)?;
        }
    }
    Ok(readings)
}

/// Adds the readings of a path.
fn read(path: String, normalize: &Normalize, readings: &mut Vec<String>) -> Result<(), PathError> {
    let paths = vec![path];
    let paths = vary(paths, (normalize.double_encoding.into(), PathError::DoubleEncoding), |path| {
        escapes::decode_twice(path)
    })?;
    // `%3A` and `:` are one to most servers and two to RFC 3986: both are judged, whatever the policy chooses.
    let paths = vary(paths, (Choice::EveryReading, PathError::Escape), |path| {
        escapes::decode_reserved(path).map(Ok)
    })?;
    // A parameter ends at a slash, and servers differ in what is one by then: Tomcat cuts before it decodes `%2F` and
    // turns `\`, so that `/a;%2Fb/..%2Fc` is `/c` to it. Where the policy strips, the last cut makes the canonical path.
    let parameters = Choice::from(normalize.path_parameters);
    let early = if parameters == Choice::Change { Choice::EveryReading } else { parameters };
    let paths = without_parameters(paths, early)?;
    let paths = vary(paths, (normalize.escaped_slashes.into(), PathError::EscapedSlash), |path| {
        escapes::decode_slashes(path).map(Ok)
    })?;
    let paths = without_parameters(paths, early)?;
    let paths = vary(paths, (normalize.backslashes.into(), PathError::Backslash), |path| {
        path.contains('\\').then(|| Ok(path.replace('\\', "/")))
    })?;
    for path in without_parameters(paths, parameters)? {
        if normalize.dot_segments == DotSegments::Reject && dots::any(&path) {
            return Err(PathError::DotSegment);
        }
        for reading in without_empty_segments(&path, normalize.empty_segments.into())? {
            if !readings.contains(&reading) {
                readings.push(reading);
            }
            if readings.len() > MAX_READINGS {
                return Err(PathError::TooManyReadings);
            }
        }
    }
    Ok(())
}

/// The paths with and without their parameters.
fn without_parameters(paths: Vec<String>, choice: Choice) -> Result<Vec<String>, PathError> {
    vary(paths, (choice, PathError::PathParameter), |path| {
        path.contains(';').then(|| Ok(cut_parameters(path)))
    })
}

/// The paths with and without one difference; `other` is the path read the other way, if there is another.
fn vary(
    paths: Vec<String>,
    (choice, rejected): (Choice, PathError),
    other: impl Fn(&str) -> Option<Result<String, PathError>>,
) -> Result<Vec<String>, PathError> {
    if choice == Choice::Keep {
        return Ok(paths);
    }
    let mut out = Vec::with_capacity(paths.len());
    for path in paths {
        match (other(&path), choice) {
            (None, _) => out.push(path),
            (Some(_), Choice::Reject) => return Err(rejected),
            (Some(other), Choice::EveryReading) => out.extend([path, other?]),
            (Some(other), _) => out.push(other?),
        }
    }
    Ok(out)
}

/// Each segment up to its first `;`.
fn cut_parameters(path: &str) -> String {
    let segments = path.split('/').map(|segment| segment.split(';').next().unwrap_or_default());
    segments.collect::<Vec<_>>().join("/")
}

/// The path without dot segments, and its slashes merged: not, before, and after.
fn without_empty_segments(path: &str, choice: Choice) -> Result<Vec<String>, PathError> {
    let resolved = dots::resolve(path)?;
    if !path.contains("//") {
        return Ok(vec![resolved]);
    }
    let merged_before = || dots::resolve(&dots::merge_slashes(path));
    match choice {
        Choice::Keep => Ok(vec![resolved]),
        Choice::Reject => Err(PathError::EmptySegment),
        Choice::Change => Ok(vec![merged_before()?]),
        Choice::EveryReading => {
            let merged_after = dots::merge_slashes(&resolved);
            Ok(vec![resolved, merged_before()?, merged_after])
        }
    }
}

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
    let paths = vec![path];
    let paths = vary(paths, (normalize.double_encoding.into(), PathError::DoubleEncoding), |path| {
        escapes::decode_twice(path)
    })?;
    let paths = vary(paths, (normalize.escaped_slashes.into(), PathError::EscapedSlash), |path| {
        escapes::decode_slashes(path).map(Ok)
    })?;
    // `%3A` and `:` are one to most servers and two to RFC 3986: both are judged, whatever the policy chooses.
    let paths = vary(paths, (Choice::EveryReading, PathError::Escape), |path| {
        escapes::decode_reserved(path).map(Ok)
    })?;
    let paths = vary(paths, (normalize.backslashes.into(), PathError::Backslash), |path| {
        path.contains('\\').then(|| Ok(path.replace('\\', "/")))
    })?;
    let paths = vary(paths, (normalize.path_parameters.into(), PathError::PathParameter), |path| {
        path.contains(';').then(|| Ok(cut_parameters(path)))
    })?;
    let mut readings = Vec::with_capacity(paths.len());
    for path in paths {
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
    Ok(readings)
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

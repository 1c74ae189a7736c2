//! The steps that some servers apply to a path and others do not.

use super::escapes;
use super::marks::Marks;
use super::normalize::{Choice, Normalize, PathParameters};
use crate::reason::Reason;

/// A step that some servers apply to a path and others do not.
pub(super) struct Step {
    pub(super) choice: Choice,
    /// The reason of a request to which the step applies, if the choice is to reject.
    pub(super) rejected: Reason,
    /// The spelling to which the step applies.
    pub(super) mark: Marks,
    pub(super) apply: Apply,
    /// The length of the delimiter, for a step that cuts the path where some servers see the start of the query.
    pub(super) delimiter: Option<usize>,
}

/// Adds the path after a step to an empty buffer.
pub(super) type Apply = fn(&[u8], &mut Vec<u8>) -> Result<(), Reason>;

/// Returns the steps, in the order in which they are applied to compute the canonical path.
pub(super) fn of(normalize: &Normalize) -> [Step; 11] {
    let step = |choice, rejected, mark, apply: Apply| Step { choice, rejected, mark, apply, delimiter: None };
    let slashes = Choice::from(normalize.escaped_slashes);
    let delimiters = Choice::from(normalize.decoded_delimiters);
    let empty_segments = Choice::from(normalize.empty_segments);
    // If slashes are merged first, `//name` is not read as a host.
    let host = if empty_segments == Choice::EveryReading { Choice::EveryReading } else { Choice::Keep };
    // If parameters are removed first, no `;` is left that could start the query.
    let query = match (Choice::from(normalize.semicolon_query), normalize.path_parameters) {
        (Choice::EveryReading, PathParameters::Strip) => Choice::Keep,
        (choice, _) => choice,
    };
    [
        step(
            normalize.double_encoding.into(),
            Reason::DOUBLE_ENCODING,
            Marks::ESCAPED_TWICE,
            escapes::decode_twice,
        ),
        // `%3A` and `:` are the same for most servers and different in RFC 3986: both are readings, whatever the policy
        // chooses.
        step(Choice::EveryReading, Reason::PATH_ESCAPE, Marks::ESCAPED_RESERVED, escapes::decode_reserved),
        step(slashes, Reason::ESCAPED_SLASH, Marks::ESCAPED_SLASH, escapes::decode_byte::<b'/'>),
        step(slashes, Reason::ESCAPED_SLASH, Marks::ESCAPED_BACKSLASH, escapes::decode_byte::<b'\\'>),
        step(normalize.backslashes.into(), Reason::BACKSLASH, Marks::BACKSLASH, backslashes_to_slashes),
        step(normalize.path_parameters.into(), Reason::PATH_PARAMETER, Marks::SEMICOLON, cut_parameters),
        Step {
            delimiter: Some(";".len()),
            ..step(query, Reason::SEMICOLON_QUERY, Marks::SEMICOLON, cut_at_semicolon)
        },
        Step {
            delimiter: Some("%3F".len()),
            ..step(
                delimiters,
                Reason::DECODED_DELIMITER,
                Marks::ESCAPED_QUESTION_MARK,
                escapes::cut_at_escape::<b'?'>,
            )
        },
        step(delimiters, Reason::DECODED_DELIMITER, Marks::ESCAPED_HASH, escapes::cut_at_escape::<b'#'>),
        step(host, Reason::EMPTY_SEGMENT, Marks::EMPTY_SEGMENT, without_host),
        step(empty_segments, Reason::EMPTY_SEGMENT, Marks::EMPTY_SEGMENT, merge_slashes),
    ]
}

fn backslashes_to_slashes(path: &[u8], out: &mut Vec<u8>) -> Result<(), Reason> {
    out.extend(path.iter().map(|byte| if *byte == b'\\' { b'/' } else { *byte }));
    Ok(())
}

/// Removes the parameters of each segment.
fn cut_parameters(path: &[u8], out: &mut Vec<u8>) -> Result<(), Reason> {
    let mut is_parameter = false;
    for byte in path {
        is_parameter = *byte == b';' || (is_parameter && *byte != b'/');
        if !is_parameter {
            out.push(*byte);
        }
    }
    Ok(())
}

/// Cuts the path at its first `;`: the rest is the query.
fn cut_at_semicolon(path: &[u8], out: &mut Vec<u8>) -> Result<(), Reason> {
    out.extend_from_slice(path.split(|byte| *byte == b';').next().unwrap_or(path));
    Ok(())
}

/// Removes the segment after the first `//`. A path that starts with `//` resolves as a reference to another host (RFC 3986,
/// section 4.2). A server that takes `/api` off `/api//host/users`, and parses the rest as a URL, serves `/api/users`. Parsers
/// of the WHATWG URL standard skip further slashes before the host.
fn without_host(path: &[u8], out: &mut Vec<u8>) -> Result<(), Reason> {
    let start = path.array_windows().position(|[one, next]| (*one, *next) == (b'/', b'/'));
    let (before, after) = path.split_at_checked(start.unwrap_or(path.len())).unwrap_or_default();
    let host = after.split(|byte| *byte == b'/').find(|segment| !segment.is_empty());
    let slashes = after.iter().take_while(|byte| **byte == b'/').count();
    let rest = after.get(slashes + host.map_or(0, <[u8]>::len)..).filter(|rest| !rest.is_empty());
    out.extend_from_slice(before);
    out.extend_from_slice(rest.unwrap_or(b"/"));
    Ok(())
}

/// Replaces each run of slashes with one.
fn merge_slashes(path: &[u8], out: &mut Vec<u8>) -> Result<(), Reason> {
    for byte in path {
        if *byte != b'/' || out.last() != Some(&b'/') {
            out.push(*byte);
        }
    }
    Ok(())
}

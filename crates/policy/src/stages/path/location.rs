//! The `location` of a redirect.

use super::document::Redirect;
use crate::decision::Reason;
use crate::http::{Request, RequestPath};

/// Returns the location of a redirect, with the query of the request.
///
/// INVARIANT: the location is never scheme-relative unless the redirect has a host and no scheme.
pub(super) fn of(
    redirect: &Redirect,
    request: &Request<'_>,
    path: &RequestPath<'_>,
) -> Result<Vec<u8>, Reason> {
    let host = redirect.host.as_ref().map(|host| &*host.0);
    let location = match (redirect.scheme, host) {
        (None, None) => String::new(),
        (None, Some(host)) => format!("//{host}"),
        (Some(scheme), Some(host)) => format!("{}://{host}", scheme.name()),
        (Some(scheme), None) => format!("{}://{}", scheme.name(), request.authority()?.host.as_str()),
    };
    let mut location = location.into_bytes();
    let path_of_target = self::path(path.canonical().as_bytes());
    if !path_of_target.starts_with(b"/") {
        // The target `*` of an `OPTIONS`.
        location.push(b'/');
    }
    location.extend(path_of_target);
    if let Some(query) = path.query() {
        location.push(b'?');
        location.extend_from_slice(query);
    }
    Ok(location)
}

/// Returns a path as it is in a location. Browsers read a path that starts with `//` or backslashes as a host; both become one
/// slash.
pub(super) fn path(path: &[u8]) -> Vec<u8> {
    let is_slash = |byte: &u8| matches!(byte, b'/' | b'\\');
    if !path.first().is_some_and(is_slash) {
        return path.to_vec();
    }
    let mut location = vec![b'/'];
    for byte in path.iter().skip_while(|byte| is_slash(byte)) {
        match byte {
            b'\\' => location.extend_from_slice(b"%5C"),
            byte => location.push(*byte),
        }
    }
    location
}

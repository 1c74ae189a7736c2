//! The `location` of a redirect.

use super::document::Redirect;
use crate::decision::Reason;
use crate::http::{Request, RequestPath};

/// Returns the location of a redirect, with the query of the request.
///
/// INVARIANT: the location is never scheme-relative unless the redirect has a host and no scheme. Browsers read a
/// path that starts with `//` or backslashes as a host; both become one slash.
pub(super) fn of(
    redirect: &Redirect,
    request: &Request<'_>,
    path: &RequestPath<'_>,
) -> Result<Vec<u8>, Reason> {
    let host = redirect.host.as_ref().map(|host| &*host.0);
    let mut location = match (redirect.scheme, host) {
        (None, None) => String::new(),
        (None, Some(host)) => format!("//{host}"),
        (Some(scheme), Some(host)) => format!("{}://{host}", scheme.name()),
        (Some(scheme), None) => format!("{}://{}", scheme.name(), request.authority()?.host.as_str()),
    };
    location.push('/');
    location.push_str(&path.canonical().trim_start_matches(['/', '\\']).replace('\\', "%5C"));
    let mut location = location.into_bytes();
    if let Some(query) = path.query() {
        location.push(b'?');
        location.extend_from_slice(query);
    }
    Ok(location)
}

//! Writing headers and local replies.

use super::ffi::{self, Map};
use crate::host::CallFailed;
use crate::pairs;
use policy::decision::LocalReply;
use policy::http::{Change, Headers};

/// Writes the changes of the headers: a few one by one, many at once. The host has the same lines in the same order either
/// way.
pub(crate) fn write_changes(map: Map, headers: &Headers<'_>) -> Result<(), CallFailed> {
    if let Some(lines) = pairs::encode_at_once(headers) {
        return ffi::set_headers(map, &lines);
    }
    headers.changes().iter().try_for_each(|change| match change {
        Change::Set(name, value) => ffi::set_header(map, name, value),
        Change::Add(name, value) => ffi::add_header(map, name, value),
        Change::Remove(name) => ffi::remove_header(map, name),
    })
}

/// Sends a local reply. For gRPC the host makes the trailers-only response.
pub(crate) fn send_local_reply(reply: &LocalReply, details: &str) -> Result<(), CallFailed> {
    let headers =
        pairs::encode(reply.headers.iter().map(|(name, value)| (name.as_bytes(), value.as_slice())));
    let grpc = reply.grpc.map_or(-1, i32::from);
    ffi::send_local_reply(u32::from(reply.status), details, &reply.body, &headers, grpc)
}

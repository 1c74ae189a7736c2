//! The calls that only the modules in `vm` make.

use super::sys;
use crate::host::CallFailed;
use std::ptr::null_mut;

/// The status of a call for a property that does not exist.
const NOT_FOUND: CallFailed = CallFailed(1);

/// A header map of the host.
#[derive(Debug, Clone, Copy)]
#[repr(u32)]
pub(crate) enum Map {
    /// The headers of the request.
    Request = 0,
    /// The trailers of the request.
    RequestTrailers = 1,
    /// The headers of the response.
    Response = 2,
    /// The headers of the response to an HTTP call of the module.
    CallResponse = 6,
}

const CALL_RESPONSE_BODY: u32 = 4;
const PLUGIN_CONFIGURATION: u32 = 7;
const REQUEST: u32 = 0;
/// The clock of WASI that counts from 1970.
const REALTIME: u32 = 0;

/// Turns the status of a call into a result.
pub(super) fn check(status: u32) -> Result<(), CallFailed> {
    if status == 0 { Ok(()) } else { Err(CallFailed(status)) }
}

/// Returns the bytes that a call allocated in the module's memory; empty if it allocated none.
pub(super) fn returned(call: impl FnOnce(*mut *mut u8, *mut usize) -> u32) -> Result<Vec<u8>, CallFailed> {
    let (mut data, mut size) = (null_mut(), 0);
    check(call(&raw mut data, &raw mut size))?;
    if data.is_null() {
        return Ok(Vec::new());
    }
    // SAFETY: the host wrote `size` bytes to memory from `proxy_on_memory_allocate`, which leaks a vector of this
    // capacity, and transfers its ownership.
    Ok(unsafe { Vec::from_raw_parts(data, size, size) })
}

/// Returns true if the host has a clock.
pub(crate) fn has_clock() -> bool {
    let mut time = 0;
    // SAFETY: the host writes the time during the call.
    unsafe { sys::clock_time_get(REALTIME, 1, &raw mut time) == 0 }
}

/// Sets the period of the timer.
pub(crate) fn set_tick_period(milliseconds: u32) -> Result<(), CallFailed> {
    // SAFETY: no memory is passed.
    check(unsafe { sys::proxy_set_tick_period_milliseconds(milliseconds) })
}

/// Returns the configuration of the module.
pub(crate) fn configuration() -> Result<Vec<u8>, CallFailed> {
    buffer(PLUGIN_CONFIGURATION, usize::MAX)
}

/// Returns the first bytes of the response to an HTTP call of the module.
pub(crate) fn call_response_body(max: usize) -> Result<Vec<u8>, CallFailed> {
    buffer(CALL_RESPONSE_BODY, max)
}

fn buffer(kind: u32, max: usize) -> Result<Vec<u8>, CallFailed> {
    // SAFETY: `returned` passes two places that live during the call.
    returned(|data, size| unsafe { sys::proxy_get_buffer_bytes(kind, 0, max, data, size) })
}

/// Selects the context, a request or the root, that the following calls refer to.
pub(crate) fn set_effective_context(id: u32) -> Result<(), CallFailed> {
    // SAFETY: no memory is passed.
    check(unsafe { sys::proxy_set_effective_context(id) })
}

/// Resumes a paused request.
pub(crate) fn resume_request() -> Result<(), CallFailed> {
    // SAFETY: no memory is passed.
    check(unsafe { sys::proxy_continue_stream(REQUEST) })
}

/// Returns all headers, encoded as in [`crate::pairs`].
pub(crate) fn headers(map: Map) -> Result<Vec<u8>, CallFailed> {
    // SAFETY: as in `buffer`.
    returned(|data, size| unsafe { sys::proxy_get_header_map_pairs(map as u32, data, size) })
}

/// Replaces all headers by encoded ones.
pub(crate) fn set_headers(map: Map, pairs: &[u8]) -> Result<(), CallFailed> {
    // SAFETY: the host reads the bytes during the call; likewise in all calls below.
    check(unsafe { sys::proxy_set_header_map_pairs(map as u32, pairs.as_ptr(), pairs.len()) })
}

/// Replaces all values of a header.
pub(crate) fn set_header(map: Map, name: &[u8], value: &[u8]) -> Result<(), CallFailed> {
    // SAFETY: see `set_headers`.
    check(unsafe {
        sys::proxy_replace_header_map_value(
            map as u32,
            name.as_ptr(),
            name.len(),
            value.as_ptr(),
            value.len(),
        )
    })
}

/// Adds a value to a header.
pub(crate) fn add_header(map: Map, name: &[u8], value: &[u8]) -> Result<(), CallFailed> {
    // SAFETY: see `set_headers`.
    check(unsafe {
        sys::proxy_add_header_map_value(map as u32, name.as_ptr(), name.len(), value.as_ptr(), value.len())
    })
}

/// Removes all values of a header.
pub(crate) fn remove_header(map: Map, name: &[u8]) -> Result<(), CallFailed> {
    // SAFETY: see `set_headers`.
    check(unsafe { sys::proxy_remove_header_map_value(map as u32, name.as_ptr(), name.len()) })
}

/// Returns a property; the parts of its path are joined with NUL.
pub(crate) fn property(path: &str) -> Result<Option<Vec<u8>>, CallFailed> {
    // SAFETY: see `set_headers` and `buffer`.
    match returned(|data, size| unsafe { sys::proxy_get_property(path.as_ptr(), path.len(), data, size) }) {
        Ok(value) => Ok(Some(value)),
        Err(NOT_FOUND) => Ok(None),
        Err(status) => Err(status),
    }
}

/// Writes the filter state `wasm.<name>`.
pub(crate) fn set_filter_state(name: &str, value: &str) -> Result<(), CallFailed> {
    // SAFETY: see `set_headers`.
    check(unsafe { sys::proxy_set_property(name.as_ptr(), name.len(), value.as_ptr(), value.len()) })
}

/// Sends a local reply; `grpc` is -1 to let the host choose the status.
pub(crate) fn send_local_reply(
    status: u32,
    details: &str,
    body: &[u8],
    headers: &[u8],
    grpc: i32,
) -> Result<(), CallFailed> {
    // SAFETY: see `set_headers`.
    check(unsafe {
        sys::proxy_send_local_response(
            status,
            details.as_ptr(),
            details.len(),
            body.as_ptr(),
            body.len(),
            headers.as_ptr(),
            headers.len(),
            grpc,
        )
    })
}

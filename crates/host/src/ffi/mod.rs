//! The calls out of the VM that the modules make (proxy-wasm ABI 0.2.1).
//!
//! Declared here rather than taken from the SDK, whose calls panic on a status that they do not expect, take
//! strings where there are bytes, and leave out the details of a local response.
#![expect(unsafe_code, reason = "calls of the host")]

mod sys;

use std::ptr::null_mut;

/// A status of the host that is not `Ok`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Status(u32);

impl Status {
    /// There is no such thing.
    pub(crate) const NOT_FOUND: Self = Self(1);
}

/// Which headers.
#[derive(Debug, Clone, Copy)]
#[repr(u32)]
pub(crate) enum Map {
    /// Of the request.
    Request = 0,
    /// Of the response.
    Response = 2,
    /// Of the answer to a call of the module's own.
    CallResponse = 6,
}

/// How loud a line of the log is.
#[derive(Debug, Clone, Copy)]
#[repr(u32)]
pub(crate) enum Level {
    /// What an operator may want to know.
    Info = 2,
    /// What may pass by itself.
    Warn = 3,
    /// What an operator has to mend.
    Error = 4,
}

const CALL_RESPONSE_BODY: u32 = 4;
const PLUGIN_CONFIGURATION: u32 = 7;
const REQUEST: u32 = 0;

fn check(status: u32) -> Result<(), Status> {
    if status == 0 { Ok(()) } else { Err(Status(status)) }
}

/// What a call gives back in memory of the module's own allocator; nothing where the host gave none.
fn returned(call: impl FnOnce(*mut *mut u8, *mut usize) -> u32) -> Result<Vec<u8>, Status> {
    let (mut data, mut size) = (null_mut(), 0);
    check(call(&raw mut data, &raw mut size))?;
    if data.is_null() {
        return Ok(Vec::new());
    }
    // SAFETY: the host wrote `size` bytes to memory that it took from `proxy_on_memory_allocate`, which leaks a
    // vector with this capacity, and hands it over.
    Ok(unsafe { Vec::from_raw_parts(data, size, size) })
}

/// Writes a line to the log.
pub(crate) fn log(level: Level, line: &str) {
    // SAFETY: the host reads the line while the call lasts. There is nobody to tell of a failure.
    let _ = unsafe { sys::proxy_log(level as u32, line.as_ptr(), line.len()) };
}

/// Asks for a tick every so many milliseconds.
pub(crate) fn set_tick_period(milliseconds: u32) -> Result<(), Status> {
    // SAFETY: no memory is handed over.
    check(unsafe { sys::proxy_set_tick_period_milliseconds(milliseconds) })
}

/// The configuration of the module.
pub(crate) fn configuration() -> Result<Vec<u8>, Status> {
    buffer(PLUGIN_CONFIGURATION, usize::MAX)
}

/// The first bytes of the answer to a call of the module's own.
pub(crate) fn call_response_body(max: usize) -> Result<Vec<u8>, Status> {
    buffer(CALL_RESPONSE_BODY, max)
}

fn buffer(kind: u32, max: usize) -> Result<Vec<u8>, Status> {
    // SAFETY: `returned` hands over two places that live while the call lasts.
    returned(|data, size| unsafe { sys::proxy_get_buffer_bytes(kind, 0, max, data, size) })
}

/// Makes the calls that follow about this context: a request, or the module's root.
pub(crate) fn set_effective_context(id: u32) -> Result<(), Status> {
    // SAFETY: no memory is handed over.
    check(unsafe { sys::proxy_set_effective_context(id) })
}

/// Lets the request go on that was paused.
pub(crate) fn resume_request() -> Result<(), Status> {
    // SAFETY: no memory is handed over.
    check(unsafe { sys::proxy_continue_stream(REQUEST) })
}

/// What the process shares under this key, and a number that changes with it.
pub(crate) fn shared(key: &str) -> Result<Option<(Vec<u8>, u32)>, Status> {
    let mut cas = 0;
    // SAFETY: as in `buffer`; the number lives while the call lasts.
    let value = returned(|data, size| unsafe {
        sys::proxy_get_shared_data(key.as_ptr(), key.len(), data, size, &raw mut cas)
    });
    match value {
        Ok(value) => Ok(Some((value, cas))),
        Err(Status::NOT_FOUND) => Ok(None),
        Err(status) => Err(status),
    }
}

/// Shares this under a key, if the number is still that of what is there; 0 stands for whatever is there.
pub(crate) fn share(key: &str, value: &[u8], cas: u32) -> Result<(), Status> {
    // SAFETY: see `set_headers`.
    check(unsafe { sys::proxy_set_shared_data(key.as_ptr(), key.len(), value.as_ptr(), value.len(), cas) })
}

/// All headers, serialized.
pub(crate) fn headers(map: Map) -> Result<Vec<u8>, Status> {
    // SAFETY: as in `buffer`.
    returned(|data, size| unsafe { sys::proxy_get_header_map_pairs(map as u32, data, size) })
}

/// Replaces all headers by serialized ones.
pub(crate) fn set_headers(map: Map, pairs: &[u8]) -> Result<(), Status> {
    // SAFETY: the host reads the bytes while the call lasts; so in all calls below.
    check(unsafe { sys::proxy_set_header_map_pairs(map as u32, pairs.as_ptr(), pairs.len()) })
}

/// Replaces every value of a header.
pub(crate) fn set_header(map: Map, name: &[u8], value: &[u8]) -> Result<(), Status> {
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
pub(crate) fn add_header(map: Map, name: &[u8], value: &[u8]) -> Result<(), Status> {
    // SAFETY: see `set_headers`.
    check(unsafe {
        sys::proxy_add_header_map_value(map as u32, name.as_ptr(), name.len(), value.as_ptr(), value.len())
    })
}

/// Takes off every value of a header.
pub(crate) fn remove_header(map: Map, name: &[u8]) -> Result<(), Status> {
    // SAFETY: see `set_headers`.
    check(unsafe { sys::proxy_remove_header_map_value(map as u32, name.as_ptr(), name.len()) })
}

/// A property; its path is joined by NUL.
pub(crate) fn property(path: &str) -> Result<Option<Vec<u8>>, Status> {
    // SAFETY: see `set_headers` and `buffer`.
    match returned(|data, size| unsafe { sys::proxy_get_property(path.as_ptr(), path.len(), data, size) }) {
        Ok(value) => Ok(Some(value)),
        Err(Status::NOT_FOUND) => Ok(None),
        Err(status) => Err(status),
    }
}

/// Writes the filter state `wasm.<name>`.
pub(crate) fn set_filter_state(name: &str, value: &str) -> Result<(), Status> {
    // SAFETY: see `set_headers`.
    check(unsafe { sys::proxy_set_property(name.as_ptr(), name.len(), value.as_ptr(), value.len()) })
}

/// Answers the request in place of the upstream; `grpc` is -1 where the host is to choose.
pub(crate) fn respond(
    status: u32,
    details: &str,
    body: &[u8],
    headers: &[u8],
    grpc: i32,
) -> Result<(), Status> {
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

/// Calls a function that the host has under this name.
pub(crate) fn call(name: &str, argument: &[u8]) -> Result<Vec<u8>, Status> {
    // SAFETY: see `set_headers` and `buffer`.
    returned(|data, size| unsafe {
        sys::proxy_call_foreign_function(
            name.as_ptr(),
            name.len(),
            argument.as_ptr(),
            argument.len(),
            data,
            size,
        )
    })
}

/// What a metric is.
#[derive(Debug, Clone, Copy)]
#[repr(u32)]
pub(crate) enum Metric {
    /// A number that grows.
    Counter = 0,
    /// A number that is what it is now.
    Gauge = 1,
}

/// The number of the metric with this name.
pub(crate) fn define(metric: Metric, name: &str) -> Result<u32, Status> {
    let mut id = 0;
    // SAFETY: the host reads the name and writes the number while the call lasts.
    check(unsafe { sys::proxy_define_metric(metric as u32, name.as_ptr(), name.len(), &raw mut id) })?;
    Ok(id)
}

/// Sets a gauge.
pub(crate) fn record(gauge: u32, value: u64) -> Result<(), Status> {
    // SAFETY: no memory is handed over.
    check(unsafe { sys::proxy_record_metric(gauge, value) })
}

/// Counts on.
pub(crate) fn increment(counter: u32, by: u64) -> Result<(), Status> {
    // SAFETY: no memory is handed over.
    check(unsafe { sys::proxy_increment_metric(counter, i64::try_from(by).unwrap_or(i64::MAX)) })
}

//! Fetching key sets from an Envoy cluster.

use super::clock;
use super::ffi::{self, Envoy, Map};
use crate::counters::Counters;
use crate::key_schedule::KeySchedule;
use crate::key_set::RemoteKeySet;
use crate::pairs;
use jose::MAX_SET_BYTES;
use policy::decision::Filter;
use policy::stages::KeyRing;
use proxy_wasm::hostcalls::dispatch_http_call;
use proxy_wasm::types::Status;
use std::time::Duration;

/// Requests the key sets that are due and that no other worker fetches.
pub(crate) fn fetch_due(schedule: &KeySchedule, counters: &Counters) {
    for set in schedule.claim_due(clock::milliseconds(), &Envoy) {
        counters.increment(Filter::TokenValidation, "jwks_fetches");
        let headers = vec![
            (":method", "GET"),
            (":path", &set.keys.uri.target),
            (":authority", &set.keys.uri.authority),
            ("accept", "application/jwk-set+json, application/json"),
        ];
        let timeout = Duration::from_millis(set.keys.refresh.timeout);
        // The SDK's own call: its dispatcher must know the context of the response.
        match dispatch_http_call(&set.keys.cluster, headers, None, Vec::new(), timeout) {
            Ok(call) => set.call.set(Some(call)),
            Err(Status::BadArgument) => fail(set, "unknown cluster", counters),
            Err(_) => fail(set, "Envoy did not send the request", counters),
        }
    }
}

/// Takes the response to a request of [`fetch_due`], given by the number of its headers and the size of its body.
pub(crate) fn on_response(
    schedule: &KeySchedule,
    call: u32,
    headers: usize,
    size: usize,
    ring: &KeyRing,
    counters: &Counters,
) {
    let Some(set) = schedule.take_call(call) else { return };
    let (now, random) = (clock::milliseconds(), clock::any_number());
    let accepted = body(headers, size).and_then(|body| set.accept(&body, now, random, ring, &Envoy));
    if let Err(why) = accepted {
        fail(set, &why, counters);
    }
}

fn fail(set: &RemoteKeySet, why: &str, counters: &Counters) {
    counters.increment(Filter::TokenValidation, "jwks_fetch_failures");
    set.fail(why, clock::milliseconds(), clock::any_number(), &Envoy);
}

/// Returns the body of a response with status 200.
fn body(headers: usize, size: usize) -> Result<Vec<u8>, String> {
    // An incomplete response has no headers.
    if headers == 0 {
        return Err("the response is incomplete".to_owned());
    }
    let lines = ffi::headers(Map::CallResponse).map_err(|_| "the host does not return the headers")?;
    let lines = pairs::decode(&lines).unwrap_or_default();
    let status = lines.iter().find(|(name, _)| *name == b":status").map(|(_, value)| *value);
    match status {
        Some(b"200") if size > MAX_SET_BYTES => {
            Err(format!("the response has {size} bytes; the limit is {MAX_SET_BYTES}"))
        }
        Some(b"200") => Ok(ffi::call_response_body(size).map_err(|_| "the host does not return the body")?),
        status => Err(format!("status {}", status.unwrap_or_default().escape_ascii())),
    }
}

//! What a module needs of a proxy-wasm host: the callbacks that the host calls, and the host calls that it makes.
//!
//! Envoy's `capability_restriction_config` lists both by these names, and bars what it does not list.

use crate::Module;

/// The callbacks of every module.
const CALLBACKS: [&str; 6] = [
    "proxy_on_context_create",
    "proxy_on_configure",
    "proxy_on_tick",
    "proxy_on_delete",
    "proxy_on_request_headers",
    "proxy_on_request_trailers",
];

/// The host calls of every module.
const HOST_CALLS: [&str; 16] = [
    "clock_time_get",
    "random_get",
    "proxy_log",
    "proxy_set_tick_period_milliseconds",
    "proxy_get_buffer_bytes",
    "proxy_get_header_map_pairs",
    "proxy_set_header_map_pairs",
    "proxy_replace_header_map_value",
    "proxy_add_header_map_value",
    "proxy_remove_header_map_value",
    "proxy_get_property",
    "proxy_set_property",
    "proxy_send_local_response",
    "proxy_define_metric",
    "proxy_record_metric",
    "proxy_increment_metric",
];

/// The host calls by which a module fetches keys, verifies signatures, and resumes the requests that wait.
const OF_TOKENS: [&str; 6] = [
    "proxy_http_call",
    "proxy_call_foreign_function",
    "proxy_set_effective_context",
    "proxy_continue_stream",
    "proxy_get_shared_data",
    "proxy_set_shared_data",
];

impl Module {
    /// Returns the callbacks that the module exports. Envoy calls every callback that a module exports, and each call
    /// has a cost.
    ///
    /// ```
    /// use modules::Module;
    ///
    /// assert!(Module::Ringfence.callbacks().contains(&"proxy_on_request_body"));
    /// assert!(!Module::PathPolicy.callbacks().contains(&"proxy_on_request_body"));
    /// ```
    pub fn callbacks(self) -> Vec<&'static str> {
        let mut callbacks = CALLBACKS.to_vec();
        callbacks.extend(self.edits_responses().then_some("proxy_on_response_headers"));
        if self.validates_tokens() {
            callbacks.push("proxy_on_http_call_response");
            // A request that waits for keys stays paused, whatever follows its headers.
            callbacks.push("proxy_on_request_body");
        }
        callbacks
    }

    /// Returns the callbacks without which requests or responses pass unchecked: the host continues where it has no
    /// callback. Without any of the others it denies requests, or answers them with an error.
    pub fn guards(self) -> Vec<&'static str> {
        let is_guard =
            |name: &&str| name.starts_with("proxy_on_request_") || name.starts_with("proxy_on_response_");
        self.callbacks().into_iter().filter(is_guard).collect()
    }

    /// Returns the host calls that the module makes.
    pub fn host_calls(self) -> Vec<&'static str> {
        let tokens = self.validates_tokens().then_some(OF_TOKENS).into_iter().flatten();
        HOST_CALLS.into_iter().chain(tokens).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Module;
    use std::collections::BTreeSet;

    #[test]
    fn the_host_calls_are_those_of_the_adapter() {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../host/src/vm/ffi/sys.rs");
        let text = std::fs::read_to_string(file).unwrap();
        let declared = text.split("fn ").skip(1).filter_map(|rest| rest.split('(').next());
        // The SDK makes one call, and the standard library another.
        let expected: BTreeSet<&str> = declared.chain(["proxy_http_call", "random_get"]).collect();
        assert_eq!(Module::Ringfence.host_calls().into_iter().collect::<BTreeSet<_>>(), expected);
    }

    #[test]
    fn guards_are_the_callbacks_of_requests_and_responses() {
        let of_requests = ["proxy_on_request_headers", "proxy_on_request_trailers"];
        assert_eq!(Module::VhostPolicy.guards(), of_requests);
        assert_eq!(
            Module::HeaderPolicy.guards(),
            [&of_requests[..], &["proxy_on_response_headers"]].concat()
        );
    }
}

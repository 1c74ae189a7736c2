//! The adapter between the engine and a proxy-wasm host such as Envoy.
//!
//! The counters, the queue of waiting requests, the schedule of key sets and the encoding of headers are pure: host
//! calls go through the trait `Host` and time is an argument, so that native tests cover them. The modules in `vm` make
//! the calls of the ABI and exist in WebAssembly only.
//!
//! INVARIANT: this is the only crate that names `proxy_wasm`, and the only one with unsafe code. It makes no decisions.
//! No answer of the host causes a panic; if the host fails on a request, the request is denied.
#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "used in WebAssembly and by tests"))]

mod counters;
mod host;
mod key_schedule;
mod key_set;
mod pairs;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "wasm32")]
mod vm;
mod waiting_queue;

#[cfg(target_arch = "wasm32")]
pub use {proxy_wasm, vm::start};

/// Makes a crate the module of a stage.
#[macro_export]
macro_rules! module {
    ($stage:ty) => {
        mod entry {
            use $crate::proxy_wasm;
            $crate::proxy_wasm::main! {{ $crate::start::<$stage>(); }}
        }
    };
}

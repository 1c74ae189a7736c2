//! The adapter between the engine and a proxy-wasm host such as Envoy: bytes in, decision out.
//!
//! INVARIANT: this is the only crate that names `proxy_wasm`, and the only one with unsafe code. It decides nothing.
//! Whatever the host answers, no path panics: where the host fails, the request is denied.
#![cfg(target_arch = "wasm32")]

mod clock;
mod counters;
mod exchange;
mod ffi;
mod keys;
mod pairs;
mod root;
mod signatures;
mod waiting;

pub use proxy_wasm;
pub use root::start;

/// Makes a crate the module that runs the stage.
#[macro_export]
macro_rules! module {
    ($stage:ty) => {
        mod entry {
            use $crate::proxy_wasm;
            $crate::proxy_wasm::main! {{ $crate::start::<$stage>(); }}
        }
    };
}

//! header-policy: request and response headers: require, forbid, change.
#![cfg(target_arch = "wasm32")]

host::module!(policy::stages::HeaderStage);

//! header-policy: requires, forbids and edits request and response headers.
#![cfg(target_arch = "wasm32")]

host::module!(policy::stages::HeaderStage);

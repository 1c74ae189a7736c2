//! path-policy: one canonical path, then allow, deny, redirect or rewrite.
#![cfg(target_arch = "wasm32")]

host::module!(policy::stages::PathStage);

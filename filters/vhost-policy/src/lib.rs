//! vhost-policy: which virtual hosts may be asked for, and how.
#![cfg(target_arch = "wasm32")]

host::module!(policy::stages::VhostStage);

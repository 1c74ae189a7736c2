//! vhost-policy: virtual hosts, with their ports, methods and TLS.
#![cfg(target_arch = "wasm32")]

host::module!(policy::stages::VhostStage);

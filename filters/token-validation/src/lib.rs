//! token-validation: JWT validation and claim rules.
#![cfg(target_arch = "wasm32")]

host::module!(policy::stages::TokenStage);

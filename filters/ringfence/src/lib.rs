//! ringfence: all the filters in one VM, one configuration, one pass over the headers.
#![cfg(target_arch = "wasm32")]

host::module!(policy::stages::Ringfence);

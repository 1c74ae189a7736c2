//! What runs in the VM only: the callbacks of the host, and the calls to it.

mod clock;
mod connection;
mod exchange;
mod fetch;
mod ffi;
mod headers;
mod instance;
mod root;

pub use root::start;

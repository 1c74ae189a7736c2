//! `cargo xtask`; the tasks are in the library, which tests use.

use std::process::ExitCode;

fn main() -> ExitCode {
    xtask::main()
}

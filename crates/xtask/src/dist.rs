//! The command as one static file.

use crate::run::{replace_file, run, say};
use crate::toolchain;
use anyhow::{Context, Result, ensure};
use std::process::Command;
use testkit::workspace::{build, cargo, root};

/// Builds the command for Linux into `dist/ringfence`. It is static, so it runs on any distribution and in an empty image.
pub(crate) fn all() -> Result<()> {
    let target = format!("{}-unknown-linux-musl", std::env::consts::ARCH);
    toolchain::ensure_target(&target)?;
    say(&format!("building ringfence for {target}"));
    let mut command = static_build("ringfence-cli", &target);
    // The default linker works with the libc of the target, which contains all of musl; no dependency has C code.
    let built =
        build(command.env(variable(&target, "RUSTFLAGS"), "-C strip=symbols -C target-feature=+crt-static"))?;
    let bytes = std::fs::read(&built).with_context(|| format!("cannot read {}", built.display()))?;
    ensure!(!has_loader(&bytes), "{} is not static: it names a dynamic loader", built.display());
    let file = root().join("dist/ringfence");
    replace_file(&file, &bytes)?;
    run(Command::new("chmod").arg("+x").arg(&file))?;
    eprintln!("    dist/ringfence  {} KB", bytes.len().div_ceil(1000));
    run(Command::new(&file).arg("--version"))
}

/// Returns the command that builds a package for a musl target.
pub(crate) fn static_build(package: &str, target: &str) -> Command {
    cargo(&format!("build --locked --release --package {package} --target {target}"))
}

/// Returns the name of a Cargo variable for a target, such as `CARGO_TARGET_…_LINKER`.
pub(crate) fn variable(target: &str, name: &str) -> String {
    format!("CARGO_TARGET_{}_{name}", target.to_uppercase().replace('-', "_"))
}

/// Returns true if the program has the path of a dynamic loader, such as `/lib64/ld-linux-x86-64.so.2`.
fn has_loader(elf: &[u8]) -> bool {
    [&b"/ld-linux"[..], b"/ld-musl"].iter().any(|name| elf.windows(name.len()).any(|bytes| bytes == *name))
}

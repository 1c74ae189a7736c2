//! The command as one static file.

use crate::run::{replace_file, run, say};
use anyhow::{Context, Result, bail};
use std::process::Command;
use testkit::workspace::{build, cargo, root};

/// Returns the target of the static build.
pub(crate) fn target() -> String {
    format!("{}-unknown-linux-musl", std::env::consts::ARCH)
}

/// Builds the command for Linux into `dist/ringfence`. It is static, so it runs on any distribution and in an empty image.
pub(crate) fn all() -> Result<()> {
    let target = target();
    say(&format!("building ringfence for {target}"));
    let mut command = static_build("ringfence-cli", &target);
    // The default linker works with the libc of the target, which contains all of musl; no dependency has C code.
    let built =
        build(command.env(variable(&target, "RUSTFLAGS"), "-C strip=symbols -C target-feature=+crt-static"))?;
    let bytes = std::fs::read(&built).with_context(|| format!("cannot read {}", built.display()))?;
    if has_loader(&bytes).context("not a 64-bit ELF file")? {
        bail!("{} is not static: it names a dynamic loader", built.display());
    }
    let file = root().join("dist/ringfence");
    replace_file(&file, &bytes, true)?;
    eprintln!("    dist/ringfence  {} KB", bytes.len().div_ceil(1000));
    run(Command::new(&file).arg("--version"))
}

/// Returns the command that builds a package for a musl target.
pub(crate) fn static_build(package: &str, target: &str) -> Command {
    cargo(&["build", "--locked", "--release", "--package", package, "--target", target])
}

/// Returns the name of a Cargo variable for a target, such as `CARGO_TARGET_…_LINKER`.
pub(crate) fn variable(target: &str, name: &str) -> String {
    format!("CARGO_TARGET_{}_{name}", target.to_uppercase().replace('-', "_"))
}

/// Returns true if the program has a `PT_INTERP` segment, which names its dynamic loader; `None` if it is not a 64-bit ELF file.
fn has_loader(elf: &[u8]) -> Option<bool> {
    const PT_INTERP: u64 = 3;
    if !elf.starts_with(b"\x7fELF\x02") {
        return None;
    }
    let number = |at: usize, length: usize| -> Option<u64> {
        let bytes = elf.get(at..at.checked_add(length)?)?;
        Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    };
    let start = usize::try_from(number(32, 8)?).ok()?;
    let (size, count) = (usize::try_from(number(54, 2)?).ok()?, usize::try_from(number(56, 2)?).ok()?);
    let kinds = (0..count).map(|index| number(start + index * size, 4)).collect::<Option<Vec<_>>>()?;
    Some(kinds.contains(&PT_INTERP))
}

#[cfg(test)]
mod tests {
    use super::has_loader;

    #[test]
    fn only_dynamic_programs_have_a_loader() {
        // The test program itself is linked with the defaults of the machine.
        let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        assert_eq!(has_loader(&own), Some(cfg!(target_os = "linux") && cfg!(not(target_env = "musl"))));
        assert_eq!(has_loader(b"#!/bin/sh"), None);
    }
}

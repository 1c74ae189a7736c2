//! The manifests of the command line.

use crate::exit::Failure;
use crate::report::{self, Format};
use crate::{files, output};
use netpol::model::Cluster;
use std::path::PathBuf;

/// Reads manifests. Problems are reported in the output format of the result.
pub fn cluster(paths: &[PathBuf], format: Format) -> Result<Cluster, Failure> {
    let files = files::read(paths)?;
    let read = netpol::read(files.iter().map(|file| (&file.name, &file.text)));
    read.inspect(note_ignored).map_err(|found| report::reject(&found, &files, format))
}

/// Warns about policies of other kinds: they could change the result, but are not read.
fn note_ignored(cluster: &Cluster) {
    for object in cluster.ignored.iter().filter(|object| object.kind.contains("NetworkPolicy")) {
        let note = "is not a policy of networking.k8s.io, and is ignored";
        output::message(format_args!("note: {}: {object} {note}", object.place));
    }
}

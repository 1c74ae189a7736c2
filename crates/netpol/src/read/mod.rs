//! From manifests to a cluster: strict, and with every problem in one go.

mod cluster;
mod deserialize;
mod gateway;
mod istio;
mod kinds;
mod names;
mod object;
mod policy;
mod reader;
mod schema;
mod selector;
mod service;
mod workload;

use crate::model::Cluster;
use crate::problem::{Problem, Problems};
use cluster::Builder;

/// Reads the manifests of some files, each given by its name and its text.
///
/// What nothing here reads is passed over and kept in [`Cluster::ignored`].
///
/// # Errors
/// Every problem of every file.
pub fn read<N: AsRef<str>, T: AsRef<str>>(
    files: impl IntoIterator<Item = (N, T)>,
) -> Result<Cluster, Vec<Problem>> {
    let mut builder = Builder::default();
    let mut found = Vec::new();
    for (name, text) in files {
        let mut problems = Problems::new(name.as_ref());
        yaml::documents(text.as_ref(), &mut problems, |node, problems| {
            kinds::document(&node, problems, &mut builder);
        });
        let mut problems = problems.into_vec();
        problems.sort_by_key(|problem| (problem.place.line, problem.place.column));
        problems.dedup();
        found.extend(problems);
    }
    let (cluster, problems) = builder.finish();
    found.extend(problems);
    if found.is_empty() { Ok(cluster) } else { Err(found) }
}

#[cfg(test)]
mod tests;

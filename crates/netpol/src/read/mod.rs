//! Reads manifests into a cluster. It is strict and reports every problem.

mod cluster;
mod deserialize;
mod gateway;
mod graph;
mod graph_code;
mod graph_fields;
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

pub use graph_code::GraphCode;

use crate::model::Cluster;
use cluster::Builder;
use diagnostics::{Diagnostic, Diagnostics};

/// Reads the manifests of files, each given as its name and its text.
///
/// Objects of other kinds are added to [`Cluster::ignored`].
///
/// # Errors
/// Every problem of every file.
pub fn read<N: AsRef<str>, T: AsRef<str>>(
    files: impl IntoIterator<Item = (N, T)>,
) -> Result<Cluster, Vec<Diagnostic>> {
    let mut builder = Builder::default();
    let mut found = Vec::new();
    for (name, text) in files {
        let mut problems = Diagnostics::new(name.as_ref());
        for node in yaml::documents(text.as_ref(), &mut problems) {
            kinds::document(&node, &mut problems, &mut builder);
        }
        let mut problems = problems.into_vec();
        problems.sort_by_key(|problem| problem.span);
        problems.dedup();
        found.extend(problems);
    }
    if found.is_empty() { Ok(builder.finish()) } else { Err(found) }
}

#[cfg(test)]
mod tests;

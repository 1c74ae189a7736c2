//! The canonical host, and the readings of the path.

use super::causes;
use super::explained::Explained;
use modules::Module;
use policy::decision::Filter;
use policy::document::{self, Document};
use policy::http::{Authority, Normalize, PathLimits, RequestPath};
use serde_json::Value;

/// A reading of the path.
#[derive(Debug)]
pub struct Reading {
    pub path: String,
    /// What a server does to read the path this way; empty for the canonical path.
    pub because: Vec<&'static str>,
}

/// Returns the canonical host, or why the host is invalid.
pub fn host(explained: &Explained<'_>) -> Result<String, &'static str> {
    let bytes = explained.request.host.as_deref().unwrap_or_default();
    Authority::parse(bytes)
        .map(|authority| authority.host.as_str().to_owned())
        .map_err(policy::decision::Reason::name)
}

/// Returns every reading of the path, the canonical path first, or why the path is invalid; `None` without a path.
pub fn all(explained: &Explained<'_>) -> Option<Result<Vec<Reading>, &'static str>> {
    let target = explained.request.target.as_deref()?;
    let method = &explained.request.method;
    // Without a path-policy, other filters use the default normalization.
    let (normalize, limits) = match explained.decided.readings.as_slice() {
        [] => (Normalize::default(), PathLimits::default()),
        _ => (field(explained.document, "normalize"), field(explained.document, "limits")),
    };
    let paths = match explained.decided.readings.as_slice() {
        [] => match RequestPath::parse(target, method, &normalize, &limits) {
            Ok(path) => path.readings().map(str::to_owned).collect(),
            Err(error) => return Some(Err(error.name())),
        },
        readings => readings.to_vec(),
    };
    let because = causes::of(&paths, target, method, &normalize, &limits);
    Some(Ok(paths.into_iter().zip(because).map(|(path, because)| Reading { path, because }).collect()))
}

/// Returns a field of the path-policy in a policy.
fn field<T: Document + Default>(policy: &Value, name: &str) -> T {
    let section = Module::from(Filter::PathPolicy).section().and_then(|section| policy.get(section));
    let field = section.unwrap_or(policy).get(name).map(Value::to_string);
    field.and_then(|field| document::read(field.as_bytes()).ok()).unwrap_or_default()
}

//! The manifests of the examples with a registry and digests: the registry has every image that they name.

use crate::image::{push, same_module};
use crate::pulled;
use crate::registry::Registry;
use anyhow::{Context, Result, ensure};
use modules::Module;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use testkit::workspace::root;
use testkit::workspace::run_folder;
use xtask::images::{self, EXAMPLES, copy};

/// Pulls every image of the manifests by its digest, and compares it with the module.
pub fn check(registry: &Registry) -> Result<()> {
    let mut digests = BTreeMap::new();
    let modules = Module::ALL.map(Module::name);
    for name in modules {
        digests.insert(name.to_owned(), push(registry, name)?.sha256().to_owned());
    }
    let folder = run_folder("pinned")?;
    let path = registry.path();
    let mut named = BTreeSet::new();
    for example in EXAMPLES {
        let (from, to) = (root().join("examples").join(example), folder.join(example));
        let written = copy(&from, &to, images::Registry { path: &path, tag: "test", digests: &digests })?;
        for file in written {
            let text = std::fs::read_to_string(&file)?;
            ensure!(!text.contains("registry.example.com"), "{} still has the placeholder", file.display());
            for document in yaml::values(&file.display().to_string(), &text)? {
                find(&document, &mut named);
            }
        }
    }
    for (url, digest) in &named {
        let image = url.strip_prefix("oci://").unwrap_or(url);
        let name = image.strip_prefix(&format!("{path}/")).and_then(|image| image.strip_suffix(":test"));
        let name = name.with_context(|| format!("{url} is in another registry"))?;
        let pulled = pulled::read(&registry.pull(name, &format!("@sha256:{digest}"))?)?;
        same_module(name, &pulled.plugin).with_context(|| url.clone())?;
    }
    let loaded: BTreeSet<&str> =
        named.iter().filter_map(|(url, _)| url.split(['/', ':']).rev().nth(1)).collect();
    ensure!(loaded == BTreeSet::from(modules), "the manifests name {loaded:?}");
    Ok(())
}

/// Collects the images of a document, with their digests.
fn find(value: &Value, named: &mut BTreeSet<(String, String)>) {
    match value {
        Value::Object(fields) => {
            if let (Some(Value::String(url)), Some(Value::String(digest))) =
                (fields.get("url"), fields.get("sha256"))
            {
                named.insert((url.clone(), digest.clone()));
            }
            fields.values().for_each(|value| find(value, named));
        }
        Value::Array(items) => items.iter().for_each(|value| find(value, named)),
        _ => {}
    }
}

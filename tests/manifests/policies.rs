//! The policy for requests stands in three files of the example, and is one.

use crate::documents;
use anyhow::{Context, Result, ensure};
use e2e::root;
use serde_json::Value;

/// Both manifests carry the policy, which the engine loads.
pub fn check() -> Result<()> {
    let read = |file: &str| -> Result<Value> {
        documents(&root().join("examples/bookinfo").join(file))?.first().cloned().context(file.to_owned())
    };
    let policy = read("policy.yaml")?;
    cases::load("ringfence", policy.to_string().as_bytes())
        .map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    let (wasm_plugin, traffic_extension) =
        (read("gateway/wasmplugin.yaml")?, read("gateway/trafficextension.yaml")?);
    ensure!(wasm_plugin["spec"]["pluginConfig"] == policy, "the policy of wasmplugin.yaml differs");
    ensure!(
        traffic_extension["spec"]["wasm"]["pluginConfig"] == policy,
        "the policy of trafficextension.yaml differs"
    );
    Ok(())
}

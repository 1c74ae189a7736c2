//! Reading NetworkPolicies as Kubernetes does. An unknown field is an error.

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Labels of a pod or of a namespace.
pub type Labels = BTreeMap<String, String>;

/// A NetworkPolicy.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The file of the policy.
    pub file: String,
    /// The namespace of the selected pods.
    pub namespace: String,
    /// The selected pods.
    pub pods: Selector,
    /// The ingress rules; `None` if the policy does not isolate ingress.
    pub ingress: Option<Vec<Rule>>,
    /// The egress rules, likewise.
    pub egress: Option<Vec<Rule>>,
}

/// A rule. Empty peers or ports mean all of them.
#[derive(Debug, Clone)]
pub struct Rule {
    pub peers: Option<Vec<Peer>>,
    pub ports: Option<Vec<(String, u64)>>,
}

/// A peer of a rule.
#[derive(Debug, Clone)]
pub enum Peer {
    Pods { namespaces: Option<Selector>, pods: Option<Selector> },
    Range { cidr: String, except: Vec<String> },
}

/// A selector: required labels and required keys.
#[derive(Debug, Clone)]
pub struct Selector {
    labels: Labels,
    keys: Vec<String>,
}

impl Selector {
    /// Returns true if the selector matches these labels.
    pub fn selects(&self, labels: &Labels) -> bool {
        self.labels.iter().all(|(key, value)| labels.get(key) == Some(value))
            && self.keys.iter().all(|key| labels.contains_key(key))
    }
}

/// Reads the policies of a folder; `namespace` is the default.
pub fn read(folder: &Path, namespace: &str) -> Result<Vec<Policy>> {
    let mut policies = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let file = path.file_name().context("no name")?.to_string_lossy().into_owned();
        policies.extend(parse(&file, &std::fs::read_to_string(&path)?, namespace)?);
    }
    ensure!(!policies.is_empty(), "no policies in {}", folder.display());
    Ok(policies)
}

/// Reads the policies of a text.
pub fn parse(file: &str, text: &str, namespace: &str) -> Result<Vec<Policy>> {
    let documents = yaml::values(file, text)?;
    let policies = documents.iter().filter(|document| document["kind"] == "NetworkPolicy");
    policies.map(|document| policy(file, document, namespace).with_context(|| file.to_owned())).collect()
}

fn policy(file: &str, document: &Value, namespace: &str) -> Result<Policy> {
    known(document, &["apiVersion", "kind", "metadata", "spec"])?;
    ensure!(document["apiVersion"] == "networking.k8s.io/v1");
    let spec = &document["spec"];
    known(spec, &["podSelector", "policyTypes", "ingress", "egress"])?;
    let types = spec["policyTypes"].as_array().context("no policyTypes")?;
    let rules = |direction: &str, field: &str, peers: &str| {
        let isolates = types.iter().any(|name| name == direction);
        let rules = spec[field].as_array().into_iter().flatten();
        isolates.then(|| rules.map(|value| rule(value, peers)).collect::<Result<Vec<_>>>()).transpose()
    };
    Ok(Policy {
        file: file.to_owned(),
        namespace: document["metadata"].get("namespace").map_or(Ok(namespace.to_owned()), text)?,
        pods: selector(&spec["podSelector"])?,
        ingress: rules("Ingress", "ingress", "from")?,
        egress: rules("Egress", "egress", "to")?,
    })
}

fn rule(value: &Value, peers: &str) -> Result<Rule> {
    known(value, &[peers, "ports"])?;
    Ok(Rule { peers: list(&value[peers], peer)?, ports: list(&value["ports"], port)? })
}

/// Reads a list; a missing or empty one allows everything.
fn list<T>(value: &Value, read: fn(&Value) -> Result<T>) -> Result<Option<Vec<T>>> {
    let items = value.as_array().filter(|items| !items.is_empty());
    items.map(|items| items.iter().map(read).collect()).transpose()
}

fn peer(value: &Value) -> Result<Peer> {
    if let Some(block) = value.get("ipBlock") {
        known(value, &["ipBlock"])?;
        known(block, &["cidr", "except"])?;
        let except = list(&block["except"], text)?.unwrap_or_default();
        return Ok(Peer::Range { cidr: text(&block["cidr"])?, except });
    }
    known(value, &["namespaceSelector", "podSelector"])?;
    let part = |field: &str| value.get(field).map(selector).transpose();
    Ok(Peer::Pods { namespaces: part("namespaceSelector")?, pods: part("podSelector")? })
}

fn port(value: &Value) -> Result<(String, u64)> {
    known(value, &["protocol", "port"])?;
    let protocol = value.get("protocol").map_or(Ok("TCP".to_owned()), text)?;
    Ok((protocol.to_lowercase(), value["port"].as_u64().context("a port by name, or none")?))
}

fn selector(value: &Value) -> Result<Selector> {
    known(value, &["matchLabels", "matchExpressions"])?;
    let labels = value.get("matchLabels").and_then(Value::as_object).into_iter().flatten();
    let labels = labels.map(|(key, value)| Ok((key.clone(), text(value)?))).collect::<Result<_>>()?;
    let expressions = value.get("matchExpressions").and_then(Value::as_array).into_iter().flatten();
    let key = |expression: &Value| {
        known(expression, &["key", "operator"])?;
        ensure!(expression["operator"] == "Exists", "{expression} is not known to this test");
        text(&expression["key"])
    };
    Ok(Selector { labels, keys: expressions.map(key).collect::<Result<_>>()? })
}

fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).with_context(|| format!("{value} is not a string"))
}

fn known(value: &Value, fields: &[&str]) -> Result<()> {
    for field in value.as_object().context("no object")?.keys() {
        if !fields.contains(&field.as_str()) {
            bail!("`{field}` is not known to this test");
        }
    }
    Ok(())
}

//! Checks the documents of a file.

use super::plugin::{head, plugins};
use super::scene::Scene;
use super::{bypass, envoy, kubernetes, policy};
use crate::files::File;
use diagnostics::{Diagnostic, Diagnostics, Span, did_you_mean, nearest};
use inspect::Policy;
use modules::Module;
use serde_json::Value;
use std::path::{Path, PathBuf};
use yaml::Node;

/// The result of a check.
#[derive(Debug)]
pub struct Checked {
    /// The number of policies.
    pub policies: usize,
    /// The policy, if the file contains one policy and nothing else.
    pub single: Option<(Module, Value, Box<dyn Policy>)>,
    /// What to do about a file without a policy.
    pub help: String,
    /// The problems and warnings, sorted by their places.
    pub found: Vec<Diagnostic>,
}

/// Checks a file.
pub fn check(file: &File, module: Option<Module>) -> Checked {
    let mut scene = Scene::new(file, module);
    let documents = yaml::documents(&file.text, &mut scene.found);
    if documents.is_empty() && scene.found.as_slice().is_empty() {
        scene.found.error(Span::START, "empty", "the file is empty", "write a policy");
    }
    documents.iter().for_each(|node| document(&mut scene, node));
    let mut found = scene.found.into_vec();
    found.sort_by_key(|found| found.span);
    found.dedup();
    Checked { policies: scene.policies, single: scene.single, help: help(&documents), found }
}

/// Returns what to do about a file without a policy.
fn help(documents: &[Node]) -> String {
    if documents.iter().any(is_object) {
        kubernetes::without_module()
    } else if documents.iter().any(envoy::is_configuration) {
        "no filter loads a module of Ringfence; a module is recognized by the name of its file, such as \
         `path_policy.wasm`, in `vm_config`"
            .to_owned()
    } else {
        "if it is a policy, add its filter: `--filter path-policy`".to_owned()
    }
}

/// Returns true if the document is a Kubernetes object.
fn is_object(node: &Node) -> bool {
    node.get("apiVersion").is_some() && node.get("kind").is_some()
}

fn document(scene: &mut Scene<'_>, node: &Node) {
    scene.clusters = envoy::clusters(node);
    if is_object(node) {
        return kubernetes::object(scene, node);
    }
    bypass::check(scene, node);
    let loaded = plugins(node);
    if !loaded.is_empty() || envoy::is_bootstrap(node) {
        return loaded.into_iter().for_each(|plugin| envoy::plugin(scene, plugin));
    }
    if let Some((filter, inner)) = node.get("filter").zip(node.get("policy")).filter(|_| is_case_file(node)) {
        return case_file(scene, filter, inner);
    }
    let json = node.json();
    let mut module = scene.module;
    if let (None, Some((span, name))) = (module, comment(scene, node)) {
        module = Module::from_name(&name);
        let names = Module::ALL.map(Module::name);
        // The comment of another file may mean another filter.
        if module.is_none() && (Module::is_policy(&json) || nearest(&name, names).is_some()) {
            let message = format!("unknown filter `{name}`");
            scene.found.error(span, "unknown_filter", message, did_you_mean(&name, names));
            return;
        }
    }
    match module.or_else(|| Module::identify(&json)) {
        Some(module) => {
            let policy = policy::check(scene, module, node).filter(|_| scene.policies == 1);
            scene.single = policy.map(|policy| (module, json, policy));
        }
        // Another file, or a part of a bootstrap.
        None if !Module::is_policy(&json) => {}
        None => {
            let message = "cannot determine the filter of this policy";
            let help = "add `--filter path-policy`, or a first line `# filter: path-policy`";
            scene.found.error(head(node), "unknown_filter", message, help);
        }
    }
}

/// Returns the files of policies that a file of test cases names, relative to that file, with their filters.
pub fn named_policies(file: &File) -> Vec<(PathBuf, Option<Module>)> {
    let folder = Path::new(&file.name).parent().unwrap_or(Path::new(""));
    let named = |node: &Node| {
        let policy = node.get("policy").filter(|_| is_case_file(node))?.text()?;
        let filter = node.get("filter")?.text()?;
        Some((folder.join(policy), Module::from_name(filter)))
    };
    yaml::documents(&file.text, &mut Diagnostics::new("")).iter().filter_map(named).collect()
}

/// Returns true if the document is a file of test cases.
fn is_case_file(node: &Node) -> bool {
    let filter = node.get("filter").and_then(Node::text);
    node.get("cases").is_some() || filter.and_then(Module::from_name).is_some()
}

/// Checks a file of test cases, which contains its policy, or the path of the policy's file.
fn case_file(scene: &mut Scene<'_>, filter: &Node, inner: &Node) {
    let name = filter.text().unwrap_or_default();
    match scene.module.or_else(|| Module::from_name(name)) {
        Some(module) if inner.text().is_none() => drop(policy::check(scene, module, inner)),
        Some(_) => {}
        None => {
            let help = did_you_mean(name, Module::ALL.map(Module::name));
            scene.found.error(filter.span, "unknown_filter", format!("unknown filter `{name}`"), help);
        }
    }
}

/// Returns the filter that a comment before the document names, with its place: `# filter: path-policy`.
fn comment(scene: &Scene<'_>, node: &Node) -> Option<(Span, String)> {
    let before = (1..node.span.line).rev().filter_map(|number| Some((number, scene.line(number)?)));
    let mut comments = before.take_while(|(_, line)| line.trim().is_empty() || line.trim().starts_with('#'));
    comments.find_map(|(number, line)| {
        let (before, after) = line.split_once("# filter:").filter(|(before, _)| before.trim().is_empty())?;
        let name = after.trim();
        let blanks = after.chars().take_while(|character| character.is_whitespace()).count();
        let column = before.chars().count() + "# filter:".len() + blanks + 1;
        Some((Span { line: number, column, width: name.chars().count().max(1) }, name.to_owned()))
    })
}

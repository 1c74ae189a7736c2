//! Checks a policy in a document.

use super::locate::{locate, locate_key};
use super::plugin::head;
use super::scene::Scene;
use diagnostics::{Diagnostic, Diagnostics, Severity, Span};
use inspect::Policy;
use lint::Section;
use modules::Module;
use policy::document::Problem;
use serde_json::Value;
use yaml::Node;

/// Checks a policy that is a part of the document, and returns it if it is valid.
pub fn check(scene: &mut Scene<'_>, module: Module, node: &Node) -> Option<Box<dyn Policy>> {
    scene.policies += 1;
    let policy = node.json();
    match module.load(policy.to_string().as_bytes()) {
        Ok(loaded) => {
            add(scene, Severity::Warning, module.lint(&policy), node);
            add(scene, Severity::Warning, cost(module, &policy), node);
            clusters(scene, module, &policy, node);
            Some(loaded)
        }
        Err(problems) => {
            match other(module, &policy) {
                Some(other) => wrong_filter(scene, module, other, node),
                None => add(scene, Severity::Error, problems, node),
            }
            None
        }
    }
}

/// Returns warnings about rules that cost too much.
fn cost(module: Module, policy: &Value) -> Vec<Problem> {
    let filters = module.filters(policy).into_iter();
    let sections = filters
        .filter_map(|(module, place, policy)| Some(Section { name: module.section()?, place, policy }));
    lint::cost(&sections.collect::<Vec<_>>())
}

/// Returns the module of the policy if it is not the given one: the policy has its fields, and no unknown ones.
fn other(module: Module, policy: &Value) -> Option<Module> {
    let other = Module::identify(policy).filter(|other| *other != module)?;
    let problems = other.load(policy.to_string().as_bytes()).err().unwrap_or_default();
    problems.iter().all(|problem| problem.code != "unknown_field").then_some(other)
}

/// Reports a policy of another filter, in place of its fields, which are all unknown.
fn wrong_filter(scene: &mut Scene<'_>, module: Module, other: Module, node: &Node) {
    let message = format!("this is a policy of {other}, not of {module}");
    let help = match scene.module {
        Some(given) if given == module => format!("use `--filter {other}`"),
        _ => format!("select the filter `{other}`, or write a policy of {module}"),
    };
    scene.found.error(head(node), "wrong_filter", message, help);
}

fn add(scene: &mut Scene<'_>, severity: Severity, problems: Vec<Problem>, node: &Node) {
    for Problem { code, path, message, help } in problems {
        let span = if code == "unknown_field" { locate_key(node, &path) } else { locate(node, &path) };
        let file = scene.found.file().clone();
        scene.found.push(Diagnostic { file, span, severity, code, path, message, help });
    }
}

/// Checks a policy that is the text of a string.
pub fn check_text(scene: &mut Scene<'_>, module: Module, node: &Node, text: &str) {
    let mut found = Diagnostics::new(scene.found.file());
    let inner = yaml::documents(text, &mut found).pop();
    // A module reads JSON only.
    let Some(inner) = inner.filter(|_| serde_json::from_str::<Value>(text).is_ok()) else {
        scene.policies += 1;
        let problems = module.load(text.as_bytes()).err().unwrap_or_default();
        return add(scene, Severity::Error, problems, node);
    };
    std::mem::swap(&mut scene.found, &mut found);
    check(scene, module, &inner);
    std::mem::swap(&mut scene.found, &mut found);
    let places = Places::new(scene, node, text);
    for mut found in found.into_vec() {
        found.span = places.outer(found.span);
        if !found.path.is_empty() && places.indent.is_none() {
            found.message = format!("{} (in this string, at `{}`)", found.message, found.path);
        }
        scene.found.push(found);
    }
}

/// Maps places in the text of a string to places in the file.
struct Places {
    string: Span,
    /// The first line of the text and its indentation, if the string is a block scalar.
    indent: Option<(usize, usize)>,
}

impl Places {
    fn new(scene: &Scene<'_>, node: &Node, text: &str) -> Self {
        let first = text.lines().next().unwrap_or_default();
        let blanks = |line: &str| line.chars().take_while(|character| *character == ' ').count();
        // The text of a block scalar starts on the line after its `|`.
        let indent = (node.span.line..node.span.line + 2).find_map(|line| {
            let source = scene.line(line)?;
            let same = !first.trim().is_empty() && source.trim_start() == first.trim_start();
            (same && text.contains('\n')).then(|| (line, blanks(source).saturating_sub(blanks(first))))
        });
        Self { string: node.span, indent }
    }

    fn outer(&self, inner: Span) -> Span {
        match self.indent {
            Some((line, indent)) => {
                Span { line: line + inner.line - 1, column: inner.column + indent, ..inner }
            }
            None => self.string,
        }
    }
}

/// Checks that the bootstrap defines the clusters that keys are fetched from.
fn clusters(scene: &mut Scene<'_>, module: Module, policy: &Value, node: &Node) {
    let Some(known) = scene.clusters.clone() else { return };
    for (part, section, policy) in module.filters(policy) {
        let providers = policy.get("providers").filter(|_| part == Module::TokenValidation);
        for (name, provider) in providers.and_then(Value::as_object).into_iter().flatten() {
            let cluster = provider.pointer("/jwks/remote/cluster").and_then(Value::as_str);
            let Some(cluster) = cluster.filter(|cluster| !known.iter().any(|other| other == cluster)) else {
                continue;
            };
            let section = if section.is_empty() { String::new() } else { format!("{section}.") };
            let path = format!("{section}providers.{name}.jwks.remote.cluster");
            let help = match known.as_slice() {
                [] => "add it to `static_resources.clusters`".to_owned(),
                _ => diagnostics::did_you_mean(cluster, known.iter().map(String::as_str)),
            };
            let message = format!("unknown cluster `{cluster}`: the keys cannot be fetched");
            let found = scene.found.warning(locate(node, &path), "unknown_cluster", message, help);
            found.path = path;
        }
    }
}

//! A policy, wherever it stands.

use super::finding::{Finding, Severity};
use super::locate::{locate, locate_key};
use super::scene::Scene;
use crate::filter::Filter;
use diagnostics::{Diagnostics, Span};
use policy::document::Problem;
use yaml::{Data, Node};

/// Checks a policy that stands in a file as it is.
pub fn check(scene: &mut Scene<'_>, filter: Filter, node: &Node) {
    scene.policies += 1;
    let policy = node.json();
    let problems = filter.problems(policy.to_string().as_bytes());
    let holds = problems.is_empty();
    let found = problems.into_iter().map(|problem| finding(Severity::Error, problem, node));
    scene.found.extend(found);
    if holds {
        let lints = lint::lint(filter.name(), &policy);
        scene.found.extend(lints.into_iter().map(|problem| finding(Severity::Warning, problem, node)));
        clusters(scene, filter, node);
    }
}

fn finding(severity: Severity, problem: Problem, node: &Node) -> Finding {
    let Problem { code, path, message, help } = problem;
    let mark = if code == "unknown_field" { locate_key(node, &path) } else { locate(node, &path) };
    Finding { severity, mark, code, path, message, help }
}

/// Checks a policy that is a text in a string.
pub fn check_text(scene: &mut Scene<'_>, filter: Filter, node: &Node, text: &str) {
    let before = scene.found.len();
    let mut faults = Diagnostics::new("");
    match yaml::documents(text, &mut faults).pop() {
        // The module reads JSON and nothing else.
        Some(inner) if serde_json::from_str::<serde_json::Value>(text).is_ok() => {
            check(scene, filter, &inner)
        }
        _ => {
            scene.policies += 1;
            let problems = filter.problems(text.as_bytes());
            scene.found.extend(problems.into_iter().map(|problem| finding(Severity::Error, problem, node)));
            return;
        }
    }
    scene.found.extend(faults.into_vec().into_iter().map(Finding::from));
    let places = Places::of(scene, node, text);
    for found in scene.found.iter_mut().skip(before) {
        found.mark = places.outer(found.mark);
        if !found.path.is_empty() && places.indent.is_none() {
            found.message = format!("{} (in this string, at `{}`)", found.message, found.path);
        }
    }
}

/// Where the places inside of a string are in the file.
struct Places {
    string: Span,
    /// The first line of the text and how far it is indented, where the text stands there as it is.
    indent: Option<(usize, usize)>,
}

impl Places {
    fn of(scene: &Scene<'_>, node: &Node, text: &str) -> Self {
        let first = text.lines().next().unwrap_or_default();
        // A block scalar starts on a line behind its `|`.
        let indent = (node.span.line..node.span.line + 2).find_map(|line| {
            let source = scene.line(line)?;
            let margin = source.chars().take_while(|character| *character == ' ').count();
            (!first.trim().is_empty() && source.trim_start() == first.trim_start() && text.contains('\n'))
                .then(|| {
                    (
                        line,
                        margin - first.chars().take_while(|character| *character == ' ').count().min(margin),
                    )
                })
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

/// Whether the clusters that keys are asked of are there.
fn clusters(scene: &mut Scene<'_>, filter: Filter, node: &Node) {
    let Some(known) = &scene.clusters else { return };
    let (section, policy) = match filter {
        Filter::TokenValidation => ("", Some(node)),
        Filter::Ringfence => ("token.", node.get("token")),
        _ => return,
    };
    let providers = policy.and_then(|policy| policy.get("providers")).map(Node::fields).unwrap_or_default();
    for (name, provider) in providers {
        let remote = provider.get("jwks").and_then(|jwks| jwks.get("remote"));
        let Some(cluster) = remote.and_then(|remote| remote.get("cluster")) else { continue };
        let Data::Text(asked) = &cluster.data else { continue };
        if !known.contains(asked) {
            let help = diagnostics::did_you_mean(asked, known.iter().map(String::as_str));
            let help =
                if known.is_empty() { "add it to `static_resources.clusters`".to_owned() } else { help };
            let message = format!("this bootstrap has no cluster `{asked}`: the keys cannot be fetched");
            let mut found = Finding::warning(cluster.span, "unknown_cluster", message, help);
            found.path = format!("{section}providers.{}.jwks.remote.cluster", name.text);
            scene.found.push(found);
        }
    }
}

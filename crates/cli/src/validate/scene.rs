//! A file that is being looked at.

use super::finding::Finding;
use super::{envoy, kubernetes, policy};
use crate::filter::Filter;
use diagnostics::Diagnostics;
use yaml::Node;

/// A file that is being looked at, and what was found in it.
#[derive(Debug)]
pub struct Scene<'f> {
    lines: Vec<&'f str>,
    /// The filter that the caller named.
    pub filter: Option<Filter>,
    /// The clusters that the document has, where it says them all.
    pub clusters: Option<Vec<String>>,
    /// The filter of the policy that the file is, where it is one and nothing else.
    pub plain: Option<Filter>,
    /// How many policies were checked.
    pub policies: usize,
    /// What was found.
    pub found: Vec<Finding>,
}

impl<'f> Scene<'f> {
    /// Looks at a file; what was found is in the order of its lines.
    pub fn of(text: &'f str, filter: Option<Filter>) -> Self {
        let lines = text.lines().collect();
        let mut scene = Self { lines, filter, clusters: None, plain: None, policies: 0, found: Vec::new() };
        let mut faults = Diagnostics::new("");
        let documents = yaml::documents(text, &mut faults);
        documents.iter().for_each(|node| scene.document(node));
        if documents.is_empty() && faults.as_slice().is_empty() {
            let mark = diagnostics::Span::START;
            scene.found.push(Finding::error(
                mark,
                "empty",
                "there is nothing in this file",
                "write a policy",
            ));
        }
        scene.found.extend(faults.into_vec().into_iter().map(Finding::from));
        scene.found.sort_by_key(|found| (found.mark.line, found.mark.column));
        scene.found.dedup();
        scene
    }

    /// A line of the file, counted from 1.
    pub fn line(&self, number: usize) -> Option<&'f str> {
        self.lines.get(number.checked_sub(1)?).copied()
    }

    fn document(&mut self, node: &Node) {
        self.clusters = envoy::clusters(node);
        if node.get("apiVersion").is_some() && node.get("kind").is_some() {
            return kubernetes::object(self, node);
        }
        let plugins = envoy::plugins(node);
        if !plugins.is_empty() || envoy::is_bootstrap(node) {
            return plugins.into_iter().for_each(|plugin| envoy::plugin(self, plugin));
        }
        // A file of test cases carries the policy that it is about.
        let case = node.get("filter").and_then(Node::text).and_then(Filter::named).zip(node.get("policy"));
        if let Some((filter, inner)) = case {
            // Or it names the file that has it.
            if inner.text().is_none() {
                policy::check(self, self.filter.unwrap_or(filter), inner);
            }
            return;
        }
        match self.filter.or_else(|| self.comment(node)).or_else(|| Filter::of_fields(node)) {
            Some(filter) => {
                policy::check(self, filter, node);
                self.plain = (self.policies == 1).then_some(filter);
            }
            // Something else, or the part of a bootstrap.
            None if !Filter::is_policy(node) => {}
            None => {
                let mark = node.fields().first().map_or(node.span, |(key, _)| key.span);
                let help = "name it: `--filter path-policy`, or `# filter: path-policy` in the first line";
                let message = "which filter this policy is for cannot be told";
                self.found.push(Finding::error(mark, "unknown_filter", message, help));
            }
        }
    }

    /// The filter that a comment before a document names: `# filter: path-policy`.
    fn comment(&self, node: &Node) -> Option<Filter> {
        let before = (1..node.span.line).rev().filter_map(|number| self.line(number)).map(str::trim);
        let mut comments = before.take_while(|line| line.is_empty() || line.starts_with('#'));
        comments.find_map(|line| Filter::named(line.strip_prefix("# filter:")?.trim()))
    }
}

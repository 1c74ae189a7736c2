//! The text of a policy, to be put into a manifest with its comments.

use diagnostics::Diagnostics;
use yaml::Node;

/// The lines of a policy, without what is about its file.
pub fn lines(text: &str) -> Vec<String> {
    let about_the_file = ["# filter:", "# yaml-language-server:", "---", "...", "%"];
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = yaml::as_yaml(text);
    let lines = text.lines().filter(|line| !about_the_file.iter().any(|start| line.starts_with(start)));
    let lines: Vec<String> = lines.map(str::to_owned).collect();
    let first = lines.iter().position(|line| !line.trim().is_empty()).unwrap_or_default();
    let last = lines.iter().rposition(|line| !line.trim().is_empty()).map_or(0, |last| last + 1);
    lines.get(first..last).unwrap_or_default().to_vec()
}

/// The only document of a text.
pub fn only(text: &str) -> Option<Node> {
    let mut found = Diagnostics::new("");
    let mut nodes = yaml::documents(text, &mut found);
    if found.as_slice().is_empty() && nodes.len() == 1 { nodes.pop() } else { None }
}

//! The text of a policy for a manifest, with comments.

use diagnostics::Diagnostics;
use yaml::Node;

/// Returns the lines of a policy, without those that concern the file.
pub fn lines(text: &str) -> Vec<String> {
    let of_the_file = ["# filter:", "# yaml-language-server:", "---", "...", "%"];
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = yaml::as_yaml(text);
    let lines = text.lines().filter(|line| !of_the_file.iter().any(|start| line.starts_with(start)));
    let lines: Vec<String> = lines.map(str::to_owned).collect();
    let first = lines.iter().position(|line| !line.trim().is_empty()).unwrap_or_default();
    let last = lines.iter().rposition(|line| !line.trim().is_empty()).map_or(0, |last| last + 1);
    lines.get(first..last).unwrap_or_default().to_vec()
}

/// Returns the only document of a text.
pub fn only(text: &str) -> Option<Node> {
    let mut problems = Diagnostics::new("");
    let mut nodes = yaml::documents(text, &mut problems);
    if problems.as_slice().is_empty() && nodes.len() == 1 { nodes.pop() } else { None }
}

//! The text of a policy for a manifest, with comments.

use diagnostics::Diagnostics;
use yaml::Node;

/// Returns the text of a policy, without the lines that concern the file.
pub fn body(text: &str) -> String {
    let of_the_file = ["# filter:", "# yaml-language-server:", "---", "...", "%"];
    let text = yaml::as_yaml(text.strip_prefix('\u{feff}').unwrap_or(text));
    let lines = text.lines().filter(|line| !of_the_file.iter().any(|start| line.starts_with(start)));
    let lines: Vec<&str> = lines.skip_while(|line| line.trim().is_empty()).collect();
    lines.join("\n").trim_end().to_owned()
}

/// Returns the only document of a text.
pub fn only(text: &str) -> Option<Node> {
    let mut problems = Diagnostics::new("");
    let mut nodes = yaml::documents(text, &mut problems);
    if problems.as_slice().is_empty() && nodes.len() == 1 { nodes.pop() } else { None }
}

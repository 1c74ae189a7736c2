//! The picture as a Graphviz graph.

use super::picture::{Edge, End, Item, Kind, Picture};
use std::fmt::Write;

/// Returns the picture as a graph in the DOT language.
pub fn dot(picture: &Picture) -> String {
    let mut text = "digraph ringfence {\n  rankdir=LR;\n  compound=true;\n  newrank=true;\n".to_owned();
    text += "  node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"Helvetica\"];\n";
    text += "  edge [fontname=\"Helvetica\", fontsize=10];\n";
    // Writing to a string does not fail.
    for (index, found) in picture.frames.iter().enumerate() {
        let name = found.namespace.as_deref().unwrap_or("outside the cluster");
        let _ = writeln!(text, "  subgraph cluster_{index} {{\n    label={};", quoted(name));
        for item in &found.items {
            if let Some(found) = picture.items.get(*item) {
                let _ = writeln!(text, "    n{item} [label={}];", quoted(&label(found)));
            }
        }
        text += "  }\n";
    }
    for edge in &picture.edges {
        text += &line(picture, edge);
    }
    text + "}\n"
}

fn label(item: &Item) -> String {
    format!("{}\n{}", item.title, item.subtitle)
}

/// Returns the line of an edge. The edge of a frame starts or ends at its first item and is clipped at its border.
fn line(picture: &Picture, edge: &Edge) -> String {
    let first = |end: End| match end {
        End::Item(item) => (Some(item), None),
        End::Frame(index) => {
            (picture.frames.get(index).and_then(|found| found.items.first().copied()), Some(index))
        }
    };
    let ((Some(from), tail), (Some(to), head)) = (first(edge.from), first(edge.to)) else {
        return String::new();
    };
    let mut attributes = vec![format!("label={}", quoted(&edge.ports.to_string()))];
    attributes.extend(tail.map(|index| format!("ltail=cluster_{index}")));
    attributes.extend(head.map(|index| format!("lhead=cluster_{index}")));
    if edge.kind == Kind::Bypass {
        attributes.push("color=red, fontcolor=red, style=dashed".to_owned());
    }
    format!("  n{from} -> n{to} [{}];\n", attributes.join(", "))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

//! Builds nodes from the parser's events.

use crate::json::as_yaml;
use crate::node::{Data, Key, Node};
use crate::scalar::plain;
use crate::syntax::Syntax;
use diagnostics::{Diagnostic, Diagnostics, Span};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, StrInput, Tag};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// The maximum depth of nested values. The code that reads them is recursive.
const MAX_DEPTH: usize = 100;

/// The maximum number of values in the aliases of a document, so that a small file cannot fill the memory.
const MAX_ALIASED: usize = 100_000;

/// Reads the documents of a file, which is YAML or JSON. Invalid YAML ends the file; the documents before it are returned.
pub fn documents(text: &str, found: &mut Diagnostics) -> Vec<Node> {
    let text = as_yaml(text.strip_prefix('\u{feff}').unwrap_or(text));
    let mut parser = Parser::new(StrInput::new(&text));
    let (mut builder, mut documents) = (Builder::new(found), Vec::new());
    while let Some(event) = parser.next_event() {
        let rejected = match event {
            Ok((Event::DocumentEnd, _)) => {
                documents.extend(builder.finish());
                continue;
            }
            Ok((event, place)) => builder.event(event, place).err(),
            Err(error) => {
                let mut complete = documents.iter().chain(&builder.root);
                // The parser reads ahead: an error may come before the events of the object.
                let is_yaml = text.starts_with('{')
                    || !builder.open.is_empty()
                    || complete.any(|node| !node.fields().is_empty());
                let Syntax { line, column, message, help } = Syntax::new(&text, &error);
                let is_json = builder.found.file().to_ascii_lowercase().ends_with(".json");
                let invalid = if is_json { "invalid JSON" } else { "invalid YAML" };
                let (span, message, help) = if is_yaml {
                    (Span { line, column, width: 1 }, format!("{invalid}: {message}"), help)
                } else {
                    (span(*error.marker(), 1), "not YAML or JSON".to_owned(), String::new())
                };
                builder.found.error(span, "syntax", message, help);
                break;
            }
        };
        if let Some((span, message)) = rejected {
            builder.found.error(span, "syntax", message, "");
            break;
        }
    }
    documents
}

/// Reads the documents of a file as JSON values.
///
/// # Errors
/// Returns the first problem.
pub fn values(file: &str, text: &str) -> Result<Vec<Value>, Box<Diagnostic>> {
    let mut found = Diagnostics::new(file);
    let documents = documents(text, &mut found);
    match found.into_vec().into_iter().next() {
        Some(problem) => Err(problem.into()),
        None => Ok(documents.iter().map(Node::json).collect()),
    }
}

fn span(marker: Marker, width: usize) -> Span {
    Span { line: marker.line().max(1), column: marker.col() + 1, width: width.max(1) }
}

/// A document that is being read.
struct Builder<'f> {
    found: &'f mut Diagnostics,
    open: Vec<Open>,
    root: Option<Node>,
    anchors: HashMap<usize, Node>,
    aliased: usize,
}

/// A list or object whose end is not read yet.
struct Open {
    node: Node,
    anchor: usize,
    /// The key whose value is next, and all keys of the object.
    key: Option<Key>,
    seen: HashSet<String>,
}

type Rejected = (Span, String);

impl<'f> Builder<'f> {
    fn new(found: &'f mut Diagnostics) -> Self {
        Self { found, open: Vec::new(), root: None, anchors: HashMap::new(), aliased: 0 }
    }

    /// Returns the document; the next one has anchors of its own.
    fn finish(&mut self) -> Option<Node> {
        self.anchors.clear();
        self.aliased = 0;
        self.root.take()
    }

    fn event(&mut self, event: Event<'_>, place: saphyr_parser::Span) -> Result<(), Rejected> {
        let same_line = place.start.line() == place.end.line();
        let width = if same_line { place.end.col().saturating_sub(place.start.col()) } else { 1 };
        let span = span(place.start, width);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let node = Node { span, data: scalar(&text, style, tag.as_deref()) };
                self.add(node, anchor, Some(text.as_ref()))
            }
            Event::SequenceStart(anchor, _) => {
                self.enter(Node { span, data: Data::List(Vec::new()) }, anchor)
            }
            Event::MappingStart(anchor, _) => self.enter(Node { span, data: Data::Map(Vec::new()) }, anchor),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open { node, anchor, .. }) => self.add(node, anchor, None),
                None => Ok(()),
            },
            Event::Alias(anchor) => {
                let node = self.aliased(span, anchor)?;
                let text = node.text().map(str::to_owned);
                self.add(node, 0, text.as_deref())
            }
            _ => Ok(()),
        }
    }

    /// Returns the value of an alias.
    fn aliased(&mut self, span: Span, anchor: usize) -> Result<Node, Rejected> {
        let known = self.anchors.get(&anchor).cloned();
        let node = known.ok_or((span, "unknown alias".to_owned()))?;
        self.aliased += size(&node);
        if self.aliased > MAX_ALIASED {
            return Err((span, "the aliases of this document contain too many values".to_owned()));
        }
        Ok(node)
    }

    fn enter(&mut self, node: Node, anchor: usize) -> Result<(), Rejected> {
        if self.open.len() == MAX_DEPTH {
            return Err((node.span, format!("values are nested more than {MAX_DEPTH} levels deep")));
        }
        self.open.push(Open { node, anchor, key: None, seen: HashSet::new() });
        Ok(())
    }

    /// Adds a complete value to its list or object; `text` is the spelling of a scalar, which becomes the key if a key is
    /// expected.
    fn add(&mut self, node: Node, anchor: usize, text: Option<&str>) -> Result<(), Rejected> {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(Open { node: Node { data, .. }, key, seen, .. }) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match (data, key.take()) {
            (Data::Map(fields), Some(key)) => fields.push((key, node)),
            (Data::Map(_), None) => {
                let text = text.ok_or_else(|| (node.span, "a key must be a string".to_owned()))?;
                if !seen.insert(text.to_owned()) {
                    let message = format!("duplicate key `{text}`");
                    self.found.error(node.span, "duplicate_field", message, "keep one of them");
                }
                *key = Some(Key { span: node.span, text: text.to_owned() });
            }
            (Data::List(items), _) => items.push(node),
            _ => {}
        }
        Ok(())
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Data {
    let string = tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
    if style == ScalarStyle::Plain && !string { plain(text) } else { Data::Text(text.to_owned()) }
}

fn size(node: &Node) -> usize {
    1 + match &node.data {
        Data::List(items) => items.iter().map(size).sum(),
        Data::Map(fields) => fields.iter().map(|(_, value)| size(value)).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::At;
    use serde_json::json;

    fn parse(text: &str) -> (Vec<Node>, Vec<String>) {
        let mut found = Diagnostics::new("f");
        let nodes = documents(text, &mut found);
        (nodes, found.as_slice().iter().map(ToString::to_string).collect())
    }

    #[test]
    fn values_have_places() {
        let (nodes, problems) = parse("a: 1\nb:\n  - x: 'y'\n---\nc: &c [d]\ne: *c\n");
        assert!(problems.is_empty());
        let [first, second] = &nodes[..] else { panic!("{nodes:?}") };
        let span = At::new(first).field("b").item(0).field("x").span();
        assert_eq!((span.line, span.column, span.width), (3, 8, 3));
        assert_eq!(At::new(second).field("e").item(0).span().line, 5);
        let key = At::new(first).field("b").item(0).key("x").span();
        assert_eq!((key.line, key.column), (3, 5));
    }

    #[test]
    fn other_formats_are_not_yaml() {
        for (text, message) in [
            ("# Title\n\nText, and\nmore: text\n", "f:4:5: not YAML or JSON"),
            ("[package]\nname = \"a\"\n", "f:2:1: not YAML or JSON"),
            ("a: [\n", "f:2:1: invalid YAML: while parsing a node, did not find expected node content"),
        ] {
            assert_eq!(parse(text).1, [message]);
        }
        assert!(parse("{\"a\": 1}}").1[0].starts_with("f:1:9: invalid YAML: "));
    }

    #[test]
    fn strings_of_json_keep_tabs() {
        let (nodes, problems) = parse("{\n\t\"a\":\t\"b\tc\"}");
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(nodes[0].json(), json!({"a": "b\tc"}));
    }

    #[test]
    fn reports_duplicate_keys_and_continues() {
        let (nodes, problems) = parse("a: 1\nb: 2\na: 3\n");
        assert_eq!(nodes.len(), 1);
        assert_eq!(problems, ["f:3:1: duplicate key `a`; keep one of them"]);
    }

    #[test]
    fn reports_the_place_of_invalid_yaml() {
        let (_, problems) = parse("a: [1\nb: 2\n");
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("f:2:"), "{problems:?}");
    }

    #[test]
    fn limits_aliases_and_depth() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for n in 1..9 {
            let list = vec![format!("*a{}", n - 1); 10].join(", ");
            text += &format!("a{n}: &a{n} [{list}]\n");
        }
        assert!(parse(&text).1[0].contains("too many values"));
        assert!(parse(&"[".repeat(200)).1[0].contains("100 levels"));
    }

    #[test]
    fn reads_values() {
        let text = "a: [1, 1.5, 'x', ~, true]\nb: {c: \"d\\n\"}\n---\n2\n";
        let expected = [json!({"a": [1, 1.5, "x", null, true], "b": {"c": "d\n"}}), json!(2)];
        assert_eq!(values("f", text).unwrap(), expected);
        assert_eq!(values("f", "a: 1\na: 2").unwrap_err().code, "duplicate_field");
        assert_eq!(values("f", "{\n\t\"a\": \"\\ud83d\\ude00\"}").unwrap(), [json!({"a": "\u{1f600}"})]);
    }
}

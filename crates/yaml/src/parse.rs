//! From the parser's events to nodes.

use crate::node::{Data, Key, Node};
use crate::scalar::plain;
use crate::{Log, Mark};
use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput, Tag};
use std::collections::{HashMap, HashSet};

/// How deep a value may stand in others: what reads it recurses.
const MAX_DEPTH: usize = 100;

/// How many values aliases may stand for in one document, so that a small file cannot fill the memory.
const MAX_ALIASED: usize = 100_000;

/// Hands each document of a file to `each`; what is no YAML is a problem, and ends the file.
pub fn documents<L: Log>(text: &str, log: &mut L, mut each: impl FnMut(Node, &mut L)) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut parser = Parser::new(StrInput::new(text));
    let mut builder = Builder::default();
    while let Some(event) = parser.next_event() {
        match event {
            Ok((Event::DocumentEnd, _)) => {
                if let Some(node) = std::mem::take(&mut builder).root {
                    each(node, log);
                }
            }
            Ok((event, span)) => {
                if let Err((mark, message)) = builder.event(event, span, log) {
                    return log.note(mark, "syntax", message, "");
                }
            }
            Err(error) => {
                let mark = mark_of(*error.marker(), 1);
                return log.note(mark, "syntax", format!("this is no YAML: {}", error.info()), "");
            }
        }
    }
}

fn mark_of(marker: saphyr_parser::Marker, width: usize) -> Mark {
    Mark { line: marker.line().max(1), column: marker.col() + 1, width: width.max(1) }
}

/// The document so far.
#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    root: Option<Node>,
    anchors: HashMap<usize, Node>,
    aliased: usize,
}

/// A list or map that has not ended.
enum Open {
    List { mark: Mark, anchor: usize, items: Vec<Node> },
    Map { mark: Mark, anchor: usize, fields: Vec<(Key, Node)>, key: Option<Key>, seen: HashSet<String> },
}

type Refused = (Mark, String);

impl Builder {
    fn event(&mut self, event: Event<'_>, span: Span, log: &mut impl Log) -> Result<(), Refused> {
        let same_line = span.start.line() == span.end.line();
        let width = if same_line { span.end.col().saturating_sub(span.start.col()) } else { 1 };
        let mark = mark_of(span.start, width);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let node = Node { mark, data: scalar(&text, style, tag.as_deref()) };
                self.finish(node, anchor, Some(text.as_ref()), log)
            }
            Event::SequenceStart(anchor, _) => {
                self.enter(mark, Open::List { mark, anchor, items: Vec::new() })
            }
            Event::MappingStart(anchor, _) => {
                let (fields, seen) = (Vec::new(), HashSet::new());
                self.enter(mark, Open::Map { mark, anchor, fields, key: None, seen })
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List { mark, anchor, items }) => {
                    self.finish(Node { mark, data: Data::List(items) }, anchor, None, log)
                }
                Some(Open::Map { mark, anchor, fields, .. }) => {
                    self.finish(Node { mark, data: Data::Map(fields) }, anchor, None, log)
                }
                None => Ok(()),
            },
            Event::Alias(anchor) => {
                let known = self.anchors.get(&anchor).cloned();
                let node = known.ok_or((mark, "this alias stands for nothing".to_owned()))?;
                self.aliased += size(&node);
                if self.aliased > MAX_ALIASED {
                    return Err((mark, "aliases stand for too much".to_owned()));
                }
                let text = node.text().map(str::to_owned);
                self.finish(node, 0, text.as_deref(), log)
            }
            _ => Ok(()),
        }
    }

    fn enter(&mut self, mark: Mark, open: Open) -> Result<(), Refused> {
        self.open.push(open);
        if self.open.len() > MAX_DEPTH {
            return Err((mark, format!("values stand in each other more than {MAX_DEPTH} deep")));
        }
        Ok(())
    }

    /// Puts a finished value where it belongs; `text` is how a scalar was spelled, which is what a key is.
    fn finish(
        &mut self,
        node: Node,
        anchor: usize,
        text: Option<&str>,
        log: &mut impl Log,
    ) -> Result<(), Refused> {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map { fields, key, seen, .. }) => match key.take() {
                Some(key) => fields.push((key, node)),
                None => {
                    let Some(text) = text else {
                        return Err((node.mark, "a key must be a string".to_owned()));
                    };
                    if !seen.insert(text.to_owned()) {
                        let message = format!("the key `{text}` stands twice in this object");
                        log.note(node.mark, "duplicate_field", message, "keep one of them");
                    }
                    *key = Some(Key { mark: node.mark, text: text.to_owned() });
                }
            },
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
    use crate::{At, Faults};

    fn parse(text: &str) -> (Vec<Node>, Vec<String>) {
        let (mut nodes, mut problems) = (Vec::new(), Faults::default());
        documents(text, &mut problems, |node, _| nodes.push(node));
        let told = |fault: &crate::Fault| {
            format!("{}:{}: {}; {}", fault.mark.line, fault.mark.column, fault.message, fault.help)
        };
        (nodes, problems.0.iter().map(told).collect())
    }

    #[test]
    fn values_know_their_places() {
        let (nodes, problems) = parse("a: 1\nb:\n  - x: 'y'\n---\nc: &c [d]\ne: *c\n");
        assert!(problems.is_empty());
        let [first, second] = &nodes[..] else { panic!("{nodes:?}") };
        let mark = At::new(first).field("b").item(0).field("x").mark();
        assert_eq!((mark.line, mark.column, mark.width), (3, 8, 3));
        assert_eq!(At::new(second).field("e").item(0).mark().line, 5);
        let key = At::new(first).field("b").item(0).key("x").mark();
        assert_eq!((key.line, key.column), (3, 5));
    }

    #[test]
    fn a_key_that_stands_twice_is_a_problem_and_does_not_end_the_reading() {
        let (nodes, problems) = parse("a: 1\nb: 2\na: 3\n");
        assert_eq!(nodes.len(), 1);
        assert_eq!(problems, ["3:1: the key `a` stands twice in this object; keep one of them"]);
    }

    #[test]
    fn what_is_no_yaml_has_a_place() {
        let (_, problems) = parse("a: [1\nb: 2\n");
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("2:"), "{problems:?}");
    }

    #[test]
    fn a_small_file_does_not_fill_the_memory() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for n in 1..9 {
            let list = vec![format!("*a{}", n - 1); 10].join(", ");
            text += &format!("a{n}: &a{n} [{list}]\n");
        }
        assert!(parse(&text).1[0].contains("aliases stand for too much"));
        assert!(parse(&"[".repeat(200)).1[0].contains("100 deep"));
    }
}

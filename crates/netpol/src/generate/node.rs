//! The nodes of the document that is read, with their places in it.

use super::problem::{Problem, nearest};
use diagnostics::Span;
use std::cell::RefCell;
use yaml::Data;

/// The problems found so far.
#[derive(Debug, Default)]
pub(super) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    /// The problems, in the order in which they stand in the document.
    pub(super) fn into_vec(self) -> Vec<Problem> {
        let mut problems = self.0.into_inner();
        problems.sort_by_key(|problem| (problem.line, problem.column));
        problems
    }
}

/// A node, and the path that leads to it.
#[derive(Debug, Clone)]
pub(super) struct Node<'d> {
    yaml: &'d yaml::Node,
    path: String,
    problems: &'d Problems,
}

impl<'d> Node<'d> {
    /// The document itself.
    pub(super) fn root(yaml: &'d yaml::Node, problems: &'d Problems) -> Self {
        Self { yaml, path: String::new(), problems }
    }

    /// Notes a problem here.
    pub(super) fn problem(&self, code: &'static str, message: String, help: impl Into<String>) {
        self.problem_at(self.yaml.span, self.path.clone(), code, message, help.into());
    }

    fn problem_at(&self, span: Span, path: String, code: &'static str, message: String, help: String) {
        let Span { line, column, .. } = span;
        self.problems.0.borrow_mut().push(Problem { code, path, line, column, message, help });
    }

    /// The fields of an object; those that are not `known` are problems.
    pub(super) fn object(&self, known: &'static [&'static str]) -> Option<Object<'d>> {
        let fields = self.fields()?;
        for (name, span, node) in &fields {
            if !known.contains(&name.as_str()) {
                let help = match nearest(name, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("there are {}", known.join(", ")),
                };
                let message = "this field does not exist here".to_owned();
                self.problem_at(*span, node.path.clone(), "unknown_field", message, help);
            }
        }
        Some(Object {
            node: self.clone(),
            fields: fields.into_iter().map(|(name, _, node)| (name, node)).collect(),
        })
    }

    /// The fields of an object whose names are the user's.
    pub(super) fn map(&self) -> Option<Vec<(String, Node<'d>)>> {
        Some(self.fields()?.into_iter().map(|(name, _, node)| (name, node)).collect())
    }

    fn fields(&self) -> Option<Vec<(String, Span, Node<'d>)>> {
        let Data::Map(fields) = &self.yaml.data else {
            self.wrong_type("an object");
            return None;
        };
        let field = |(key, value): &'d (yaml::Key, yaml::Node)| {
            let name = key.text.clone();
            let path = if self.path.is_empty() { name.clone() } else { format!("{}.{name}", self.path) };
            (name, key.span, Node { yaml: value, path, problems: self.problems })
        };
        Some(fields.iter().map(field).collect())
    }

    /// The items of a list.
    pub(super) fn list(&self) -> Option<Vec<Node<'d>>> {
        let Data::List(items) = &self.yaml.data else {
            self.wrong_type("a list");
            return None;
        };
        let item = |(index, yaml)| {
            let path = format!("{}[{index}]", self.path);
            Node { yaml, path, problems: self.problems }
        };
        Some(items.iter().enumerate().map(item).collect())
    }

    /// A string.
    pub(super) fn text(&self) -> Option<&'d str> {
        if let Data::Text(text) = &self.yaml.data {
            return Some(text);
        }
        self.wrong_type("a string");
        None
    }

    /// A port.
    pub(super) fn port(&self) -> Option<u16> {
        let Data::Integer(number) = &self.yaml.data else {
            self.wrong_type("a port");
            return None;
        };
        let port = u16::try_from(*number).ok().filter(|port| *port != 0);
        if port.is_none() {
            self.problem("invalid_port", format!("`{number}` is no port"), "ports are 1 to 65535");
        }
        port
    }

    fn wrong_type(&self, wanted: &str) {
        let found = self.yaml.kind();
        let quotes = wanted == "a string" && matches!(found, "a boolean" | "a number");
        let help = if quotes { "put it in quotes" } else { "" };
        self.problem("wrong_type", format!("{wanted} is expected here, and this is {found}"), help);
    }
}

/// An object.
#[derive(Debug)]
pub(super) struct Object<'d> {
    node: Node<'d>,
    fields: Vec<(String, Node<'d>)>,
}

impl<'d> Object<'d> {
    /// The object as a node.
    pub(super) fn node(&self) -> &Node<'d> {
        &self.node
    }

    /// A field that may be absent.
    pub(super) fn optional(&self, name: &str) -> Option<&Node<'d>> {
        self.fields.iter().find(|(other, _)| other == name).map(|(_, node)| node)
    }

    /// A field that must be there.
    pub(super) fn required(&self, name: &str) -> Option<&Node<'d>> {
        let field = self.optional(name);
        if field.is_none() {
            self.node.problem("missing_field", format!("`{name}` is missing"), format!("add `{name}`"));
        }
        field
    }
}

//! A value of a document, with its place.

use crate::problem::Mark;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub mark: Mark,
    pub data: Data,
}

/// What a value is.
#[derive(Debug, Clone)]
pub(crate) enum Data {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// A key of a map.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub mark: Mark,
    pub text: String,
}

impl Node {
    /// The value of a key.
    pub(crate) fn get(&self, name: &str) -> Option<&Node> {
        let Data::Map(fields) = &self.data else { return None };
        fields.iter().find(|(key, _)| key.text == name).map(|(_, value)| value)
    }

    /// The text, where it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What it is, for a message.
    pub(crate) fn kind(&self) -> &'static str {
        match self.data {
            Data::Null => "nothing",
            Data::Bool(_) => "a boolean",
            Data::Integer(_) | Data::Float(_) => "a number",
            Data::Text(_) => "a string",
            Data::List(_) => "a list",
            Data::Map(_) => "an object",
        }
    }
}

/// A place reached by keys and indexes; where something on the way is missing, the last that was there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At<'n> {
    node: Option<&'n Node>,
    mark: Mark,
}

impl<'n> At<'n> {
    pub(crate) fn new(node: &'n Node) -> Self {
        Self { node: Some(node), mark: node.mark }
    }

    /// The value of a key.
    pub(crate) fn field(self, name: &str) -> Self {
        self.step(self.node.and_then(|node| node.get(name)))
    }

    /// An item of a list.
    pub(crate) fn item(self, index: usize) -> Self {
        self.step(self.node.and_then(|node| match &node.data {
            Data::List(items) => items.get(index),
            _ => None,
        }))
    }

    /// The key itself rather than its value.
    pub(crate) fn key(self, name: &str) -> Self {
        let Some(Node { data: Data::Map(fields), .. }) = self.node else { return self };
        let key = fields.iter().find(|(key, _)| key.text == name);
        Self { node: None, mark: key.map_or(self.mark, |(key, _)| key.mark) }
    }

    pub(crate) fn mark(self) -> Mark {
        self.mark
    }

    fn step(self, node: Option<&'n Node>) -> Self {
        Self { node, mark: node.map_or(self.mark, |node| node.mark) }
    }
}

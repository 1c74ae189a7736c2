//! A value of a document, with its place.

use crate::Mark;
use serde_json::{Map, Number, Value};

/// A value and where it stands.
#[derive(Debug, Clone)]
pub struct Node {
    /// Where it starts.
    pub mark: Mark,
    /// What it is.
    pub data: Data,
}

/// What a value is.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "named after what they are")]
pub enum Data {
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
pub struct Key {
    /// Where it starts.
    pub mark: Mark,
    /// How it is spelled.
    pub text: String,
}

impl Node {
    /// The value of a key.
    pub fn get(&self, name: &str) -> Option<&Node> {
        let Data::Map(fields) = &self.data else { return None };
        fields.iter().find(|(key, _)| key.text == name).map(|(_, value)| value)
    }

    /// The text, where it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The fields, where it is an object.
    pub fn fields(&self) -> &[(Key, Node)] {
        match &self.data {
            Data::Map(fields) => fields,
            _ => &[],
        }
    }

    /// The items, where it is a list.
    pub fn items(&self) -> &[Node] {
        match &self.data {
            Data::List(items) => items,
            _ => &[],
        }
    }

    /// It as JSON. Of a key that stands twice the last value counts; what is no number of JSON is nothing.
    pub fn json(&self) -> Value {
        match &self.data {
            Data::Null => Value::Null,
            Data::Bool(value) => Value::Bool(*value),
            Data::Integer(number) => Value::Number((*number).into()),
            Data::Float(number) => Number::from_f64(*number).map_or(Value::Null, Value::Number),
            Data::Text(text) => Value::String(text.clone()),
            Data::List(items) => Value::Array(items.iter().map(Self::json).collect()),
            Data::Map(fields) => {
                let fields = fields.iter().map(|(key, value)| (key.text.clone(), value.json()));
                Value::Object(fields.collect::<Map<_, _>>())
            }
        }
    }

    /// What it is, for a message.
    pub fn kind(&self) -> &'static str {
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
pub struct At<'n> {
    node: Option<&'n Node>,
    mark: Mark,
}

impl<'n> At<'n> {
    /// The place of a value.
    pub fn new(node: &'n Node) -> Self {
        Self { node: Some(node), mark: node.mark }
    }

    /// The value of a key.
    pub fn field(self, name: &str) -> Self {
        self.step(self.node.and_then(|node| node.get(name)))
    }

    /// An item of a list.
    pub fn item(self, index: usize) -> Self {
        self.step(self.node.and_then(|node| match &node.data {
            Data::List(items) => items.get(index),
            _ => None,
        }))
    }

    /// The key itself rather than its value.
    pub fn key(self, name: &str) -> Self {
        let Some(Node { data: Data::Map(fields), .. }) = self.node else { return self };
        let key = fields.iter().find(|(key, _)| key.text == name);
        Self { node: None, mark: key.map_or(self.mark, |(key, _)| key.mark) }
    }

    /// Where it is.
    pub fn mark(self) -> Mark {
        self.mark
    }

    fn step(self, node: Option<&'n Node>) -> Self {
        Self { node, mark: node.map_or(self.mark, |node| node.mark) }
    }
}

//! The values of a document, with their places.

use diagnostics::Span;
use serde_json::{Map, Number, Value};

/// A value with its place.
#[derive(Debug, Clone)]
pub struct Node {
    /// The place.
    pub span: Span,
    /// The value itself.
    pub data: Data,
}

/// A value of YAML.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the names are those of YAML")]
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
    /// The place.
    pub span: Span,
    /// The text of the key.
    pub text: String,
}

impl Node {
    /// Returns the value of a key.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.fields().iter().find(|(key, _)| key.text == name).map(|(_, value)| value)
    }

    /// Returns the text of a string.
    pub fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the fields of an object.
    pub fn fields(&self) -> &[(Key, Node)] {
        match &self.data {
            Data::Map(fields) => fields,
            _ => &[],
        }
    }

    /// Returns the items of a list.
    pub fn items(&self) -> &[Node] {
        match &self.data {
            Data::List(items) => items,
            _ => &[],
        }
    }

    /// Returns the value as JSON. The last value of a duplicate key counts; infinite numbers become null.
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

    /// Returns the type of the value for a message.
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

/// A place reached by keys and indexes. If a value on the way is missing, the place is that of the last one that exists.
#[derive(Debug, Clone, Copy)]
pub struct At<'n> {
    node: Option<&'n Node>,
    span: Span,
}

impl<'n> At<'n> {
    /// Creates the place of a value.
    pub fn new(node: &'n Node) -> Self {
        Self { node: Some(node), span: node.span }
    }

    /// Returns the place of the value of a key.
    pub fn field(self, name: &str) -> Self {
        self.step(self.node.and_then(|node| node.get(name)))
    }

    /// Returns the place of an item of a list.
    pub fn item(self, index: usize) -> Self {
        self.step(self.node.and_then(|node| node.items().get(index)))
    }

    /// Returns values that were read from a list field, each with its place.
    pub fn items<T>(
        self,
        field: &str,
        values: impl IntoIterator<Item = T>,
    ) -> impl Iterator<Item = (Self, T)> {
        let list = self.field(field);
        values.into_iter().enumerate().map(move |(index, value)| (list.item(index), value))
    }

    /// Returns the place of a key.
    pub fn key(self, name: &str) -> Self {
        let mut fields = self.node.map(Node::fields).unwrap_or_default().iter();
        let key = fields.find(|(key, _)| key.text == name);
        Self { node: None, span: key.map_or(self.span, |(key, _)| key.span) }
    }

    /// Returns the place.
    pub fn span(self) -> Span {
        self.span
    }

    fn step(self, node: Option<&'n Node>) -> Self {
        Self { node, span: node.map_or(self.span, |node| node.span) }
    }
}

//! A strict `Deserializer` over nodes. It reports unknown fields and wrong types with their places and continues, so that it
//! finds all of them.

use diagnostics::Span;
use diagnostics::{Diagnostics, did_you_mean};
use serde::de::{self, Deserialize, DeserializeSeed, IntoDeserializer, Visitor};
use std::cell::RefCell;
use std::fmt;
use yaml::{Data, Key, Node};

/// Reads a value. A wrong type is reported as `wrong_type` and leaves the default in the value. Returns none if it cannot
/// continue.
pub(super) fn read<'n, T: Deserialize<'n>>(node: &'n Node, problems: &mut Diagnostics) -> Option<T> {
    let log = RefCell::new(problems);
    match T::deserialize(Reader { node, log: &log }) {
        Ok(value) => Some(value),
        Err(failure) => {
            log.borrow_mut().error(failure.span.unwrap_or(node.span), "wrong_type", failure.message, "");
            None
        }
    }
}

/// The reason why it cannot continue.
#[derive(Debug)]
struct Failure {
    span: Option<Span>,
    message: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl de::Error for Failure {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { span: None, message: message.to_string() }
    }

    fn missing_field(field: &'static str) -> Self {
        Self { span: None, message: format!("missing field `{field}`") }
    }
}

type Log<'l> = RefCell<&'l mut Diagnostics>;

#[derive(Clone, Copy)]
struct Reader<'n, 'l> {
    node: &'n Node,
    log: &'l Log<'l>,
}

impl<'n, 'l> Reader<'n, 'l> {
    fn wrong(self, wanted: &str) {
        let message = format!("expected {wanted}, found {}", self.node.kind());
        let is_scalar = matches!(self.node.data, Data::Bool(_) | Data::Integer(_) | Data::Float(_));
        let help = if wanted == "a string" && is_scalar { "put it in quotes" } else { "" };
        self.log.borrow_mut().error(self.node.span, "wrong_type", message, help);
    }

    fn child(self, node: &'n Node) -> Self {
        Self { node, ..self }
    }

    /// Reads a child. A failure without a place gets the place of the child.
    fn seed<S: DeserializeSeed<'n>>(self, seed: S) -> Result<S::Value, Failure> {
        seed.deserialize(self).map_err(|failure| Failure {
            span: failure.span.or(Some(self.node.span)),
            message: failure.message,
        })
    }

    /// Returns the integer; 0 after a problem.
    fn integer(self, least: i64, most: i64) -> i64 {
        match self.node.data {
            Data::Integer(number) if (least..=most).contains(&number) => number,
            Data::Integer(_) => {
                self.wrong(&format!("a whole number from {least} to {most}"));
                0
            }
            _ => {
                self.wrong("a whole number");
                0
            }
        }
    }

    /// Returns the fields of an object; none after a problem.
    fn fields(self) -> &'n [(Key, Node)] {
        match &self.node.data {
            Data::Map(fields) => fields,
            _ => {
                self.wrong("an object");
                &[]
            }
        }
    }
}

macro_rules! integers {
    ($($method:ident $type:ty),*) => {
        $(fn $method<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Failure> {
            visitor.visit_i64(self.integer(i64::from(<$type>::MIN), i64::from(<$type>::MAX)))
        })*
    };
}

impl<'n> de::Deserializer<'n> for Reader<'n, '_> {
    type Error = Failure;

    fn deserialize_any<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Failure> {
        match &self.node.data {
            Data::Null => visitor.visit_unit(),
            Data::Bool(value) => visitor.visit_bool(*value),
            Data::Integer(value) => visitor.visit_i64(*value),
            Data::Float(value) => visitor.visit_f64(*value),
            Data::Text(value) => visitor.visit_borrowed_str(value),
            Data::List(_) => self.deserialize_seq(visitor),
            Data::Map(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.node.data {
            Data::Bool(value) => visitor.visit_bool(value),
            _ => {
                self.wrong("`true` or `false`");
                visitor.visit_bool(false)
            }
        }
    }

    integers!(deserialize_i8 i8, deserialize_i16 i16, deserialize_i32 i32, deserialize_i64 i64);
    integers!(deserialize_u8 u8, deserialize_u16 u16, deserialize_u32 u32);

    fn deserialize_u64<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_i64(self.integer(0, i64::MAX))
    }

    fn deserialize_f64<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.node.data {
            Data::Integer(value) => visitor.visit_i64(value),
            Data::Float(value) => visitor.visit_f64(value),
            _ => {
                self.wrong("a number");
                visitor.visit_i64(0)
            }
        }
    }

    fn deserialize_str<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Failure> {
        match &self.node.data {
            Data::Text(value) => visitor.visit_borrowed_str(value),
            _ => {
                self.wrong("a string");
                visitor.visit_str("")
            }
        }
    }

    fn deserialize_string<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Failure> {
        if matches!(self.node.data, Data::Null) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'n>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Failure> {
        let items: &[Node] = match &self.node.data {
            Data::List(items) => items,
            _ => {
                self.wrong("a list");
                &[]
            }
        };
        visitor.visit_seq(Items { reader: self, items: items.iter() })
    }

    fn deserialize_map<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_map(Fields { reader: self, fields: self.fields().iter(), known: None, value: None })
    }

    fn deserialize_struct<V: Visitor<'n>>(
        self,
        _: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        let fields = self.fields().iter();
        visitor.visit_map(Fields { reader: self, fields, known: Some(known), value: None })
    }

    fn deserialize_enum<V: Visitor<'n>>(
        self,
        _: &'static str,
        choices: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        let Data::Text(found) = &self.node.data else {
            return Err(de::Error::custom(format_args!("expected a string, found {}", self.node.kind())));
        };
        if !choices.contains(&found.as_str()) {
            let help = did_you_mean(found, choices.iter().copied());
            return Err(de::Error::custom(format_args!("unknown value `{found}`; {help}")));
        }
        visitor.visit_enum(found.as_str().into_deserializer())
    }

    fn deserialize_ignored_any<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        <W: Visitor<'n>> f32 char bytes byte_buf unit unit_struct tuple tuple_struct
    }
}

struct Items<'n, 'l> {
    reader: Reader<'n, 'l>,
    items: std::slice::Iter<'n, Node>,
}

impl<'n> de::SeqAccess<'n> for Items<'n, '_> {
    type Error = Failure;

    fn next_element_seed<S: DeserializeSeed<'n>>(&mut self, seed: S) -> Result<Option<S::Value>, Failure> {
        self.items.next().map(|item| self.reader.child(item).seed(seed)).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Fields<'n, 'l> {
    reader: Reader<'n, 'l>,
    fields: std::slice::Iter<'n, (Key, Node)>,
    /// The known fields, if the object is a struct.
    known: Option<&'static [&'static str]>,
    value: Option<&'n Node>,
}

impl<'n> de::MapAccess<'n> for Fields<'n, '_> {
    type Error = Failure;

    fn next_key_seed<S: DeserializeSeed<'n>>(&mut self, seed: S) -> Result<Option<S::Value>, Failure> {
        for (key, value) in self.fields.by_ref() {
            // The API server ignores a field that is null.
            let nothing = matches!(value.data, Data::Null);
            if let Some(known) = self.known
                && !known.contains(&key.text.as_str())
            {
                let help = did_you_mean(&key.text, known.iter().copied());
                let message = format!("unknown field `{}`", key.text);
                self.reader.log.borrow_mut().error(key.span, "unknown_field", message, help);
                continue;
            }
            if nothing && self.known.is_some() {
                continue;
            }
            self.value = Some(value);
            let key: de::value::StrDeserializer<'_, Failure> = key.text.as_str().into_deserializer();
            return seed.deserialize(key).map(Some);
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'n>>(&mut self, seed: S) -> Result<S::Value, Failure> {
        match self.value.take() {
            Some(value) => self.reader.child(value).seed(seed),
            None => Err(de::Error::custom("a value was read before its key")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::api::networking::v1::NetworkPolicy;
    use yaml::documents;

    fn problems(text: &str) -> Vec<String> {
        let mut problems = Diagnostics::new("p.yaml");
        for node in documents(text, &mut problems) {
            let _: Option<NetworkPolicy> = read(&node, &mut problems);
        }
        problems.into_vec().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn finds_every_unknown_field_and_wrong_type() {
        let text = "apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: 7, labels: {version: 1.10}}
spec:
  podSelector: {matchLabel: {app: x}}
  ingress:
    - form: []
      ports: [{port: 1, protocol: TCP, endport: 70000}]
  policyTypes: Ingress
";
        assert_eq!(
            problems(text),
            [
                "p.yaml:3:18: expected a string, found a number; put it in quotes",
                "p.yaml:3:39: expected a string, found a number; put it in quotes",
                "p.yaml:5:17: unknown field `matchLabel`; did you mean `matchLabels`?",
                "p.yaml:7:7: unknown field `form`; did you mean `from`?",
                "p.yaml:8:40: unknown field `endport`; did you mean `endPort`?",
                "p.yaml:9:16: expected a list, found a string",
            ]
        );
    }

    #[test]
    fn reports_the_place_of_an_unreadable_value() {
        let text = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nspec:\n  ingress: [{ports: [{port: [1]}]}]\n";
        assert_eq!(problems(text), ["p.yaml:4:29: invalid type: sequence, expected IntOrString"]);
    }
}

//! A strict `Deserializer` over nodes. It reports unknown fields and wrong types with their places and continues, so that it
//! finds all of them.

use diagnostics::{Diagnostics, Span, did_you_mean};
use serde::de::value::Error;
use serde::de::{self, Deserialize, DeserializeSeed, IntoDeserializer, Visitor};
use std::cell::{Cell, RefCell};
use std::ptr;
use yaml::{Data, Key, Node};

/// Reads a value. A wrong type is reported as `wrong_type` and leaves the default in the value. Returns none if it cannot
/// continue.
pub(super) fn read<'n, T: Deserialize<'n>>(node: &'n Node, problems: &mut Diagnostics) -> Option<T> {
    let log = Log { problems: RefCell::new(problems), failed: Cell::new(None) };
    let read = T::deserialize(Reader { node, log: &log });
    let report = |error: &Error| {
        let failed = log.failed.get().unwrap_or(node.span);
        log.problems.borrow_mut().error(failed, "wrong_type", error.to_string(), "");
    };
    read.inspect_err(report).ok()
}

struct Log<'l> {
    problems: RefCell<&'l mut Diagnostics>,
    /// The place of the value at which it cannot continue.
    failed: Cell<Option<Span>>,
}

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
        self.log.problems.borrow_mut().error(self.node.span, "wrong_type", message, help);
    }

    /// Reads a child. The innermost value that fails is the place of the failure.
    fn child<S: DeserializeSeed<'n>>(self, node: &'n Node, seed: S) -> Result<S::Value, Error> {
        let failed = &self.log.failed;
        let read = seed.deserialize(Self { node, ..self });
        read.inspect_err(|_| failed.set(failed.get().or(Some(node.span))))
    }

    /// Returns the integer; 0 after a problem.
    fn integer(self, least: i64, most: i64) -> i64 {
        match self.node.data {
            Data::Integer(number) if (least..=most).contains(&number) => return number,
            Data::Integer(_) => self.wrong(&format!("a whole number from {least} to {most}")),
            _ => self.wrong("a whole number"),
        }
        0
    }

    /// Returns the fields of an object; none after a problem.
    fn fields(self, known: Option<&'static [&'static str]>) -> Fields<'n, 'l> {
        if !matches!(self.node.data, Data::Map(_)) {
            self.wrong("an object");
        }
        Fields { reader: self, fields: self.node.fields().iter(), known, value: None }
    }
}

macro_rules! integers {
    ($($method:ident $type:ty),*) => {
        $(fn $method<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.visit_i64(self.integer(<$type>::MIN.into(), <$type>::MAX.into()))
        })*
    };
}

/// The methods are those for the types of the objects that are read. Any other type fails at a value of a wrong type.
impl<'n> de::Deserializer<'n> for Reader<'n, '_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Error> {
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

    fn deserialize_bool<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Error> {
        if let Data::Bool(value) = self.node.data {
            return visitor.visit_bool(value);
        }
        self.wrong("`true` or `false`");
        visitor.visit_bool(false)
    }

    integers!(deserialize_i32 i32, deserialize_i64 i64, deserialize_u16 u16);

    fn deserialize_str<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Error> {
        if let Data::Text(value) = &self.node.data {
            return visitor.visit_borrowed_str(value);
        }
        self.wrong("a string");
        visitor.visit_str("")
    }

    fn deserialize_string<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Error> {
        if matches!(self.node.data, Data::Null) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'n>>(self, _: &str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Error> {
        if !matches!(self.node.data, Data::List(_)) {
            self.wrong("a list");
        }
        visitor.visit_seq(Items { reader: self, items: self.node.items().iter() })
    }

    fn deserialize_map<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(self.fields(None))
    }

    fn deserialize_struct<V: Visitor<'n>>(
        self,
        _: &str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_map(self.fields(Some(known)))
    }

    fn deserialize_ignored_any<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        <W: Visitor<'n>> i8 i16 u8 u32 u64 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct enum identifier
    }
}

struct Items<'n, 'l> {
    reader: Reader<'n, 'l>,
    items: std::slice::Iter<'n, Node>,
}

impl<'n> de::SeqAccess<'n> for Items<'n, '_> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'n>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        self.items.next().map(|item| self.reader.child(item, seed)).transpose()
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
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'n>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        for (key, value) in self.fields.by_ref() {
            match self.known {
                Some(known) if !known.contains(&key.text.as_str()) => {
                    let help = did_you_mean(&key.text, known.iter().copied());
                    let message = format!("unknown field `{}`", key.text);
                    self.reader.log.problems.borrow_mut().error(key.span, "unknown_field", message, help);
                }
                // The API server ignores a field that is null.
                Some(_) if matches!(value.data, Data::Null) => {}
                // A duplicate key is reported by `yaml`; the first value counts, as for `yaml::At`.
                Some(_) if self.reader.node.get(&key.text).is_some_and(|first| !ptr::eq(first, value)) => {}
                _ => {
                    self.value = Some(value);
                    return seed.deserialize(key.text.as_str().into_deserializer()).map(Some);
                }
            }
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'n>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let value = self.value.take().ok_or_else(|| de::Error::custom("a value was read before its key"))?;
        self.reader.child(value, seed)
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

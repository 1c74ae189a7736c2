//! What a configuration may hold, as JSON Schema (draft 2020-12). None of it is in the modules.

use super::schema::Schema;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A part of a configuration that can say what it may hold.
pub trait Describe: Sized {
    /// What it may hold; what has a name goes into the definitions.
    fn describe(definitions: &mut Definitions) -> Schema;

    /// The value as a configuration spells it, where it is worth telling as a default.
    fn spelled(&self) -> Option<Value> {
        None
    }
}

/// The JSON Schema of a document.
pub fn schema<T: Describe>(title: &str) -> Value {
    let mut definitions = Definitions::default();
    let root = T::describe(&mut definitions).into_map();
    let Definitions(mut definitions) = definitions;
    let own = root.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix(PLACE));
    let mut root = own.and_then(|name| definitions.remove(name)).map_or(root, Schema::into_map);
    root.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    root.insert("title".to_owned(), json!(title));
    let definitions = definitions.into_iter().map(|(name, schema)| (name, Value::Object(schema.into_map())));
    root.insert("$defs".to_owned(), Value::Object(definitions.collect()));
    Value::Object(root)
}

const PLACE: &str = "#/$defs/";

/// The definitions so far, by name.
#[derive(Debug, Default)]
pub struct Definitions(BTreeMap<String, Schema>);

impl Definitions {
    /// Defines a type once, and refers to it. A type of a filter gets the filter's name before its own.
    pub fn define(&mut self, module: &str, name: &str, describe: impl FnOnce(&mut Self) -> Schema) -> Schema {
        let mut parts = module.split("::").skip_while(|part| *part != "stages").skip(1);
        let name = parts.next().map_or(name.to_owned(), |stage| format!("{stage}.{name}"));
        if !self.0.contains_key(&name) {
            let schema = describe(self);
            self.0.insert(name.clone(), schema);
        }
        Schema::reference(&format!("{PLACE}{name}"))
    }
}

impl<T: Describe> Describe for Vec<T> {
    fn describe(definitions: &mut Definitions) -> Schema {
        Schema::list(T::describe(definitions))
    }

    fn spelled(&self) -> Option<Value> {
        self.iter().map(Describe::spelled).collect::<Option<Vec<_>>>().map(Value::Array)
    }
}

impl<T: Describe> Describe for Option<T> {
    fn describe(definitions: &mut Definitions) -> Schema {
        T::describe(definitions)
    }

    fn spelled(&self) -> Option<Value> {
        self.as_ref().and_then(Describe::spelled)
    }
}

impl Describe for String {
    fn describe(_: &mut Definitions) -> Schema {
        Schema::string()
    }

    fn spelled(&self) -> Option<Value> {
        Some(json!(self))
    }
}

impl Describe for bool {
    fn describe(_: &mut Definitions) -> Schema {
        Schema::boolean()
    }

    fn spelled(&self) -> Option<Value> {
        Some(json!(self))
    }
}

impl Describe for u16 {
    fn describe(_: &mut Definitions) -> Schema {
        Schema::whole_number(0, Some(u64::from(Self::MAX)))
    }

    fn spelled(&self) -> Option<Value> {
        Some(json!(self))
    }
}

impl Describe for usize {
    fn describe(_: &mut Definitions) -> Schema {
        Schema::whole_number(0, None)
    }

    fn spelled(&self) -> Option<Value> {
        Some(json!(self))
    }
}

//! The definitions of a JSON Schema (draft 2020-12).

use super::Schema;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const DEFINITIONS: &str = "#/$defs/";

/// The definitions of a schema, by name.
#[derive(Debug, Default)]
pub struct Definitions(BTreeMap<String, Schema>);

impl Definitions {
    /// Defines a type once, and returns a reference to it. The names of a filter's types start with the filter.
    pub fn define(&mut self, module: &str, name: &str, describe: impl FnOnce(&mut Self) -> Schema) -> Schema {
        let mut parts = module.split("::").skip_while(|part| *part != "stages").skip(1);
        let name = parts.next().map_or(name.to_owned(), |stage| format!("{stage}.{name}"));
        if !self.0.contains_key(&name) {
            let schema = describe(self);
            self.0.insert(name.clone(), schema);
        }
        Schema::reference(&format!("{DEFINITIONS}{name}"))
    }

    /// Completes a schema with these definitions.
    pub(super) fn complete(self, root: Schema, title: &str) -> Value {
        let root = root.into_map();
        let Self(mut definitions) = self;
        let own = root.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix(DEFINITIONS));
        let mut root = own.and_then(|name| definitions.remove(name)).map_or(root, Schema::into_map);
        root.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        root.insert("title".to_owned(), json!(title));
        let definitions =
            definitions.into_iter().map(|(name, schema)| (name, Value::Object(schema.into_map())));
        root.insert("$defs".to_owned(), Value::Object(definitions.collect()));
        Value::Object(root)
    }
}

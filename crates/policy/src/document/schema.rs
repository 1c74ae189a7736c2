//! Builder of JSON Schemas.

use serde_json::{Map, Value, json};

/// A JSON Schema under construction.
#[derive(Debug, Clone, Default)]
pub struct Schema(Map<String, Value>);

impl Schema {
    /// Returns the schema as JSON.
    pub fn into_map(self) -> Map<String, Value> {
        self.0
    }

    /// A reference to a definition.
    pub fn reference(place: &str) -> Self {
        Self::default().with("$ref", place)
    }

    /// Sets a keyword.
    #[must_use]
    pub fn with(mut self, keyword: &str, value: impl Into<Value>) -> Self {
        self.0.insert(keyword.to_owned(), value.into());
        self
    }

    /// A value of a type.
    pub fn of_type(name: &str) -> Self {
        Self::default().with("type", name)
    }

    /// A whole number between these.
    pub fn whole_number(least: u64, most: Option<u64>) -> Self {
        let schema = Self::of_type("integer").with("minimum", least);
        most.map_or(schema.clone(), |most| schema.with("maximum", most))
    }

    /// A list of these items.
    pub fn list(items: Self) -> Self {
        Self::of_type("array").with("items", items.0)
    }

    /// An object with only the fields that are added.
    pub fn object() -> Self {
        let schema = Self::of_type("object").with("additionalProperties", false);
        schema.with("properties", json!({}))
    }

    /// One of these words.
    pub fn choice(words: impl IntoIterator<Item: Into<Value>>) -> Self {
        Self::default().with("enum", words.into_iter().map(Into::into).collect::<Vec<Value>>())
    }

    /// One of these words, with their descriptions.
    pub fn words(about: &str, words: &[(&str, String)]) -> Self {
        let line = |(word, about): &(&str, String)| match about.trim() {
            "" => String::new(),
            about => format!("\n- `{word}`: {about}"),
        };
        let lines: String = words.iter().map(line).collect();
        Self::choice(words.iter().map(|(word, _)| *word)).about(&format!("{about}\n{lines}"))
    }

    /// One of these schemas.
    #[must_use]
    pub fn either(schemas: impl IntoIterator<Item = Self>) -> Self {
        let schemas = schemas.into_iter().map(|schema| Value::Object(schema.0));
        Self::default().with("anyOf", schemas.collect::<Vec<_>>())
    }

    /// Sets the description, unless the text is empty.
    #[must_use]
    pub fn about(self, text: &str) -> Self {
        let text = plain(text);
        if text.is_empty() { self } else { self.with("description", text) }
    }

    /// Sets the default, if known.
    #[must_use]
    pub fn default_is(self, value: Option<Value>) -> Self {
        match value {
            Some(value) => self.with("default", value),
            None => self,
        }
    }

    /// Adds an optional field.
    #[must_use]
    pub fn field(mut self, name: &str, schema: Self) -> Self {
        if let Some(Value::Object(fields)) = self.0.get_mut("properties") {
            fields.insert(name.to_owned(), Value::Object(schema.0));
        }
        self
    }

    /// Adds a required field.
    #[must_use]
    pub fn required(self, name: &str, schema: Self) -> Self {
        self.field(name, schema).needs(&[name])
    }

    /// Requires these fields.
    #[must_use]
    pub fn needs(mut self, fields: &[&str]) -> Self {
        if let Value::Array(names) = self.0.entry("required").or_insert_with(|| json!([])) {
            names.extend(fields.iter().map(|name| json!(name)));
        }
        self
    }

    /// Requires exactly one of these fields.
    #[must_use]
    pub fn exactly_one(self, names: &[&str]) -> Self {
        self.with("oneOf", each(names))
    }

    /// Requires exactly one of these fields, or at least one of the others.
    #[must_use]
    pub fn one_of_kinds(self, names: &[&str], others: &[&str]) -> Self {
        let mut all = each(names);
        all.push(json!({"anyOf": each(others)}));
        self.with("oneOf", all)
    }

    /// Requires at least one of these fields.
    #[must_use]
    pub fn at_least_one(self, names: &[&str]) -> Self {
        self.with("anyOf", each(names))
    }

    /// Requires the second field if the first is present.
    #[must_use]
    pub fn goes_with(mut self, first: &str, second: &str) -> Self {
        if let Value::Object(pairs) = self.0.entry("dependentRequired").or_insert_with(|| json!({})) {
            pairs.insert(first.to_owned(), json!([second]));
        }
        self
    }

    /// Requires `field` if the field `name` is this word, and forbids it otherwise.
    #[must_use]
    pub fn only_where(mut self, name: &str, word: &str, field: &str) -> Self {
        let condition = json!({
            "if": {"properties": {name: {"const": word}}, "required": [name]},
            "then": {"required": [field]},
            "else": {"not": {"required": [field]}},
        });
        if let Value::Array(all) = self.0.entry("allOf").or_insert_with(|| json!([])) {
            all.push(condition);
        }
        self
    }
}

/// Returns a schema for each name that requires this field.
fn each(names: &[&str]) -> Vec<Value> {
    names.iter().map(|name| json!({"required": [name]})).collect()
}

/// Converts documentation comments to plain text: without links, one line per paragraph.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for line in text.lines().map(str::trim) {
        let break_before = match (line.is_empty(), line.starts_with("- ")) {
            _ if plain.is_empty() || plain.ends_with('\n') => "",
            (true, _) => "\n\n",
            (false, true) => "\n",
            (false, false) => " ",
        };
        plain.push_str(break_before);
        plain.push_str(line);
    }
    let plain = plain.replace("[`", "`").replace("`]", "`");
    plain.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn comments_become_lines() {
        let text = " A [`X`] of\n two lines.\n\n- `a`: b\n- `c`";
        assert_eq!(plain(text), "A `X` of two lines.\n\n- `a`: b\n- `c`");
    }
}

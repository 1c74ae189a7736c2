//! A schema that is being written.

use serde_json::{Map, Value, json};

/// A schema that is being written.
#[derive(Debug, Clone, Default)]
pub struct Schema(Map<String, Value>);

impl Schema {
    /// What it is as JSON.
    pub fn into_map(self) -> Map<String, Value> {
        self.0
    }

    /// What stands elsewhere.
    pub fn reference(place: &str) -> Self {
        Self::default().with("$ref", json!(place))
    }

    fn with(mut self, key: &str, value: Value) -> Self {
        self.0.insert(key.to_owned(), value);
        self
    }

    fn of_type(name: &str) -> Self {
        Self::default().with("type", json!(name))
    }

    /// Any value.
    pub fn anything() -> Self {
        Self::default()
    }

    /// A string.
    pub fn string() -> Self {
        Self::of_type("string")
    }

    /// `true` or `false`.
    pub fn boolean() -> Self {
        Self::of_type("boolean")
    }

    /// A number.
    pub fn number() -> Self {
        Self::of_type("number")
    }

    /// A whole number between these.
    pub fn whole_number(least: u64, most: Option<u64>) -> Self {
        let schema = Self::of_type("integer").with("minimum", json!(least));
        most.map_or(schema.clone(), |most| schema.with("maximum", json!(most)))
    }

    /// A list of these.
    pub fn list(items: Self) -> Self {
        Self::of_type("array").with("items", Value::Object(items.0))
    }

    /// An object whose fields follow, and none besides.
    pub fn object() -> Self {
        let schema = Self::of_type("object").with("additionalProperties", json!(false));
        schema.with("properties", json!({}))
    }

    /// An object whose fields follow, and any besides.
    pub fn open_object() -> Self {
        Self::of_type("object").with("properties", json!({}))
    }

    /// An object of these, by names that are the user's own.
    pub fn by_name(values: Self) -> Self {
        Self::of_type("object")
            .with("additionalProperties", Value::Object(values.0))
            .with("minProperties", json!(1))
    }

    /// One of these words.
    pub fn choice(words: impl IntoIterator<Item: Into<Value>>) -> Self {
        Self::default().with("enum", Value::Array(words.into_iter().map(Into::into).collect()))
    }

    /// One of these words, each with what it is for.
    pub fn words(about: &str, words: &[(&str, String)]) -> Self {
        let line = |(word, about): &(&str, String)| match about.trim() {
            "" => String::new(),
            about => format!("\n- `{word}`: {about}"),
        };
        let lines: String = words.iter().map(line).collect();
        Self::choice(words.iter().map(|(word, _)| *word)).about(&format!("{about}\n{lines}"))
    }

    /// One of these.
    #[must_use]
    pub fn either(schemas: impl IntoIterator<Item = Self>) -> Self {
        let schemas = schemas.into_iter().map(|schema| Value::Object(schema.0));
        Self::default().with("anyOf", Value::Array(schemas.collect()))
    }

    /// What it is for; an empty text leaves what stands there.
    #[must_use]
    pub fn about(self, text: &str) -> Self {
        let text = plain(text);
        if text.is_empty() { self } else { self.with("description", json!(text)) }
    }

    /// The expression that a string has to match.
    #[must_use]
    pub fn pattern(self, regex: &str) -> Self {
        self.with("pattern", json!(regex))
    }

    /// A list that is not empty.
    #[must_use]
    pub fn not_empty(self) -> Self {
        self.with("minItems", json!(1))
    }

    /// What stands in the place of the value where it is left out.
    #[must_use]
    pub fn default_is(self, value: Option<Value>) -> Self {
        match value {
            Some(value) => self.with("default", value),
            None => self,
        }
    }

    /// A field that may be left out.
    #[must_use]
    pub fn field(mut self, name: &str, schema: Self) -> Self {
        if let Some(Value::Object(fields)) = self.0.get_mut("properties") {
            fields.insert(name.to_owned(), Value::Object(schema.0));
        }
        self
    }

    /// A field that must be there.
    #[must_use]
    pub fn required(self, name: &str, schema: Self) -> Self {
        self.field(name, schema).needs(&[name])
    }

    /// All of these fields must be there.
    #[must_use]
    pub fn needs(mut self, fields: &[&str]) -> Self {
        if let Value::Array(names) = self.0.entry("required").or_insert_with(|| json!([])) {
            names.extend(fields.iter().map(|name| json!(name)));
        }
        self
    }

    /// Of these fields exactly one is there.
    #[must_use]
    pub fn exactly_one(self, names: &[&str]) -> Self {
        let each: Vec<Value> = names.iter().map(|name| json!({"required": [name]})).collect();
        self.with("oneOf", Value::Array(each))
    }

    /// Of these fields exactly one is there, or else some of the others.
    #[must_use]
    pub fn one_of_kinds(self, names: &[&str], others: &[&str]) -> Self {
        let each =
            |names: &[&str]| -> Vec<Value> { names.iter().map(|name| json!({"required": [name]})).collect() };
        let mut all = each(names);
        all.push(json!({"anyOf": each(others)}));
        self.with("oneOf", Value::Array(all))
    }

    /// Of these fields at least one is there.
    #[must_use]
    pub fn at_least_one(self, names: &[&str]) -> Self {
        let each: Vec<Value> = names.iter().map(|name| json!({"required": [name]})).collect();
        self.with("anyOf", Value::Array(each))
    }

    /// Where the first field is there, so is the second.
    #[must_use]
    pub fn goes_with(mut self, first: &str, second: &str) -> Self {
        if let Value::Object(pairs) = self.0.entry("dependentRequired").or_insert_with(|| json!({})) {
            pairs.insert(first.to_owned(), json!([second]));
        }
        self
    }

    /// The field is there where, and only where, `name` is this word.
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

/// The text of documentation comments, a line each, as people read it: no links, and one line a paragraph.
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
    let plain = plain.replace("](super::StringMatch)", "]").replace("[`", "`").replace("`]", "`");
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

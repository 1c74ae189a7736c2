//! YAML as JSON.

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value};

/// The documents of a YAML text; a key that stands twice is an error.
///
/// # Errors
/// What is no YAML, or no JSON, with line and column where it is known.
pub fn documents(text: &str) -> Result<Vec<Value>, String> {
    let documents = Yaml::load_from_str(text).map_err(|error| error.to_string())?;
    documents.iter().map(json).collect()
}

fn json(node: &Yaml<'_>) -> Result<Value, String> {
    match node {
        Yaml::Value(Scalar::Null) => Ok(Value::Null),
        Yaml::Value(Scalar::Boolean(value)) => Ok((*value).into()),
        Yaml::Value(Scalar::Integer(value)) => Ok((*value).into()),
        Yaml::Value(Scalar::FloatingPoint(value)) => Ok(value.into_inner().into()),
        Yaml::Value(Scalar::String(value)) => Ok(value.as_ref().into()),
        Yaml::Sequence(items) => items.iter().map(json).collect::<Result<_, _>>().map(Value::Array),
        Yaml::Mapping(fields) => {
            let field = |(key, value): (&Yaml<'_>, _)| match key {
                Yaml::Value(Scalar::String(name)) => Ok((name.to_string(), json(value)?)),
                other => Err(format!("the key {other:?} is no string: put it in quotes")),
            };
            fields.iter().map(field).collect::<Result<Map<_, _>, _>>().map(Value::Object)
        }
        other => Err(format!("{other:?} is neither a value nor a list nor an object")),
    }
}

#[cfg(test)]
mod tests {
    use super::documents;
    use serde_json::json;

    #[test]
    fn yaml_becomes_json() {
        let text = "a: [1, 1.5, 'x', ~, true]\nb: {c: \"d\\n\"}\n---\n2\n";
        assert_eq!(
            documents(text).unwrap(),
            [json!({"a": [1, 1.5, "x", null, true], "b": {"c": "d\n"}}), json!(2)]
        );
    }

    #[test]
    fn a_key_that_stands_twice_is_an_error() {
        assert!(documents("a: 1\na: 2").is_err());
        assert!(documents("1: 2").is_err());
    }
}

//! The providers of a policy, by name.

use super::jwks::Jwks;
use super::provider::Provider;
use crate::document::{Code, Definitions, Document, FieldPath, Node, Problems, Schema};
use jose::{KeySet, SkippedKey};
use serde_json::Value;
use std::rc::Rc;

/// The providers, in the order of their names.
#[derive(Debug, Clone)]
pub struct Providers(pub Vec<NamedProvider>);

/// A provider, its name, and its keys if they are inline.
#[derive(Debug, Clone)]
pub struct NamedProvider {
    /// The name.
    pub name: String,
    /// The provider.
    pub provider: Provider,
    /// The inline keys, and those that cannot be used.
    pub inline_keys: Option<(Rc<KeySet>, Vec<SkippedKey>)>,
}

impl Document for Providers {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let Some(object) = node.value.as_object() else {
            return node.unexpected(problems, "an object of providers by name");
        };
        if object.is_empty() {
            let help = "add a provider: `corporate: {issuer: …}`";
            problems.add(Code::EMPTY_LIST, node.path, "no providers", help);
        }
        let read = object.iter().map(|(name, value)| {
            let path = node.path.field(name);
            let provider = Provider::read(Node { value, path: &path }, problems)?;
            let inline_keys = match provider.jwks {
                Jwks::Inline(_) => Some(read_inline_keys(value, &provider, &path.field("jwks"), problems)),
                Jwks::Remote(_) => None,
            };
            Some(NamedProvider { name: name.clone(), provider, inline_keys })
        });
        read.collect::<Vec<_>>().into_iter().collect::<Option<Vec<_>>>().map(Self)
    }

    fn describe(definitions: &mut Definitions) -> Schema {
        Schema::of_type("object")
            .with("additionalProperties", Provider::describe(definitions).into_map())
            .with("minProperties", 1)
    }
}

/// Reads the inline keys of a provider, with the algorithms that the provider allows. Invalid keys are reported, and reading
/// continues: a policy with a problem is refused in any case.
fn read_inline_keys(
    provider: &Value,
    Provider { algorithms, .. }: &Provider,
    path: &FieldPath<'_>,
    problems: &mut Problems,
) -> (Rc<KeySet>, Vec<SkippedKey>) {
    let text = provider.pointer("/jwks/inline").map(ToString::to_string).unwrap_or_default();
    match KeySet::parse(text.as_bytes(), &algorithms.0) {
        Ok((keys, skipped)) => {
            if keys.is_empty() {
                let why: Vec<String> = skipped.iter().map(ToString::to_string).collect();
                let message = format!("the key set has no usable key: {}", why.join("; "));
                problems.add(Code::JWKS, path, message, "add a key for one of `algorithms`");
            }
            (Rc::new(keys), skipped)
        }
        Err(error) => {
            problems.add(Code::JWKS, path, error.reason(), "write `{keys: [...]}` (RFC 7517)");
            Default::default()
        }
    }
}

//! The providers of a policy, by name.

use super::jwks::Jwks;
use super::provider::Provider;
use super::provider_state::{ProviderState, usable_keys};
use crate::document::{Code, Definitions, Document, Node, Problems, Schema};

/// The providers, in the order of their names.
#[derive(Debug, Clone)]
pub struct Providers(pub Vec<ProviderState>);

impl Document for Providers {
    fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
        let Some(object) = node.value.as_object() else {
            return node.unexpected(problems, "an object of providers by name");
        };
        if object.is_empty() {
            let help = "add a provider: `corporate: {issuer: …}`";
            problems.add(Code::EMPTY_LIST, node.path, "no providers", help);
        }
        let read = object.iter().enumerate().map(|(index, (name, value))| {
            let path = node.path.field(name);
            let provider = Provider::read(Node { value, path: &path }, problems)?;
            let mut inline = None;
            if let Jwks::Inline(_) = provider.jwks {
                let set = value.pointer("/jwks/inline").map(ToString::to_string).unwrap_or_default();
                inline = usable_keys(set.as_bytes(), &provider.algorithms.0)
                    .map_err(|(message, help)| problems.add(Code::JWKS, &path.field("jwks"), message, help))
                    .ok();
            }
            Some(ProviderState::new(index, name, provider, inline))
        });
        read.collect::<Vec<_>>().into_iter().collect::<Option<Vec<_>>>().map(Self)
    }

    fn describe(definitions: &mut Definitions) -> Schema {
        Schema::of_type("object")
            .with("additionalProperties", Provider::describe(definitions).into_map())
            .with("minProperties", 1)
    }
}

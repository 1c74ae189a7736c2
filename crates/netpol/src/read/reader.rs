//! Reads one object.

use super::cluster::Builder;
use super::schema::Resource;
use super::{deserialize, object};
use crate::model::ObjectRef;
use diagnostics::Diagnostics;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Deserialize;
use yaml::{At, Node};

/// An object that is being read.
pub(super) struct Reader<'r> {
    pub node: &'r Node,
    pub kind: &'r str,
    pub group: &'r str,
    pub problems: &'r mut Diagnostics,
    pub builder: &'r mut Builder,
}

impl<'r> Reader<'r> {
    /// Reads the object as a type; none if a value has a wrong type, since its default would be misleading.
    pub(super) fn typed<T: Deserialize<'r>>(&mut self) -> Option<T> {
        let before = self.problems.as_slice().len();
        let read = deserialize::read(self.node, self.problems);
        read.filter(|_| {
            !self.problems.as_slice().iter().skip(before).any(|problem| problem.code == "wrong_type")
        })
    }

    /// Reads a custom object; returns its reference and its spec.
    pub(super) fn resource<S: Default + Deserialize<'r>>(&mut self) -> Option<(ObjectRef, S)> {
        let read: Resource<S> = self.typed()?;
        Some((self.reference(&read.metadata)?, read.spec.unwrap_or_default()))
    }

    /// Returns the reference of the object, unless it is a duplicate.
    pub(super) fn reference(&mut self, metadata: &ObjectMeta) -> Option<ObjectRef> {
        let object = object::reference(self.node, self.kind, metadata, self.problems)?;
        let Some(first) = self.builder.add_object(self.group, &object) else { return Some(object) };
        let span = At::new(self.node).field("metadata").field("name").span();
        let message = format!("duplicate {object}; the first one is at {first}");
        self.problems.error(span, "duplicate_object", message, "keep one of them");
        None
    }
}

//! The fields of custom objects.

pub(super) mod gateway;
pub(super) mod graph;
pub(super) mod istio;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// A custom object.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Resource<S> {
    #[serde(rename = "apiVersion")]
    _api_version: IgnoredAny,
    #[serde(rename = "kind")]
    _kind: IgnoredAny,
    #[serde(default)]
    pub metadata: ObjectMeta,
    pub spec: Option<S>,
    #[serde(default, rename = "status")]
    _status: IgnoredAny,
}

/// Defines objects: the fields that are read, then, after `;`, the names of those that are not. A field that is not in either
/// list is a misspelling.
macro_rules! objects {
    ($(
        $(#[$meta:meta])*
        $name:ident { $($field:ident : $type:ty),* $(,)? $(; $($(#[$known_meta:meta])* $known:ident $(: $known_type:ty)?),* $(,)?)? }
    )*) => {
        $(
            $(#[$meta])*
            #[derive(Default, serde::Deserialize)]
            #[serde(default, rename_all = "camelCase")]
            pub(in crate::read) struct $name {
                $(pub $field: $type,)*
                $($(
                    $(#[$known_meta])*
                    #[allow(dead_code, reason = "known, not read")]
                    $known: crate::read::schema::known_type!($($known_type)?),
                )*)?
            }
        )*
    };
}

/// The type of a field that is known and not read.
macro_rules! known_type {
    () => {
        serde::de::IgnoredAny
    };
    ($type:ty) => {
        $type
    };
}

use {known_type, objects};

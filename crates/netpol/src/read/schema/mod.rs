//! What custom objects are made of.

pub(super) mod gateway;
pub(super) mod graph;
pub(super) mod istio;

/// Objects that are read for the names of their fields alone: what is in them changes nothing here, but a name that there
/// is not is a slip of the hand.
macro_rules! known {
    ($($name:ident { $($field:ident : $type:ty),* $(,)? })*) => {
        $(
            #[derive(Default, Deserialize)]
            #[serde(default, rename_all = "camelCase")]
            pub(in crate::read) struct $name {
                $($field: $type),*
            }
        )*
    };
}

use known;

//! Two macros that give a document its type and its reader in one place.

/// A struct that is read from an object: `"key" field: Type = default,`; without a default it is required. Where each
/// field has one, `pub struct Name: Default` makes the struct of them.
macro_rules! document {
    (
        $(#[$meta:meta])*
        pub struct $name:ident: Default {
            $( $(#[$field_meta:meta])* $key:literal $field:ident : $type:ty = $default:expr, )*
        }
    ) => {
        document! {
            $(#[$meta])*
            pub struct $name {
                $( $(#[$field_meta])* $key $field: $type = $default, )*
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $( $field: $default, )* }
            }
        }
    };
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $( $(#[$field_meta:meta])* $key:literal $field:ident : $type:ty $(= $default:expr)?, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        pub struct $name {
            $( $(#[$field_meta])* pub $field: $type, )*
        }

        impl $name {
            /// The fields that it is read from.
            pub const FIELDS: &[&str] = &[$($key),*];

            /// Reads it from the fields of an object that may hold others too.
            pub fn from_fields(
                fields: &$crate::document::Fields<'_>,
                problems: &mut $crate::document::Problems,
            ) -> Option<Self> {
                $( let $field = document!(@read fields, problems, $key, $type $(, $default)?); )*
                Some(Self { $( $field: $field?, )* })
            }
        }

        impl $crate::document::Document for $name {
            fn read(
                node: $crate::document::Node<'_>,
                problems: &mut $crate::document::Problems,
            ) -> Option<Self> {
                let fields = $crate::document::Fields::of(node, Self::FIELDS, problems)?;
                Self::from_fields(&fields, problems)
            }
        }
    };
    (@read $fields:ident, $problems:ident, $key:literal, $type:ty) => {
        $fields.required::<$type>($key, $problems)
    };
    (@read $fields:ident, $problems:ident, $key:literal, $type:ty, $default:expr) => {
        $fields.optional::<$type>($key, $problems).map(|value| value.unwrap_or_else(|| $default))
    };
}

/// An enum that is read from one of a few words.
macro_rules! choice {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$variant_meta:meta])* $variant:ident = $word:literal, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $( $(#[$variant_meta])* $variant, )*
        }

        impl $crate::document::Document for $name {
            fn read(
                node: $crate::document::Node<'_>,
                problems: &mut $crate::document::Problems,
            ) -> Option<Self> {
                match node.string(problems)? {
                    $( $word => Some(Self::$variant), )*
                    other => {
                        let help = $crate::document::did_you_mean(other, &[$($word),*]);
                        node.problem(problems, "unknown_value", format!("`{other}` is not a choice here"), help);
                        None
                    }
                }
            }
        }
    };
}

//! Two macros that give a document its type, its reader and, outside of the modules, its schema in one place.

/// A struct that is read from an object: `"key" field: Type = default,`; without a default it is required. Where each
/// field has one, `pub struct Name: Default` makes the struct of them.
macro_rules! document {
    (
        $(#[$($meta:tt)*])*
        pub struct $name:ident: Default {
            $( $(#[$($field_meta:tt)*])* $key:literal $field:ident : $type:ty = $default:expr, )*
        }
    ) => {
        document! {
            $(#[$($meta)*])*
            pub struct $name {
                $( $(#[$($field_meta)*])* $key $field: $type = $default, )*
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $( $field: $default, )* }
            }
        }
    };
    (
        $(#[$($meta:tt)*])*
        pub struct $name:ident {
            $( $(#[$($field_meta:tt)*])* $key:literal $field:ident : $type:ty $(= $default:expr)?, )*
        }
    ) => {
        $(#[$($meta)*])*
        #[derive(Debug, Clone)]
        pub struct $name {
            $( $(#[$($field_meta)*])* pub $field: $type, )*
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

        #[cfg(not(target_arch = "wasm32"))]
        impl $name {
            /// Adds its fields to those of an object.
            pub fn describe_fields(
                schema: $crate::document::Schema,
                definitions: &mut $crate::document::Definitions,
            ) -> $crate::document::Schema {
                $( let schema = document!(
                    @describe schema, definitions, $key, $type, documentation!($(#[$($field_meta)*])*) $(, $default)?
                ); )*
                schema
            }
        }

        #[cfg(not(target_arch = "wasm32"))]
        impl $crate::document::Describe for $name {
            fn describe(definitions: &mut $crate::document::Definitions) -> $crate::document::Schema {
                definitions.define(module_path!(), stringify!($name), |definitions| {
                    let schema = $crate::document::Schema::object();
                    Self::describe_fields(schema.about(&documentation!($(#[$($meta)*])*)), definitions)
                })
            }
        }
    };
    (@read $fields:ident, $problems:ident, $key:literal, $type:ty) => {
        $fields.required::<$type>($key, $problems)
    };
    (@read $fields:ident, $problems:ident, $key:literal, $type:ty, $default:expr) => {
        $fields.optional::<$type>($key, $problems).map(|value| value.unwrap_or_else(|| $default))
    };
    (@describe $schema:ident, $definitions:ident, $key:literal, $type:ty, $about:expr) => {
        $schema.required($key, <$type as $crate::document::Describe>::describe($definitions).about(&$about))
    };
    (@describe $schema:ident, $definitions:ident, $key:literal, $type:ty, $about:expr, $default:expr) => {{
        let default: $type = $default;
        let field = <$type as $crate::document::Describe>::describe($definitions).about(&$about);
        $schema.field($key, field.default_is($crate::document::Describe::spelled(&default)))
    }};
}

/// The text of documentation comments, a line each.
#[cfg(not(target_arch = "wasm32"))]
macro_rules! documentation {
    ($(#[$($meta:tt)*])*) => {{
        let lines: &[&str] = &[$(documentation!(@line $($meta)*)),*];
        lines.join("\n")
    }};
    (@line doc = $text:expr) => { $text };
    (@line $($other:tt)*) => { "" };
}

/// An enum that is read from one of a few words.
macro_rules! choice {
    (
        $(#[$($meta:tt)*])*
        pub enum $name:ident {
            $( $(#[$($variant_meta:tt)*])* $variant:ident = $word:literal, )*
        }
    ) => {
        $(#[$($meta)*])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $( $(#[$($variant_meta)*])* $variant, )*
        }

        impl $crate::document::Document for $name {
            fn read(
                node: $crate::document::Node<'_>,
                problems: &mut $crate::document::Problems,
            ) -> Option<Self> {
                match node.word(&[$($word),*], problems)? {
                    $( $word => Some(Self::$variant), )*
                    other => {
                        let help = $crate::document::did_you_mean(other, &[$($word),*]);
                        node.problem(problems, $crate::document::Code::UNKNOWN_VALUE, format!("`{other}` is not a choice here"), help);
                        None
                    }
                }
            }
        }

        #[cfg(not(target_arch = "wasm32"))]
        impl $crate::document::Describe for $name {
            fn describe(definitions: &mut $crate::document::Definitions) -> $crate::document::Schema {
                definitions.define(module_path!(), stringify!($name), |_| {
                    let words = [$( ($word, documentation!($(#[$($variant_meta)*])*)) ),*];
                    $crate::document::Schema::words(&documentation!($(#[$($meta)*])*), &words)
                })
            }

            fn spelled(&self) -> Option<serde_json::Value> {
                Some(match self { $( Self::$variant => $word.into(), )* })
            }
        }
    };
}

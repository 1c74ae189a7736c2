//! Macros that define a document, its reader and, outside of the modules, its JSON Schema in one place.

/// Defines a struct that is read from an object.
///
/// A field is `"key" name: Type = default,` and required without a default. A field without a key is a
/// [`FieldGroup`](super::FieldGroup), read from the same object. `pub struct Name: Default` also implements [`Default`], if every
/// field has one. `pub struct Name: Checked` is checked by [`Checked`](super::Checked) once its fields are read.
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
    ( $(#[$($meta:tt)*])* pub struct $name:ident { $($fields:tt)* } ) => {
        document! { @group ($(#[$($meta)*])*) $name, (|_: &Self, _, _| ()), (|schema| schema), { $($fields)* } }
    };
    ( $(#[$($meta:tt)*])* pub struct $name:ident: Checked { $($fields:tt)* } ) => {
        document! {
            @group ($(#[$($meta)*])*) $name,
            ($crate::document::Checked::check), (<Self as $crate::document::Checked>::restrict),
            { $($fields)* }
        }
    };
    (@document ($(#[$($meta:tt)*])*) $name:ident) => {
        const _: () = {
            use $crate::document::{Definitions, Document, FieldGroup, Node, Problems, Schema, define_group, read_group};

            impl Document for $name {
                fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
                    read_group(node, problems)
                }

                fn describe(definitions: &mut Definitions) -> Schema {
                    let about = documentation!($(#[$($meta)*])*);
                    define_group::<Self>(definitions, (module_path!(), stringify!($name)), &about)
                }

                fn spelled(&self) -> Option<serde_json::Value> {
                    self.spelled_fields().map(serde_json::Value::Object)
                }
            }
        };
    };
    (
        @group ($(#[$($meta:tt)*])*) $name:ident, $check:tt, $restrict:tt, {
            $( $(#[$($field_meta:tt)*])* $($key:literal)? $field:ident : $type:ty $(= $default:expr)?, )*
        }
    ) => {
        $(#[$($meta)*])*
        #[derive(Debug, Clone)]
        pub struct $name {
            $( $(#[$($field_meta)*])* pub $field: $type, )*
        }

        document! { @document ($(#[$($meta)*])*) $name }

        const _: () = {
            use $crate::document::{Definitions, FieldGroup, Fields, Problems, Schema, concat, total};

            impl FieldGroup for $name {
                const FIELDS: &'static [&'static str] = {
                    const LISTS: &[&[&str]] = &[$( document!(@names [$($key)?], $type) ),*];
                    &concat::<{ total(LISTS) }>(LISTS)
                };

                fn from_fields(fields: &Fields<'_>, problems: &mut Problems) -> Option<Self> {
                    $( let $field = document!(@read fields, problems, [$($key)?], $type $(, $default)?); )*
                    let group = Self { $( $field: $field?, )* };
                    if !fields.misspell(Self::FIELDS) {
                        $check(&group, fields.path, problems);
                    }
                    Some(group)
                }

                fn describe_fields(schema: Schema, definitions: &mut Definitions) -> Schema {
                    $( let about = documentation!($(#[$($field_meta)*])*);
                    let schema = document!(@describe schema, definitions, [$($key)?], $type, about $(, $default)?); )*
                    $restrict(schema)
                }

                fn spelled_fields(&self) -> Option<serde_json::Map<String, serde_json::Value>> {
                    [$( document!(@spelled &self.$field, [$($key)?]) ),*].into_iter().collect()
                }
            }
        };
    };
    (@names [], $type:ty) => { <$type as FieldGroup>::FIELDS };
    (@names [$key:literal], $type:ty) => { &[$key] };
    (@read $fields:ident, $problems:ident, [], $type:ty) => {
        <$type as FieldGroup>::from_fields($fields, $problems)
    };
    (@read $fields:ident, $problems:ident, [$key:literal], $type:ty) => {
        $fields.required::<$type>($key, $problems)
    };
    (@read $fields:ident, $problems:ident, [$key:literal], $type:ty, $default:expr) => {
        $fields.optional::<$type>($key, $problems).map(|value| value.unwrap_or_else(|| $default))
    };
    (@describe $schema:ident, $definitions:ident, [], $type:ty, $about:ident) => {{
        let _ = $about;
        <$type as FieldGroup>::describe_fields($schema, $definitions)
    }};
    (@describe $schema:ident, $definitions:ident, [$key:literal], $type:ty, $about:ident) => {
        $schema.required($key, <$type as $crate::document::Document>::describe($definitions).about(&$about))
    };
    (@describe $schema:ident, $definitions:ident, [$key:literal], $type:ty, $about:ident, $default:expr) => {{
        let default: $type = $default;
        let field = <$type as $crate::document::Document>::describe($definitions).about(&$about);
        $schema.field($key, field.default_is($crate::document::Document::spelled(&default)))
    }};
    (@spelled $value:expr, []) => { None };
    (@spelled $value:expr, [$key:literal]) => {
        $crate::document::Document::spelled($value).map(|value| ($key.to_owned(), value))
    };
}

/// Defines an enum that is read from the one field of several that an object has: `pub enum Name or CODE`, where `CODE` is
/// the problem if there is none or more than one.
macro_rules! exactly_one {
    (
        $(#[$($meta:tt)*])*
        pub enum $name:ident or $code:ident {
            $( $(#[$($variant_meta:tt)*])* $key:literal $variant:ident($type:ty), )*
        }
    ) => {
        $(#[$($meta)*])*
        #[derive(Debug, Clone)]
        pub enum $name {
            $( $(#[$($variant_meta)*])* $variant($type), )*
        }

        const _: () = {
            use $crate::document::{Code, Definitions, FieldGroup, Fields, Problems, Schema};

            impl FieldGroup for $name {
                const FIELDS: &'static [&'static str] = &[$($key),*];

                fn from_fields(fields: &Fields<'_>, problems: &mut Problems) -> Option<Self> {
                    match fields.only_one(Self::FIELDS, [Code::$code; 2], problems)? {
                        $( $key => fields.required($key, problems).map(Self::$variant), )*
                        _ => None,
                    }
                }

                fn describe_fields(schema: Schema, definitions: &mut Definitions) -> Schema {
                    $( let field = <$type as $crate::document::Document>::describe(definitions);
                    let schema = schema.field($key, field.about(&documentation!($(#[$($variant_meta)*])*))); )*
                    schema.exactly_one(Self::FIELDS)
                }
            }
        };

        document! { @document ($(#[$($meta)*])*) $name }
    };
}

/// Joins the lines of documentation comments.
macro_rules! documentation {
    ($(#[$($meta:tt)*])*) => {{
        let lines: &[&str] = &[$(documentation!(@line $($meta)*)),*];
        lines.join("\n")
    }};
    (@line doc = $text:expr) => { $text };
    (@line $($other:tt)*) => { "" };
}

/// Defines an enum whose variants have names.
macro_rules! named {
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

        impl $name {
            /// Every variant, in order.
            pub const ALL: [Self; [$( $word ),*].len()] = [$( Self::$variant ),*];

            /// Returns the name in configurations, metrics and logs.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $( Self::$variant => $word, )* }
            }
        }
    };
}

/// Defines an enum that is read from the name of a variant.
macro_rules! choice {
    (
        $(#[$($meta:tt)*])*
        pub enum $name:ident {
            $( $(#[$($variant_meta:tt)*])* $variant:ident = $word:literal, )*
        }
    ) => {
        named! {
            $(#[$($meta)*])*
            pub enum $name {
                $( $(#[$($variant_meta)*])* $variant = $word, )*
            }
        }

        const _: () = {
            use $crate::document::{Definitions, Document, Node, Problems, Schema};

            impl Document for $name {
                fn read(node: Node<'_>, problems: &mut Problems) -> Option<Self> {
                    let index = node.choice(&[$( $word ),*], problems)?;
                    Self::ALL.get(index).copied()
                }

                fn describe(definitions: &mut Definitions) -> Schema {
                    definitions.define(module_path!(), stringify!($name), |_| {
                        let words = [$( ($word, documentation!($(#[$($variant_meta)*])*)) ),*];
                        Schema::words(&documentation!($(#[$($meta)*])*), &words)
                    })
                }

                fn spelled(&self) -> Option<serde_json::Value> {
                    Some(self.name().into())
                }
            }
        };
    };
}

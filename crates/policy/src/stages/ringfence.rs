//! All filters in sequence.

use super::stage::Stage;
use super::{HeaderStage, KeyRing, PathStage, TokenStage, VhostStage};
use crate::decision::{Answer, Filter, Report, Trace};
use crate::document::{Checked, Code, FieldGroup, FieldPath, Problems, Schema};
use crate::http::{Headers, Needs, Request};

/// Defines the module `ringfence` from its stages, in the order in which a request passes them: `"section" field: stage`.
macro_rules! ringfence {
    ($( $(#[$about:meta])* $section:literal $field:ident: $stage:ident, )*) => {
        /// All filters in sequence. The first denial ends the request.
        #[derive(Debug)]
        pub struct Ringfence {
            $( $field: Option<$stage>, )*
        }

        document! {
            /// One configuration for all filters; each section is optional, at least one is required.
            pub struct Policies: Checked {
                $( $(#[$about])* $section $field: Option<<$stage as Stage>::Document> = None, )*
            }
        }

        impl Checked for Policies {
            fn check(&self, path: &FieldPath<'_>, problems: &mut Problems) {
                if true$( && self.$field.is_none() )* {
                    let help = format!("add one of `{}`", Self::FIELDS.join("`, `"));
                    problems.add(Code::EMPTY, path, "no filter has a policy", help);
                }
                if let (Some(header), None) = (&self.header, &self.token) {
                    header.reject_claims(&path.field("header"), problems);
                }
            }

            fn restrict(schema: Schema) -> Schema {
                schema.at_least_one(Self::FIELDS)
            }
        }

        /// The states that the stages keep for the response.
        #[derive(Debug, Default)]
        pub struct ResponseStates {
            $( $field: <$stage as Stage>::ResponseState, )*
        }

        impl Stage for Ringfence {
            type Document = Policies;
            type ResponseState = ResponseStates;

            fn filters(&self) -> Vec<Filter> {
                let mut filters = Vec::new();
                $( filters.extend(self.$field.iter().flat_map(Stage::filters)); )*
                filters
            }

            fn compile(policies: Policies) -> Self {
                Self { $( $field: policies.$field.map(<$stage>::compile), )* }
            }

            fn needs(&self) -> Needs {
                let needs = Needs::default();
                $( let needs = needs.or(self.$field.as_ref().map(Stage::needs).unwrap_or_default()); )*
                needs
            }

            fn key_ring(&self) -> Option<&KeyRing> {
                None$( .or_else(|| self.$field.as_ref().and_then(Stage::key_ring)) )*
            }

            fn on_request<'a, T: Trace>(
                &self,
                request: &mut Request<'a>,
                states: &mut ResponseStates,
                report: &mut Report<T>,
            ) -> Result<(), Box<Answer>> {
                $( if let Some(stage) = &self.$field {
                    stage.on_request(request, &mut states.$field, report)?;
                } )*
                Ok(())
            }

            fn removes_trailer(&self, name: &[u8]) -> bool {
                false$( || self.$field.as_ref().is_some_and(|stage| stage.removes_trailer(name)) )*
            }

            fn on_answer(&self, request: &Request<'_>, states: &mut ResponseStates) {
                $( if let Some(stage) = &self.$field {
                    stage.on_answer(request, &mut states.$field);
                } )*
            }

            fn responds(&self, states: &ResponseStates) -> bool {
                false$( || self.$field.as_ref().is_some_and(|stage| stage.responds(&states.$field)) )*
            }

            fn on_response(&self, states: &ResponseStates, headers: &mut Headers<'_>) {
                $( if let Some(stage) = &self.$field {
                    stage.on_response(&states.$field, headers);
                } )*
            }
        }
    };
}

ringfence! {
    /// The section of vhost-policy.
    "vhost" vhost: VhostStage,
    /// The section of path-policy.
    "path" path: PathStage,
    /// The section of token-validation.
    "token" token: TokenStage,
    /// The section of header-policy.
    "header" header: HeaderStage,
}

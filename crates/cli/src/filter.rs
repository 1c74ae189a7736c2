//! The filters, by name, and how a policy or a module tells which it is for.

use clap::ValueEnum;
use policy::document::{Problem, schema};
use policy::stages::{HeaderStage, PathStage, Ringfence, Stage, TokenStage, VhostStage};
use serde_json::Value;
use yaml::{Data, Node};

/// A filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Filter {
    /// Which virtual hosts may be asked for.
    VhostPolicy,
    /// One canonical path, then allow, deny, redirect or rewrite.
    PathPolicy,
    /// JWT validation and claim rules.
    TokenValidation,
    /// Request and response headers.
    HeaderPolicy,
    /// All of them.
    Ringfence,
}

/// Evaluates an expression with the stage of the filter.
macro_rules! for_stage {
    ($filter:expr, $stage:ident => $body:expr) => {
        match $filter {
            Filter::VhostPolicy => {
                type $stage = VhostStage;
                $body
            }
            Filter::PathPolicy => {
                type $stage = PathStage;
                $body
            }
            Filter::TokenValidation => {
                type $stage = TokenStage;
                $body
            }
            Filter::HeaderPolicy => {
                type $stage = HeaderStage;
                $body
            }
            Filter::Ringfence => {
                type $stage = Ringfence;
                $body
            }
        }
    };
}

/// Fields that one filter has and the others have not.
const TOP: [(Filter, &[&str]); 5] = [
    (Filter::Ringfence, &["vhost", "path", "token", "header"]),
    (Filter::VhostPolicy, &["hosts", "sni", "unknownHost"]),
    (Filter::TokenValidation, &["providers", "realm"]),
    (Filter::PathPolicy, &["default", "normalize"]),
    (Filter::HeaderPolicy, &["presets", "underscores"]),
];

impl Filter {
    /// All of them. `ringfence` is the last: its name is also that of the project.
    pub const ALL: [Self; 5] =
        [Self::VhostPolicy, Self::PathPolicy, Self::TokenValidation, Self::HeaderPolicy, Self::Ringfence];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::VhostPolicy => "vhost-policy",
            Self::PathPolicy => "path-policy",
            Self::TokenValidation => "token-validation",
            Self::HeaderPolicy => "header-policy",
            Self::Ringfence => "ringfence",
        }
    }

    /// What is wrong with a policy of it.
    pub fn problems(self, policy: &[u8]) -> Vec<Problem> {
        for_stage!(self, S => policy::load::<S>(policy).err().unwrap_or_default())
    }

    /// The JSON Schema of its policies.
    pub fn schema(self) -> Value {
        for_stage!(self, S => schema::<<S as Stage>::Document>(self.name()))
    }

    /// The filter of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|filter| filter.name() == name)
    }

    /// The filter of a module, by the end of its file's, image's or plugin's name.
    pub fn of_module(module: &str) -> Option<Self> {
        let name = module.split('@').next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
        let name = name.to_ascii_lowercase().replace('_', "-");
        Self::ALL.into_iter().find(|filter| name.contains(filter.name()))
    }

    /// Whether it has any field of a policy.
    pub fn is_policy(node: &Node) -> bool {
        let shared = ["mode", "rules", "limits", "response"];
        shared.iter().chain(TOP.iter().flat_map(|(_, names)| *names)).any(|name| node.get(name).is_some())
    }

    /// The filter whose fields a policy has.
    pub fn of_fields(policy: &Node) -> Option<Self> {
        const IN_RULES: [(Filter, &[&str]); 2] = [
            (Filter::PathPolicy, &["action", "redirect", "rewrite"]),
            (Filter::HeaderPolicy, &["forbid", "single", "request", "denyResponse"]),
        ];
        let has = |node: &Node, names: &[&str]| names.iter().any(|name| node.get(name).is_some());
        let top = TOP.into_iter().find(|(_, names)| has(policy, names));
        let rules = policy.get("rules").map(Node::items).unwrap_or_default();
        let in_rules = || IN_RULES.into_iter().find(|(_, names)| rules.iter().any(|rule| has(rule, names)));
        // Both have `require`: a list here, a word or an object there.
        let required = || match rules.iter().find_map(|rule| rule.get("require"))?.data {
            Data::List(_) => Some(Self::HeaderPolicy),
            _ => Some(Self::TokenValidation),
        };
        top.or_else(in_rules).map(|(filter, _)| filter).or_else(required)
    }
}

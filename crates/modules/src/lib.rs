//! The modules: one list of everything that differs between them.
//!
//! A new module is a variant of [`Module`] and its row in `Module::row`.
//!
//! ```
//! use modules::Module;
//!
//! let policy = serde_json::json!({"default": "deny"});
//! assert_eq!(Module::identify(&policy), Some(Module::PathPolicy));
//! assert_eq!(Module::PathPolicy.name(), "path-policy");
//! assert_eq!(Module::PathPolicy.section(), Some("path"));
//! assert!(Module::PathPolicy.load(policy.to_string().as_bytes()).is_ok());
//! ```

mod capabilities;

use inspect::Loaded;
use policy::decision::Filter;
use policy::document::{Problem, schema};
use policy::stages::{HeaderStage, PathStage, Ringfence, Stage, TokenStage, VhostStage};
use serde_json::Value;

/// A module: one of the filters, or all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "`about` describes them")]
pub enum Module {
    VhostPolicy,
    PathPolicy,
    TokenValidation,
    HeaderPolicy,
    Ringfence,
}

/// What differs between the modules.
struct Row {
    name: &'static str,
    about: &'static str,
    /// The section of the filter in a policy of `ringfence`.
    section: Option<&'static str>,
    /// The field that lists the rules.
    rules: &'static str,
    /// Fields of a policy that no other module has.
    own_fields: &'static [&'static str],
    /// Fields of a rule that no other module has.
    own_rule_fields: &'static [&'static str],
    edits_responses: bool,
    validates_tokens: bool,
    load: fn(&[u8]) -> Loaded,
    schema: fn(&str) -> Value,
}

impl Row {
    const fn new<S>(name: &'static str, about: &'static str) -> Self
    where
        S: Stage + 'static,
    {
        Self {
            name,
            about,
            section: None,
            rules: "rules",
            own_fields: &[],
            own_rule_fields: &[],
            edits_responses: false,
            validates_tokens: false,
            load: inspect::load::<S>,
            schema: schema::<S::Document>,
        }
    }
}

impl Module {
    /// Every module. `ringfence` is the last: its name is also that of the project.
    pub const ALL: [Self; 5] =
        [Self::VhostPolicy, Self::PathPolicy, Self::TokenValidation, Self::HeaderPolicy, Self::Ringfence];

    const fn row(self) -> Row {
        match self {
            Self::VhostPolicy => Row {
                section: Some("vhost"),
                rules: "hosts",
                own_fields: &["hosts", "sni", "unknownHost"],
                ..Row::new::<VhostStage>("vhost-policy", "Allow requests by their host")
            },
            Self::PathPolicy => Row {
                section: Some("path"),
                own_fields: &["default", "normalize"],
                own_rule_fields: &["action", "redirect", "rewrite"],
                ..Row::new::<PathStage>(
                    "path-policy",
                    "Allow, deny, redirect or rewrite requests by their path",
                )
            },
            Self::TokenValidation => Row {
                section: Some("token"),
                own_fields: &["providers", "realm"],
                validates_tokens: true,
                ..Row::new::<TokenStage>("token-validation", "Validate JWTs and their claims")
            },
            Self::HeaderPolicy => Row {
                section: Some("header"),
                own_fields: &["presets", "underscores"],
                own_rule_fields: &["forbid", "single", "request", "denyResponse"],
                edits_responses: true,
                ..Row::new::<HeaderStage>("header-policy", "Require, forbid and change headers")
            },
            Self::Ringfence => Row {
                own_fields: &["vhost", "path", "token", "header"],
                edits_responses: true,
                validates_tokens: true,
                ..Row::new::<Ringfence>("ringfence", "All filters in one module")
            },
        }
    }

    /// Returns the name, such as `path-policy`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Returns a one-line description.
    pub fn about(self) -> &'static str {
        self.row().about
    }

    /// Returns the name of the section in a policy of `ringfence`, such as `path`.
    pub fn section(self) -> Option<&'static str> {
        self.row().section
    }

    /// Returns the name of the module's file, such as `path_policy.wasm`.
    pub fn file(self) -> String {
        format!("{}.wasm", self.name().replace('-', "_"))
    }

    /// Returns true if the module reads and edits response headers.
    pub fn edits_responses(self) -> bool {
        self.row().edits_responses
    }

    /// Returns true if the module validates tokens: it fetches keys and has the code of signatures.
    pub fn validates_tokens(self) -> bool {
        self.row().validates_tokens
    }

    /// Returns the name of the field that lists the rules of a policy.
    pub fn rules_field(self) -> &'static str {
        self.row().rules
    }

    /// Loads a policy from JSON.
    ///
    /// # Errors
    /// Returns every problem of the policy.
    pub fn load(self, policy: &[u8]) -> Loaded {
        (self.row().load)(policy)
    }

    /// Returns the JSON Schema of the module's policies.
    pub fn schema(self) -> Value {
        (self.row().schema)(self.name())
    }

    /// Returns warnings about a valid policy.
    pub fn lint(self, policy: &Value) -> Vec<Problem> {
        let parts = self.filters(policy).into_iter();
        let parts = parts.filter_map(|(module, path, part)| Some((module.filter()?, path, part)));
        let other = |module: Self| module.section().and_then(|section| policy.get(section));
        let others = lint::Others { path: other(Self::PathPolicy), headers: other(Self::HeaderPolicy) };
        parts.flat_map(|(filter, path, part)| lint::lint(filter, path, part, others)).collect()
    }

    /// Returns the filter of the module; `None` for `ringfence`, which has all of them.
    fn filter(self) -> Option<Filter> {
        Filter::ALL.into_iter().find(|filter| Self::from(*filter) == self)
    }

    /// Returns the policy of each filter, with its path in the document: the whole policy or, for `ringfence`, its
    /// sections.
    pub fn filters(self, policy: &Value) -> Vec<(Self, &'static str, &Value)> {
        if self.section().is_some() {
            return vec![(self, "", policy)];
        }
        let part = |module: Self| {
            let section = module.section()?;
            Some((module, section, policy.get(section)?))
        };
        Self::ALL.into_iter().filter_map(part).collect()
    }

    /// Returns the module with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|module| module.name() == name)
    }

    /// Returns the module that the name of a file, an image or a plugin contains.
    pub fn from_image(image: &str) -> Option<Self> {
        let name = image.split('@').next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
        let name = name.to_ascii_lowercase().replace('_', "-");
        Self::ALL.into_iter().find(|module| name.contains(module.name()))
    }

    /// Returns true if the object has a field that policies have.
    pub fn is_policy(object: &Value) -> bool {
        let shared = ["mode", "rules", "limits", "response"];
        has_any(object, &shared)
            || Self::ALL.into_iter().any(|module| has_any(object, module.row().own_fields))
    }

    /// Returns the module that a policy is written for, by fields that no other module has.
    pub fn identify(policy: &Value) -> Option<Self> {
        // The sections of `ringfence` come first: a policy with a section is a policy of `ringfence`.
        let top = Self::ALL.into_iter().rev().find(|module| has_any(policy, module.row().own_fields));
        let rules = policy.get("rules").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let in_rules = |module: &Self| rules.iter().any(|rule| has_any(rule, module.row().own_rule_fields));
        // Both have `require`: a list in header-policy, a string or an object in token-validation.
        let by_require = || match rules.iter().find_map(|rule| rule.get("require"))? {
            Value::Array(_) => Some(Self::HeaderPolicy),
            _ => Some(Self::TokenValidation),
        };
        top.or_else(|| Self::ALL.into_iter().find(in_rules)).or_else(by_require)
    }
}

/// Loads a policy of the module with this name from JSON.
///
/// # Errors
/// Returns every problem of the policy, or that there is no such module.
pub fn load(name: &str, policy: &[u8]) -> Loaded {
    let Some(module) = Module::from_name(name) else {
        let help = format!("use {}", Module::ALL.map(Module::name).join(", "));
        let message = format!("unknown filter `{name}`");
        return Err(vec![Problem { code: "unknown_filter", path: String::new(), message, help }]);
    };
    module.load(policy)
}

impl From<Filter> for Module {
    fn from(filter: Filter) -> Self {
        match filter {
            Filter::VhostPolicy => Self::VhostPolicy,
            Filter::PathPolicy => Self::PathPolicy,
            Filter::TokenValidation => Self::TokenValidation,
            Filter::HeaderPolicy => Self::HeaderPolicy,
        }
    }
}

impl std::fmt::Display for Module {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

fn has_any(object: &Value, fields: &[&str]) -> bool {
    fields.iter().any(|field| object.get(field).is_some())
}

#[cfg(test)]
mod tests {
    use super::Module;
    use policy::decision::Filter;
    use serde_json::{Value, json};

    #[test]
    fn the_list_agrees_with_the_engine() {
        let filters: Vec<Module> = Filter::ALL.into_iter().map(Module::from).collect();
        let sections: Vec<Module> = Module::ALL.into_iter().filter(|m| m.section().is_some()).collect();
        assert_eq!(filters, sections);
        for (filter, module) in Filter::ALL.into_iter().zip(filters) {
            assert_eq!(filter.name(), module.name().replace('-', "_"));
        }
        for module in Module::ALL {
            let schema = module.schema();
            let properties = schema["properties"].as_object().unwrap();
            let row = module.row();
            let missing: Vec<_> = row.own_fields.iter().filter(|f| !properties.contains_key(**f)).collect();
            assert!(missing.is_empty(), "{module}: {missing:?}");
            assert!(row.section.is_none() || properties.contains_key(row.rules), "{module}");
        }
        let sections: Vec<&str> = sections.into_iter().filter_map(Module::section).collect();
        assert_eq!(Module::Ringfence.row().own_fields, sections);
    }

    #[test]
    fn a_policy_is_identified_by_its_fields() {
        for (policy, expected) in [
            (json!({"path": {"default": "deny"}}), Some(Module::Ringfence)),
            (json!({"hosts": []}), Some(Module::VhostPolicy)),
            (json!({"rules": [{"name": "a", "action": "deny"}]}), Some(Module::PathPolicy)),
            (json!({"rules": [{"name": "a", "require": "none"}]}), Some(Module::TokenValidation)),
            (json!({"rules": [{"name": "a", "require": [{"name": "x"}]}]}), Some(Module::HeaderPolicy)),
            (json!({"mode": "shadow"}), None),
            (Value::Null, None),
        ] {
            assert_eq!(Module::identify(&policy), expected, "{policy}");
        }
    }

    #[test]
    fn a_module_is_identified_by_the_name_of_its_image() {
        assert_eq!(Module::from_image("oci://registry.example/path_policy:1"), Some(Module::PathPolicy));
        assert_eq!(Module::from_image("/etc/ringfence/header-policy.wasm"), Some(Module::HeaderPolicy));
        assert_eq!(Module::from_image("oci://registry.example/path-policy/other@sha256:0"), None);
    }
}

//! A converted policy, with comments about what is not carried over.

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use yaml::{Item, Yaml};

/// The result of a conversion.
#[derive(Debug, Clone, PartialEq)]
pub struct Converted {
    /// The filter of the policy.
    pub filter: &'static str,
    /// The policy as YAML, with comments.
    pub text: String,
    /// The policy.
    pub policy: Value,
    /// The comments.
    pub losses: Vec<String>,
}

/// A rule, with comments above it.
#[derive(Debug, Clone)]
pub struct Rule {
    pub comments: Vec<String>,
    pub rule: Value,
}

/// Providers with their names.
pub type Providers = Vec<(String, Rule)>;

/// The parts of a policy.
#[derive(Debug, Default)]
pub struct Draft {
    /// Comments about the policy.
    pub comments: Vec<String>,
    /// Hosts that the source accepts only without a port.
    pub portless: BTreeSet<String>,
    /// The field `default` of path-policy, and its rules.
    pub path: Option<(&'static str, Vec<Rule>)>,
    /// The providers of token-validation, and its rules.
    pub token: Option<(Providers, Vec<Rule>)>,
}

/// Returns a valid rule name: `[a-z0-9-]+`, at most 63 bytes.
pub fn rule_name(text: &str, number: usize) -> String {
    let plain = |c: char| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '-' };
    let name: String = text.to_ascii_lowercase().chars().map(plain).take(50).collect();
    let name = name.trim_matches('-');
    if name.is_empty() { format!("rule-{number}") } else { format!("{name}-{number}") }
}

/// Returns an object without the fields that are null.
pub fn without_null(mut object: Value) -> Value {
    if let Value::Object(fields) = &mut object {
        fields.retain(|_, field| !field.is_null());
    }
    object
}

impl Rule {
    /// Creates a rule with a match and the field with its effect, such as `action`.
    pub fn new(
        name: &str,
        request: &Map<String, Value>,
        effect: (&str, Value),
        comments: Vec<String>,
    ) -> Self {
        let request = (!request.is_empty()).then_some(request);
        Self { comments, rule: without_null(json!({"name": name, "match": request, (effect.0): effect.1})) }
    }
}

impl From<Rule> for Item {
    fn from(Rule { comments, rule }: Rule) -> Self {
        Self { comments: comments.iter().map(|comment| one_line(comment)).collect(), value: Yaml::Flow(rule) }
    }
}

impl Draft {
    /// Returns the policy.
    ///
    /// # Errors
    /// Returns a message if the text of the policy is not valid YAML, which is a bug.
    pub fn finish(self) -> Result<Converted, String> {
        let mut sections = Vec::new();
        if !self.portless.is_empty() {
            sections.push(("vhost", Yaml::map([("hosts", rules(vhosts(&self.portless)))])));
        }
        if let Some((default, list)) = self.path {
            sections
                .push(("path", Yaml::map([("default", Yaml::Flow(default.into())), ("rules", rules(list))])));
        }
        if let Some((providers, list)) = self.token {
            let providers = providers.into_iter().map(|(name, provider)| (name, provider.into()));
            let providers = Yaml::Map(providers.collect());
            sections.push(("token", Yaml::map([("providers", providers), ("rules", rules(list))])));
        }
        let (filter, document) = match <[_; 1]>::try_from(sections) {
            Ok([("path", section)]) => ("path-policy", section),
            Ok([("token", section)]) => ("token-validation", section),
            Ok(sections) => ("ringfence", Yaml::map(sections)),
            Err(sections) => ("ringfence", Yaml::map(sections)),
        };
        let head: String = self.comments.iter().map(|comment| format!("# {}\n", one_line(comment))).collect();
        let text = head + &document.document();
        let comments = text.lines().filter_map(|line| line.trim_start().strip_prefix("# "));
        let losses = comments.map(str::to_owned).collect();
        let policy = yaml::values("the converted policy", &text).map_err(|problem| problem.to_string())?;
        let policy = policy.into_iter().next().unwrap_or_default();
        Ok(Converted { filter, text: format!("# filter: {filter}\n{text}"), policy, losses })
    }
}

/// Returns virtual hosts that deny these hosts with a port.
fn vhosts(portless: &BTreeSet<String>) -> Vec<Rule> {
    let domains: Vec<&str> = portless.iter().map(String::as_str).collect();
    let rule = |comment: &str, rule: Value| Rule { comments: vec![comment.to_owned()], rule };
    vec![
        rule(
            "the source accepts these hosts only without a port; no client sends port 0",
            json!({"name": "without-port", "domains": domains, "ports": [0]}),
        ),
        rule("every other host, except addresses", json!({"name": "others", "domains": ["*"]})),
    ]
}

/// Returns the list of the rules. Shortened names that are equal get a suffix.
fn rules(mut rules: Vec<Rule>) -> Yaml {
    let mut seen = BTreeSet::new();
    for (index, rule) in rules.iter_mut().enumerate() {
        let Some(Value::String(name)) = rule.rule.get_mut("name") else { continue };
        if !seen.insert(name.clone()) {
            *name = format!("{name}-x{index}");
            seen.insert(name.clone());
        }
    }
    Yaml::List(rules.into_iter().map(Item::from).collect())
}

fn one_line(comment: &str) -> String {
    comment.replace(char::is_control, " ")
}

//! Converts the rules of a source.

use crate::draft::{Draft, Rule, rule_name};
use crate::expr::{Expr, Side};
use crate::matching::{self, Match};

/// A rule of the source.
#[derive(Debug, Clone)]
pub struct SourceRule {
    /// The name, from which the names of its rules are derived.
    pub name: String,
    /// The condition on requests.
    pub condition: Expr,
}

/// A converted rule.
#[derive(Debug, Clone)]
pub struct Built {
    pub name: String,
    /// The match; `None` if the rule is omitted.
    pub matches: Option<Match>,
    /// Comments about what is not carried over.
    pub comments: Vec<String>,
}

/// Converts rules. Allow rules are narrowed and deny rules widened where no exact match exists.
pub fn build(rules: &[SourceRule], side: Side) -> Vec<Built> {
    rules.iter().flat_map(|rule| build_one(rule, side)).collect()
}

fn build_one(rule: &SourceRule, side: Side) -> Vec<Built> {
    let effect = match side {
        Side::Under => "requests that need it are not allowed",
        Side::Over => "requests are denied without regard to it",
    };
    let mut comments: Vec<String> =
        rule.condition.unknown().iter().map(|what| format!("not carried over: {what}; {effect}")).collect();
    let conjuncts = rule.condition.conjuncts(side).unwrap_or_else(|| {
        let name = &rule.name;
        match side {
            Side::Under => {
                comments.push(format!("not carried over: {name} allows too many combinations"));
                Vec::new()
            }
            Side::Over => {
                comments.push(format!("{name} denies too many combinations: here it denies every request"));
                vec![Vec::new()]
            }
        }
    });
    let mut built: Vec<Built> = Vec::new();
    for conjunct in &conjuncts {
        match matching::of_conjunct(conjunct, side) {
            Ok(matches) => {
                let (name, comments) = (rule_name(&rule.name, built.len() + 1), matches.losses.clone());
                built.push(Built { name, matches: Some(matches), comments });
            }
            Err(why) => comments.push(format!("not carried over: {why}; {effect}")),
        }
    }
    match built.first_mut() {
        Some(first) => first.comments.splice(0..0, comments).for_each(drop),
        None if comments.is_empty() => {}
        None => built.push(Built { name: rule.name.clone(), matches: None, comments }),
    }
    built
}

/// Adds rules of path-policy to a list. The comments of omitted rules are added to the policy.
pub fn into_path(draft: &mut Draft, list: &mut Vec<Rule>, built: Vec<Built>, action: &str) {
    for Built { name, matches, comments } in built {
        match matches {
            Some(Match { request, portless, .. }) => {
                draft.portless.extend(portless);
                list.push(Rule::new(&name, &request, ("action", action.into()), comments));
            }
            None => draft.comments.extend(comments.iter().map(|comment| format!("{name}: {comment}"))),
        }
    }
}

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
    /// The name.
    pub name: String,
    /// The match; `None` if the rule is omitted.
    pub matches: Option<Match>,
    /// Comments about what is not carried over.
    pub comments: Vec<String>,
}

/// Converts rules; rules that allow from below, rules that deny from above.
pub fn build(rules: &[SourceRule], side: Side) -> Vec<Built> {
    rules.iter().flat_map(|rule| build_one(rule, side)).collect()
}

fn build_one(rule: &SourceRule, side: Side) -> Vec<Built> {
    let (word, effect) = match side {
        Side::Under => ("allows", "requests that need it are not allowed"),
        Side::Over => ("denies", "requests are denied without regard to it"),
    };
    let mut comments: Vec<String> =
        rule.condition.unknown().iter().map(|what| format!("not carried over: {what}; {effect}")).collect();
    let conjuncts = match (rule.condition.conjuncts(side), side) {
        (Some(conjuncts), _) => conjuncts,
        (None, Side::Under) => {
            comments.push(format!("not carried over: {} {word} too many combinations", rule.name));
            Vec::new()
        }
        (None, Side::Over) => {
            comments
                .push(format!("{} {word} too many combinations: here it denies every request", rule.name));
            vec![Vec::new()]
        }
    };
    let mut built: Vec<Built> = Vec::new();
    for conjunct in &conjuncts {
        match matching::of(conjunct, side) {
            Ok(matches) => {
                let more = matches.losses.clone();
                let name = rule_name(&rule.name, built.len() + 1);
                built.push(Built { name, matches: Some(matches), comments: more });
            }
            Err(why) => {
                comments.push(format!("not carried over: {why}; requests that need it are not allowed"))
            }
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
pub fn into_path(draft: &mut Draft, list: &mut Vec<Rule>, built: &[Built], action: &str) {
    for one in built {
        match &one.matches {
            Some(matches) => {
                draft.portless.extend(matches.portless.iter().cloned());
                list.push(Rule::new(
                    &one.name,
                    &matches.request,
                    ("action", action.into()),
                    one.comments.clone(),
                ));
            }
            None => {
                let named = one.comments.iter().map(|comment| format!("{}: {comment}", one.name));
                draft.comments.extend(named);
            }
        }
    }
}

//! Rules that allow and rules that deny, from conditions.

use crate::draft::{Draft, Rule, path_rule, rule_name};
use crate::expr::{Expr, Side};
use crate::matching::{self, Match};

/// A rule of the source.
#[derive(Debug, Clone)]
pub struct SourceRule {
    /// What its rules are named after.
    pub name: String,
    /// Which requests it is for.
    pub condition: Expr,
}

/// What a rule of the source becomes.
#[derive(Debug, Clone)]
pub struct Built {
    /// Its name.
    pub name: String,
    /// Its match; nothing where it is left out.
    pub matches: Option<Match>,
    /// What does not carry over.
    pub comments: Vec<String>,
}

/// The rules of a policy for each rule of the source, from the side that is safe.
pub fn build(rules: &[SourceRule], side: Side) -> Vec<Built> {
    rules.iter().flat_map(|rule| build_one(rule, side)).collect()
}

fn build_one(rule: &SourceRule, side: Side) -> Vec<Built> {
    let (word, effect) = match side {
        Side::Under => ("allows", "what needs it is not allowed"),
        Side::Over => ("denies", "it is denied whatever that is"),
    };
    let mut comments: Vec<String> =
        rule.condition.unknown().iter().map(|what| format!("not carried over: {what}; {effect}")).collect();
    let conjuncts = match (rule.condition.conjuncts(side), side) {
        (Some(conjuncts), _) => conjuncts,
        (None, Side::Under) => {
            comments.push(format!("not carried over: {} {word} in too many ways", rule.name));
            Vec::new()
        }
        (None, Side::Over) => {
            comments.push(format!("{} {word} in too many ways: it denies every request here", rule.name));
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
            Err(why) => comments.push(format!("not carried over: {why}; what needs it is not allowed")),
        }
    }
    match built.first_mut() {
        Some(first) => first.comments.splice(0..0, comments).for_each(drop),
        None if comments.is_empty() => {}
        None => built.push(Built { name: rule.name.clone(), matches: None, comments }),
    }
    built
}

/// Puts rules of path-policy for them into the list; the comments of those that are left out stand above the policy.
pub fn into_path(draft: &mut Draft, list: &mut Vec<Rule>, built: &[Built], action: &str) {
    for one in built {
        match &one.matches {
            Some(matches) => {
                draft.portless.extend(matches.portless.iter().cloned());
                list.push(path_rule(&one.name, matches, action, one.comments.clone()));
            }
            None => {
                let named = one.comments.iter().map(|comment| format!("{}: {comment}", one.name));
                draft.comments.extend(named);
            }
        }
    }
}

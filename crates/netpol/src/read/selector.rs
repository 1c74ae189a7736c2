//! Label selectors.

use super::names::{is_label_key, is_label_value};
use super::object::check;
use crate::model::{Operator, Requirement, Selector};
use diagnostics::{Diagnostics, did_you_mean};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, LabelSelectorRequirement};
use std::collections::BTreeSet;
use yaml::At;

/// Reads a selector. An empty selector matches everything.
pub(super) fn selector(at: At<'_>, selector: &LabelSelector, problems: &mut Diagnostics) -> Selector {
    let labels = selector.match_labels.clone().unwrap_or_default();
    check(at.field("matchLabels"), &labels, problems);
    let mut read = Selector::of(&labels);
    for (at, expression) in at.items("matchExpressions", selector.match_expressions.iter().flatten()) {
        read.requirements.extend(requirement(at, expression, problems));
    }
    read
}

const OPERATORS: [&str; 4] = ["In", "NotIn", "Exists", "DoesNotExist"];

fn requirement(
    at: At<'_>,
    expression: &LabelSelectorRequirement,
    problems: &mut Diagnostics,
) -> Option<Requirement> {
    let key = expression.key.clone();
    if !is_label_key(&key) {
        let message = format!("invalid label key `{key}`");
        problems.error(at.field("key").span(), "invalid_label", message, "");
    }
    let values = expression.values.clone().unwrap_or_default();
    for (at, value) in at.items("values", &values).filter(|(_, value)| !is_label_value(value)) {
        problems.error(at.span(), "invalid_label", format!("invalid label value `{value}`"), "");
    }
    let values: BTreeSet<String> = values.into_iter().collect();
    let listed = matches!(expression.operator.as_str(), "In" | "NotIn");
    let operator = match expression.operator.as_str() {
        "In" => Operator::In(values.clone()),
        "NotIn" => Operator::NotIn(values.clone()),
        "Exists" => Operator::Exists,
        "DoesNotExist" => Operator::DoesNotExist,
        other => {
            let message = format!("unknown operator `{other}`");
            let help = did_you_mean(other, OPERATORS);
            problems.error(at.field("operator").span(), "unknown_value", message, help);
            return None;
        }
    };
    if listed == values.is_empty() {
        let operator = &expression.operator;
        let message = match listed {
            true => format!("`{operator}` requires `values`"),
            false => format!("`{operator}` does not allow `values`"),
        };
        problems.error(at.field("values").span(), "invalid_selector", message, "");
    }
    Some(Requirement { key, operator })
}

//! Labels, and what selects by them.

use std::collections::{BTreeMap, BTreeSet};

/// Labels of an object.
pub type Labels = BTreeMap<String, String>;

/// A label selector: every requirement must hold; without one it selects everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Selector {
    /// The requirements, `matchLabels` among them.
    pub requirements: BTreeSet<Requirement>,
}

/// What a label must be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Requirement {
    /// The label.
    pub key: String,
    /// What must hold for it.
    pub operator: Operator,
}

/// What must hold for a label.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operator {
    /// It is there with one of these values.
    In(BTreeSet<String>),
    /// It is not there with one of these values; a label that is absent meets this.
    NotIn(BTreeSet<String>),
    /// It is there.
    Exists,
    /// It is absent.
    DoesNotExist,
}

impl Selector {
    /// A selector of labels and their values.
    pub fn of<'l>(labels: impl IntoIterator<Item = (&'l String, &'l String)>) -> Self {
        let requirement = |(key, value): (&String, &String)| Requirement {
            key: key.clone(),
            operator: Operator::In([value.clone()].into()),
        };
        Self { requirements: labels.into_iter().map(requirement).collect() }
    }

    /// Whether it selects an object with these labels.
    ///
    /// ```
    /// # use netpol::model::Selector;
    /// let labels = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
    /// let selector = Selector::of(&labels(&[("app", "web")]));
    /// assert!(selector.matches(&labels(&[("app", "web"), ("tier", "front")])));
    /// assert!(!selector.matches(&labels(&[("app", "api")])));
    /// assert!(Selector::default().matches(&labels(&[])));
    /// ```
    pub fn matches(&self, labels: &Labels) -> bool {
        self.requirements.iter().all(|requirement| requirement.matches(labels))
    }
}

impl Requirement {
    /// Whether it holds for these labels.
    pub fn matches(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.key);
        match &self.operator {
            Operator::In(values) => value.is_some_and(|value| values.contains(value)),
            Operator::NotIn(values) => value.is_none_or(|value| !values.contains(value)),
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
        }
    }
}

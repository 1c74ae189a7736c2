//! Labels and label selectors.

use std::collections::{BTreeMap, BTreeSet};

/// The labels of an object.
pub type Labels = BTreeMap<String, String>;

/// A label selector. All requirements must match; an empty selector matches everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Selector {
    /// The requirements, including those of `matchLabels`.
    pub requirements: BTreeSet<Requirement>,
}

/// A requirement on a label.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Requirement {
    /// The key of the label.
    pub key: String,
    /// The operator.
    pub operator: Operator,
}

/// The operator of a requirement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operator {
    /// The label has one of these values.
    In(BTreeSet<String>),
    /// The label is absent or has another value.
    NotIn(BTreeSet<String>),
    /// The label is present.
    Exists,
    /// The label is absent.
    DoesNotExist,
}

/// Returns the labels that the API server sets on a namespace: its name.
pub(super) fn namespace_labels(name: &str) -> Labels {
    Labels::from([("kubernetes.io/metadata.name".to_owned(), name.to_owned())])
}

impl Selector {
    /// Creates a selector from labels.
    pub fn of<'l>(labels: impl IntoIterator<Item = (&'l String, &'l String)>) -> Self {
        let requirement = |(key, value): (&String, &String)| Requirement {
            key: key.clone(),
            operator: Operator::In([value.clone()].into()),
        };
        Self { requirements: labels.into_iter().map(requirement).collect() }
    }

    /// Returns true if the selector matches the labels.
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
    /// Returns true if the labels meet the requirement.
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

//! The workloads that selectors match. Each selector is evaluated once.

use crate::model::{Cluster, Labels, Operator, Selector};
use std::collections::{BTreeSet, HashMap};

/// The namespaces of a pod selector.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Scope {
    /// One namespace.
    Named(String),
    /// Those that a selector matches.
    Selected(Selector),
}

/// The groups of workloads that selectors match.
pub(super) struct Groups<'c> {
    cluster: &'c Cluster,
    /// The workloads of each namespace.
    by_namespace: HashMap<&'c str, Vec<usize>>,
    /// The workloads of each label and value.
    by_label: HashMap<(&'c str, &'c str), Vec<usize>>,
    known: HashMap<(Scope, Selector), usize>,
    members: Vec<Vec<usize>>,
}

impl<'c> Groups<'c> {
    pub(super) fn new(cluster: &'c Cluster) -> Self {
        let mut by_namespace: HashMap<_, Vec<usize>> = HashMap::new();
        let mut by_label: HashMap<_, Vec<usize>> = HashMap::new();
        for (index, workload) in cluster.workloads.iter().enumerate() {
            by_namespace.entry(workload.namespace()).or_default().push(index);
            for (key, value) in &workload.labels {
                by_label.entry((key.as_str(), value.as_str())).or_default().push(index);
            }
        }
        Self { cluster, by_namespace, by_label, known: HashMap::new(), members: Vec::new() }
    }

    /// Returns the group of a selector.
    pub(super) fn group(&mut self, scope: Scope, pods: &Selector) -> usize {
        let key = (scope, pods.clone());
        if let Some(group) = self.known.get(&key) {
            return *group;
        }
        let members = self.select(&key.0, pods);
        self.members.push(members);
        let group = self.members.len() - 1;
        self.known.insert(key, group);
        group
    }

    /// Returns the workloads of each group, ascending.
    pub(super) fn members(&self) -> &[Vec<usize>] {
        &self.members
    }

    fn select(&self, scope: &Scope, pods: &Selector) -> Vec<usize> {
        let namespaces = self.namespaces(scope);
        let matches = |index: &usize| {
            let workload = self.cluster.workloads.get(*index);
            workload.is_some_and(|workload| {
                namespaces.contains(workload.namespace()) && pods.matches(&workload.labels)
            })
        };
        let mut found: Vec<usize> = match self.narrowest(pods) {
            Some(candidates) => candidates.into_iter().filter(matches).collect(),
            None => {
                let of = namespaces.iter().filter_map(|namespace| self.by_namespace.get(namespace));
                of.flatten().copied().filter(matches).collect()
            }
        };
        found.sort_unstable();
        found
    }

    fn namespaces<'s>(&'s self, scope: &'s Scope) -> BTreeSet<&'s str> {
        match scope {
            Scope::Named(name) => [name.as_str()].into(),
            Scope::Selected(selector) => {
                let matches = |labels: &Labels| selector.matches(labels);
                let all = self.cluster.namespaces.iter();
                all.filter(|(_, namespace)| matches(&namespace.labels))
                    .map(|(name, _)| name.as_str())
                    .collect()
            }
        }
    }

    /// Returns the fewest workloads that a requirement with values matches.
    fn narrowest(&self, pods: &Selector) -> Option<Vec<usize>> {
        let of = |key: &str, values: &BTreeSet<String>| -> Vec<usize> {
            let of = values.iter().filter_map(|value| self.by_label.get(&(key, value.as_str())));
            of.flatten().copied().collect()
        };
        let named = pods.requirements.iter().filter_map(|requirement| match &requirement.operator {
            Operator::In(values) => Some(of(&requirement.key, values)),
            _ => None,
        });
        named.min_by_key(Vec::len)
    }
}

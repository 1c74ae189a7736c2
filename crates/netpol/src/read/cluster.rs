//! Builds the cluster.

use crate::model::{Cluster, GATEWAY_NAME, Labels, Namespace, ObjectRef, Place, Workload};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A cluster that is being built.
#[derive(Default)]
pub(super) struct Builder {
    pub cluster: Cluster,
    pub ignored: Vec<ObjectRef>,
    seen: HashMap<(String, String, Option<String>, String), Place>,
    /// The workloads with an owner, with the kind and name of the owner.
    owned: Vec<(Workload, (String, String))>,
    /// The Gateways for which Istio creates pods, with the names of their Deployments.
    made: Vec<(ObjectRef, String)>,
}

impl Builder {
    /// Adds an object; returns the place of the first one if it is a duplicate.
    pub(super) fn seen(&mut self, group: &str, object: &ObjectRef) -> Option<Place> {
        let ObjectRef { namespace, kind, name, place } = object;
        let key = (group.to_owned(), kind.clone(), namespace.clone(), name.clone());
        let first = self.seen.get(&key).cloned();
        if first.is_none() {
            self.seen.insert(key, place.clone());
        }
        first
    }

    pub(super) fn namespace(&mut self, object: ObjectRef, labels: Labels) {
        let mut namespace = Namespace::named(&object.name);
        namespace.labels = labels.into_iter().chain(namespace.labels).collect();
        let name = object.name.clone();
        self.cluster.namespaces.insert(name, Namespace { object: Some(object), ..namespace });
    }

    pub(super) fn workload(&mut self, workload: Workload, owner: Option<(String, String)>) {
        match owner {
            Some(owner) => self.owned.push((workload, owner)),
            None => self.cluster.workloads.push(workload),
        }
    }

    /// Adds a Gateway for which Istio creates a Deployment of this name.
    pub(super) fn made(&mut self, gateway: ObjectRef, deployment: String) {
        self.made.push((gateway, deployment));
    }

    /// Returns the cluster.
    pub(super) fn finish(mut self) -> Cluster {
        self.adopt();
        self.imply();
        let mut cluster = self.cluster;
        let mentioned = cluster.workloads.iter().map(|workload| workload.namespace().to_owned());
        let mentioned: Vec<String> = mentioned
            .chain(cluster.policies.iter().filter_map(|policy| policy.object.namespace.clone()))
            .collect();
        for name in mentioned {
            cluster.namespaces.entry(name).or_insert_with_key(|name| Namespace::named(name));
        }
        cluster.workloads.sort_by(|a, b| a.object.cmp(&b.object));
        cluster.policies.sort_by(|a, b| a.object.cmp(&b.object));
        cluster.services.sort_by(|a, b| a.object.cmp(&b.object));
        cluster.ignored = self.ignored;
        cluster
    }

    /// Keeps owned workloads only if their owners are not in the manifests.
    fn adopt(&mut self) {
        let there: HashSet<(String, String, String)> = (self.cluster.workloads.iter())
            .chain(self.owned.iter().map(|(workload, _)| workload))
            .map(|workload| {
                (workload.namespace().to_owned(), workload.object.kind.clone(), workload.object.name.clone())
            })
            .collect();
        for (workload, (kind, name)) in std::mem::take(&mut self.owned) {
            if !there.contains(&(workload.namespace().to_owned(), kind, name)) {
                self.cluster.workloads.push(workload);
            }
        }
    }

    /// Adds the pods of Gateways that are not in the manifests.
    fn imply(&mut self) {
        for (gateway, deployment) in std::mem::take(&mut self.made) {
            let labels: Labels = BTreeMap::from([(GATEWAY_NAME.to_owned(), gateway.name.clone())]);
            let namespace = gateway.namespace.clone();
            let has = |workload: &Workload| {
                workload.object.namespace == namespace
                    && workload.labels.get(GATEWAY_NAME) == Some(&gateway.name)
            };
            if self.cluster.workloads.iter().any(has) {
                continue;
            }
            self.cluster.workloads.push(Workload {
                object: ObjectRef { kind: "Deployment".to_owned(), name: deployment.clone(), ..gateway },
                labels,
                annotations: Labels::new(),
                ports: Vec::new(),
                containers: vec!["istio-proxy".to_owned()],
                service_account: deployment,
                host_network: false,
                implied: true,
            });
        }
    }
}

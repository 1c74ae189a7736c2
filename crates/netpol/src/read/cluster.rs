//! Builds the cluster.

use crate::model::{Cluster, GATEWAY_NAME, Labels, Namespace, ObjectRef, Place, Policy, Workload};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

/// A cluster that is being built.
#[derive(Default)]
pub(super) struct Builder {
    pub cluster: Cluster,
    pub ignored: Vec<ObjectRef>,
    seen: HashMap<String, Place>,
    /// The workloads with an owner, with the owner as `Kind/name`.
    owned: Vec<(Workload, String)>,
    /// The Gateways for which Istio creates pods, with the names of their Deployments.
    gateways: Vec<(ObjectRef, String)>,
}

impl Builder {
    /// Adds an object; returns the place of the first one if it is a duplicate.
    pub(super) fn add_object(&mut self, group: &str, object: &ObjectRef) -> Option<Place> {
        match self.seen.entry(format!("{group} {object}")) {
            Entry::Occupied(first) => Some(first.get().clone()),
            Entry::Vacant(entry) => {
                entry.insert(object.place.clone());
                None
            }
        }
    }

    pub(super) fn add_namespace(&mut self, object: ObjectRef, labels: Labels) {
        let mut namespace = Namespace::named(&object.name);
        namespace.labels = labels.into_iter().chain(namespace.labels).collect();
        let name = object.name.clone();
        self.cluster.namespaces.insert(name, Namespace { object: Some(object), ..namespace });
    }

    pub(super) fn add_workload(&mut self, workload: Workload, owner: Option<String>) {
        match owner {
            Some(owner) => self.owned.push((workload, owner)),
            None => self.cluster.workloads.push(workload),
        }
    }

    /// Adds a Gateway for which Istio creates a Deployment of this name.
    pub(super) fn add_gateway(&mut self, gateway: ObjectRef, deployment: String) {
        self.gateways.push((gateway, deployment));
    }

    /// Returns the cluster.
    pub(super) fn finish(mut self) -> Cluster {
        self.add_orphans();
        self.add_gateway_pods();
        let mut cluster = self.cluster;
        let mentioned = cluster.workloads.iter().map(Workload::namespace);
        for name in mentioned.chain(cluster.policies.iter().map(Policy::namespace)) {
            cluster.namespaces.entry(name.to_owned()).or_insert_with_key(|name| Namespace::named(name));
        }
        cluster.workloads.sort_by(|a, b| a.object.cmp(&b.object));
        cluster.policies.sort_by(|a, b| a.object.cmp(&b.object));
        cluster.services.sort_by(|a, b| a.object.cmp(&b.object));
        cluster.ignored = self.ignored;
        cluster
    }

    /// Adds the owned workloads whose owners are not in the manifests.
    fn add_orphans(&mut self) {
        let owned = std::mem::take(&mut self.owned);
        let all = self.cluster.workloads.iter().chain(owned.iter().map(|(workload, _)| workload));
        let names: HashSet<String> = all.map(Workload::name).collect();
        let is_orphan = |(workload, owner): &(Workload, String)| {
            !names.contains(&format!("{}/{owner}", workload.namespace()))
        };
        self.cluster.workloads.extend(owned.into_iter().filter(is_orphan).map(|(workload, _)| workload));
    }

    /// Adds the pods of Gateways that are not in the manifests.
    fn add_gateway_pods(&mut self) {
        for (gateway, deployment) in std::mem::take(&mut self.gateways) {
            let is_of_gateway = |workload: &Workload| {
                workload.object.namespace == gateway.namespace
                    && workload.labels.get(GATEWAY_NAME) == Some(&gateway.name)
            };
            if self.cluster.workloads.iter().any(is_of_gateway) {
                continue;
            }
            let labels = Labels::from([(GATEWAY_NAME.to_owned(), gateway.name.clone())]);
            let service_account = deployment.clone();
            let object = ObjectRef { kind: "Deployment".to_owned(), name: deployment, ..gateway };
            let containers = vec!["istio-proxy".to_owned()];
            let workload = Workload::implied(object, labels);
            self.cluster.workloads.push(Workload { containers, service_account, ..workload });
        }
    }
}

//! Pods, and hosts outside the cluster.

use crate::manifests::Labels;
use std::net::Ipv4Addr;

/// A pod: its labels and its address.
#[derive(Debug, Clone)]
pub struct Place {
    /// Its name in the trials.
    pub name: &'static str,
    /// Its namespace; empty for hosts outside the cluster.
    pub namespace: &'static str,
    /// Its labels.
    pub labels: Labels,
    /// Its address.
    pub address: Ipv4Addr,
    /// Its number, which is in its address.
    pub number: u8,
}

impl Place {
    /// Creates the pod with this number.
    pub fn new(number: u8, name: &'static str, namespace: &'static str, labels: &[(&str, &str)]) -> Self {
        let labels = labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Self { name, namespace, labels, address: Ipv4Addr::new(10, 244, number, 2), number }
    }

    /// Returns the name of the node's end of its veth pair.
    pub fn link(&self) -> String {
        format!("pod{}", self.number)
    }

    /// Returns the labels of its namespace: the name, which Kubernetes sets.
    pub fn namespace_labels(&self) -> Labels {
        Labels::from([("kubernetes.io/metadata.name".to_owned(), self.namespace.to_owned())])
    }
}

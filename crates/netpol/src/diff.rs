//! The difference between two clusters.

use crate::matrix::Matrix;
use crate::model::Cluster;
use crate::reach::{Reach, cuts};

/// The connections that a change opens and closes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diff {
    /// The connections that are only allowed after it.
    pub opened: Matrix,
    /// The connections that are only allowed before it.
    pub closed: Matrix,
}

impl Diff {
    /// Returns true if nothing changed.
    pub fn is_empty(&self) -> bool {
        self.opened.rows.is_empty() && self.closed.rows.is_empty()
    }
}

/// Compares two clusters by workload. A workload that is only in one of them opens or closes all its connections.
pub fn diff(before: &Cluster, after: &Cluster) -> Diff {
    // Both matrices split addresses at the same places, so that the same ranges are compared.
    let matrix = |cluster, other| {
        let reach = Reach::with(cluster, &cuts(other), |_| String::new());
        Matrix::of_workloads_split(&reach)
    };
    let (before, after) = (matrix(before, after), matrix(after, before));
    Diff { opened: before.beyond(&after), closed: after.beyond(&before) }
}

#[cfg(test)]
mod tests {
    use super::diff;
    use crate::matrix::table;

    fn policy(port: &str, block: &str) -> String {
        format!(
            "{{apiVersion: v1, kind: Pod, metadata: {{name: a}}, spec: {{containers: [{{name: c}}]}}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: p}}
spec:
  policyTypes: [Ingress, Egress]
  ingress: [{{from: [{{ipBlock: {{cidr: {block}}}}}], ports: [{{port: {port}, endPort: 90}}]}}]
"
        )
    }

    #[test]
    fn finds_opened_and_closed_connections() {
        let read = |text: String| crate::read([("f", text)]).unwrap();
        let found = diff(&read(policy("80", "10.0.0.0/8")), &read(policy("85", "10.0.0.0/7")));
        assert_eq!(
            table(&found.opened),
            "FROM                     TO             PORTS\n11.0.0.0-11.255.255.255  default/Pod/a  TCP 85-90\n"
        );
        assert_eq!(
            table(&found.closed),
            "FROM                     TO             PORTS\n10.0.0.0-10.255.255.255  default/Pod/a  TCP 80-84\n"
        );
        assert!(diff(&read(policy("80", "10.0.0.0/8")), &read(policy("80", "10.0.0.0/8"))).is_empty());
    }
}

//! The number of classes does not depend on the number of workloads.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use netpol::matrix::Matrix;
use netpol::reach::Reach;
use std::fmt::Write;

const NAMESPACES: usize = 50;

/// Namespaces of as many workloads and policies each; each workload has a label of its own.
fn manifests(workloads: usize, policies: usize) -> String {
    let mut text = String::new();
    for namespace in 0..NAMESPACES {
        for workload in 0..workloads {
            let labels = format!("app: a{workload}, tier: t{}", workload % 20);
            write!(
                text,
                "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: a{workload}, namespace: n{namespace}}}\nspec: {{selector: {{matchLabels: {{{labels}}}}}, template: {{metadata: {{labels: {{{labels}}}}}, spec: {{containers: [{{name: c, ports: [{{name: http, containerPort: 80}}]}}]}}}}}}\n"
            )
            .unwrap();
        }
        for policy in 0..policies {
            write!(
                text,
                "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p{policy}, namespace: n{namespace}}}\nspec:\n  podSelector: {{matchLabels: {{tier: t{policy}}}}}\n  policyTypes: [Ingress, Egress]\n  ingress: [{{from: [{{podSelector: {{matchLabels: {{tier: t{}}}}}}}], ports: [{{port: http}}]}}]\n  egress: [{{to: [{{podSelector: {{}}}}, {{ipBlock: {{cidr: 203.0.{namespace}.0/24}}}}]}}]\n",
                policy + 1
            )
            .unwrap();
        }
    }
    text
}

#[test]
fn classes_do_not_grow_with_workloads() {
    for workloads in [40, 200] {
        let cluster = netpol::read([("big.yaml", manifests(workloads, 20))]).unwrap();
        assert_eq!((cluster.workloads.len(), cluster.policies.len()), (workloads * NAMESPACES, 1000));
        let reach = Reach::new(&cluster);
        assert_eq!(reach.classes().len(), 20 * NAMESPACES);
        let matrix = Matrix::of_groups(&reach);
        // Each tier is reached by the next, and each reaches a block outside; each workload without a policy is in a class of its own.
        assert_eq!(matrix.rows.len(), (19 + 20) * NAMESPACES);
    }
}

//! The findings of the audit.

use crate::model::ObjectRef;
use std::fmt;

/// A connection that bypasses the policies, or another weakness of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The code.
    pub code: Code,
    /// The severity.
    pub severity: Severity,
    /// The object that is affected.
    pub object: ObjectRef,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What an attacker can do, in a sentence.
    pub impact: String,
    /// The policies and other objects that allow it, each with the field that does.
    pub because: Vec<(ObjectRef, String)>,
    /// The manifests that fix it, as YAML.
    pub remedy: String,
}

/// The code of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// 1: no NetworkPolicy isolates a workload in a direction.
    UnselectedWorkload = 1,
    /// 2: a source reaches a port without passing a proxy that runs the module.
    L7Bypass = 2,
    /// 3: a workload can send data to large parts of the Internet.
    OpenEgress = 3,
    /// 4: a workload reaches the control plane, the Kubernetes API, nodes or metadata services.
    ControlPlaneReach = 4,
    /// 5: a workload of the mesh reaches services outside it.
    OutsideMesh = 5,
    /// 6: admin ports of a proxy are reachable.
    AdminPort = 6,
    /// 7: a gateway accepts more than its listeners' ports.
    GatewayPorts = 7,
    /// 8: a policy of the service graph is missing or differs.
    GraphPolicy = 8,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 8] = [
        Self::UnselectedWorkload,
        Self::L7Bypass,
        Self::OpenEgress,
        Self::ControlPlaneReach,
        Self::OutsideMesh,
        Self::AdminPort,
        Self::GatewayPorts,
        Self::GraphPolicy,
    ];

    /// Returns the name.
    pub fn name(self) -> &'static str {
        match self {
            Self::UnselectedWorkload => "unselected-workload",
            Self::L7Bypass => "l7-bypass",
            Self::OpenEgress => "open-egress",
            Self::ControlPlaneReach => "control-plane-reach",
            Self::OutsideMesh => "outside-mesh",
            Self::AdminPort => "admin-port",
            Self::GatewayPorts => "gateway-ports",
            Self::GraphPolicy => "graph-policy",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// One of several layers of defence is missing.
    Medium,
    /// It bypasses a policy.
    High,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Medium => "medium",
            Self::High => "high",
        })
    }
}

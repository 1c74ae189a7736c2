//! What an audit finds.

use crate::model::ObjectRef;
use std::fmt;

/// A way around the policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of way it is.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// The object that it is about.
    pub object: ObjectRef,
    /// What is so, in a sentence.
    pub message: String,
    /// What an attacker gains, in a sentence.
    pub impact: String,
    /// The policies and other objects that leave it open, each with what of it does.
    pub because: Vec<(ObjectRef, String)>,
    /// The manifests that close it, as YAML.
    pub remedy: String,
}

/// The kinds of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// 1: no NetworkPolicy holds a workload in a direction.
    UnselectedWorkload = 1,
    /// 2: a source reaches a port without passing a proxy that carries the policy.
    L7Bypass = 2,
    /// 3: egress that lets data out.
    OpenEgress = 3,
    /// 4: reach to the control plane, the Kubernetes API, nodes or metadata.
    ControlPlaneReach = 4,
    /// 5: reach to services outside the mesh.
    OutsideMesh = 5,
    /// 6: ports that administer proxies are reachable.
    AdminPort = 6,
    /// 7: a gateway accepts more than its listeners' ports.
    GatewayPorts = 7,
    /// 8: a policy that the service graph asks for is missing, or says something else.
    GraphPolicy = 8,
}

impl Code {
    /// The word for it.
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

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// A layer of several is missing.
    Medium,
    /// It leads around a policy.
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

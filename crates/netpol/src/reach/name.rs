//! Names of workloads, groups and addresses.

use crate::address::Range;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// The name of an end of a connection. Workloads are ordered before addresses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Name {
    /// A workload, `namespace/Kind/name`, or a group of workloads, `namespace/Kind/name +2`.
    Workload(Arc<str>),
    /// Addresses outside the cluster.
    Range(Range),
}

impl Name {
    /// Returns the text of the name.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Workload(name) => Cow::Borrowed(name),
            Self::Range(range) => Cow::Owned(range.to_string()),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text())
    }
}

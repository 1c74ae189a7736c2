//! The fields of a ServiceGraph. Those that are required are checked by its reader, which then reports all that are missing.

use crate::model::Labels;
use serde::Deserialize;

/// `ringfence.dev/v1alpha1` ServiceGraph.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::read) struct ServiceGraph {
    pub mesh: Option<Mesh>,
    pub dns: Dns,
    pub monitoring: Option<Pods>,
    pub gateways: Vec<Gateway>,
    pub services: Option<Vec<Service>>,
    pub external: Vec<External>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::read) struct Mesh {
    pub kind: Option<String>,
    pub control_plane_namespace: Option<String>,
    pub control_plane_selector: Option<Labels>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::read) struct Dns {
    pub namespace: Option<String>,
    pub selector: Option<Labels>,
    pub addresses: Vec<String>,
    pub ports: Option<Vec<i64>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::read) struct Pods {
    pub namespace: Option<String>,
    pub selector: Option<Labels>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::read) struct Gateway {
    pub name: Option<String>,
    pub namespace: Option<String>,
    pub selector: Option<Labels>,
    pub ports: Option<Vec<i64>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::read) struct Service {
    pub name: Option<String>,
    pub namespace: Option<String>,
    pub selector: Option<Labels>,
    pub ports: Option<Vec<i64>>,
    pub from: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::read) struct External {
    pub name: Option<String>,
    pub cidr: Option<String>,
    pub except: Vec<String>,
    pub ports: Option<Vec<i64>>,
    pub from: Option<Vec<String>>,
}

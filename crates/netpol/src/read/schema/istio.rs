//! What objects of Istio are made of: the fields that are judged, and the names of those that are not.

use super::known;
use crate::model::Labels;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

/// An object.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::read) struct Resource<S> {
    #[serde(rename = "apiVersion")]
    _api_version: IgnoredAny,
    #[serde(rename = "kind")]
    _kind: IgnoredAny,
    #[serde(default)]
    pub metadata: ObjectMeta,
    pub spec: Option<S>,
    #[serde(default, rename = "status")]
    _status: IgnoredAny,
}

/// `extensions.istio.io/v1alpha1` WasmPlugin.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::read) struct WasmPlugin {
    pub selector: Option<Pods>,
    pub target_ref: Option<TargetRef>,
    pub target_refs: Vec<TargetRef>,
    pub r#match: Vec<TrafficSelector>,
    pub url: String,
    pub plugin_name: Option<String>,
    pub fail_strategy: Option<String>,
    _phase: IgnoredAny,
    _priority: IgnoredAny,
    _sha256: IgnoredAny,
    _image_pull_policy: IgnoredAny,
    _image_pull_secret: IgnoredAny,
    _verification_key: IgnoredAny,
    _plugin_config: IgnoredAny,
    _type: IgnoredAny,
    _vm_config: Option<VmConfig>,
}

/// `extensions.istio.io/v1alpha1` TrafficExtension.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::read) struct TrafficExtension {
    pub selector: Option<Pods>,
    pub target_refs: Vec<TargetRef>,
    pub r#match: Vec<TrafficSelector>,
    pub wasm: Option<Wasm>,
    _lua: IgnoredAny,
    _phase: IgnoredAny,
    _priority: IgnoredAny,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::read) struct Wasm {
    pub url: String,
    pub plugin_name: Option<String>,
    pub fail_strategy: Option<String>,
    _sha256: IgnoredAny,
    _image_pull_policy: IgnoredAny,
    _image_pull_secret: IgnoredAny,
    _verification_key: IgnoredAny,
    _plugin_config: IgnoredAny,
    _type: IgnoredAny,
    _vm_config: Option<VmConfig>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::read) struct Pods {
    pub match_labels: Labels,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::read) struct TargetRef {
    pub kind: String,
    pub name: String,
    _group: IgnoredAny,
    _namespace: IgnoredAny,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::read) struct TrafficSelector {
    pub mode: Option<String>,
    pub ports: Vec<PortNumber>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::read) struct PortNumber {
    pub number: u16,
}

/// `networking.istio.io` Gateway.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::read) struct Gateway {
    pub selector: Labels,
    pub servers: Vec<Server>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::read) struct Server {
    pub port: Option<ServerPort>,
    _bind: IgnoredAny,
    _hosts: IgnoredAny,
    _tls: Option<ServerTls>,
    _default_endpoint: IgnoredAny,
    _name: IgnoredAny,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::read) struct ServerPort {
    pub number: u16,
    _protocol: IgnoredAny,
    _name: IgnoredAny,
    _target_port: IgnoredAny,
}

/// `networking.istio.io` ServiceEntry.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::read) struct ServiceEntry {
    pub addresses: Vec<String>,
    pub endpoints: Vec<Endpoint>,
    _hosts: IgnoredAny,
    _ports: Vec<EntryPort>,
    _export_to: IgnoredAny,
    _location: IgnoredAny,
    _resolution: IgnoredAny,
    _subject_alt_names: IgnoredAny,
    _workload_selector: Option<WorkloadSelector>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::read) struct Endpoint {
    pub address: String,
    _ports: IgnoredAny,
    _labels: IgnoredAny,
    _network: IgnoredAny,
    _locality: IgnoredAny,
    _weight: IgnoredAny,
    _service_account: IgnoredAny,
}

/// `security.istio.io` PeerAuthentication, which is read to be refused where a key of it is wrong.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::read) struct PeerAuthentication {
    _selector: Option<Pods>,
    _mtls: Option<MutualTls>,
    _port_level_mtls: BTreeMap<String, MutualTls>,
}

known! {
    VmConfig { env: Vec<Variable> }
    Variable { name: IgnoredAny, value: IgnoredAny, value_from: IgnoredAny }
    EntryPort { number: IgnoredAny, protocol: IgnoredAny, name: IgnoredAny, target_port: IgnoredAny }
    WorkloadSelector { labels: IgnoredAny }
    MutualTls { mode: IgnoredAny }
    ServerTls {
        https_redirect: IgnoredAny,
        mode: IgnoredAny,
        server_certificate: IgnoredAny,
        private_key: IgnoredAny,
        ca_certificates: IgnoredAny,
        ca_crl: IgnoredAny,
        credential_name: IgnoredAny,
        credential_names: IgnoredAny,
        ca_cert_credential_name: IgnoredAny,
        tls_certificates: Vec<TlsCertificate>,
        subject_alt_names: IgnoredAny,
        verify_certificate_spki: IgnoredAny,
        verify_certificate_hash: IgnoredAny,
        min_protocol_version: IgnoredAny,
        max_protocol_version: IgnoredAny,
        cipher_suites: IgnoredAny,
    }
    TlsCertificate { server_certificate: IgnoredAny, private_key: IgnoredAny, ca_certificates: IgnoredAny }
}

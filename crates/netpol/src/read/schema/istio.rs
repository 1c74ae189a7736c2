//! The fields of Istio's objects.

use super::objects;
use crate::model::Labels;
use std::collections::BTreeMap;

objects! {
    /// `extensions.istio.io/v1alpha1` WasmPlugin.
    WasmPlugin {
        selector: Option<Pods>,
        target_ref: Option<TargetRef>,
        target_refs: Vec<TargetRef>,
        r#match: Vec<TrafficSelector>,
        url: String,
        plugin_name: Option<String>,
        fail_strategy: Option<String>;
        phase, priority, sha256, image_pull_policy, image_pull_secret, verification_key, plugin_config, r#type,
        vm_config: Option<VmConfig>,
    }
    /// `extensions.istio.io/v1alpha1` TrafficExtension.
    TrafficExtension {
        selector: Option<Pods>,
        target_refs: Vec<TargetRef>,
        r#match: Vec<TrafficSelector>,
        wasm: Option<Wasm>;
        lua, phase, priority,
    }
    Wasm {
        url: String,
        plugin_name: Option<String>,
        fail_strategy: Option<String>;
        sha256, image_pull_policy, image_pull_secret, verification_key, plugin_config, r#type,
        vm_config: Option<VmConfig>,
    }
    Pods { match_labels: Labels }
    TargetRef { kind: String, name: String; group, namespace }
    TrafficSelector { mode: Option<String>, ports: Vec<PortNumber> }
    PortNumber { number: u16 }
    /// `networking.istio.io` Gateway.
    Gateway { selector: Labels, servers: Vec<Server> }
    Server { port: Option<ServerPort>; bind, hosts, tls: Option<ServerTls>, default_endpoint, name }
    ServerPort { number: u16; protocol, name, target_port }
    /// `networking.istio.io` ServiceEntry.
    ServiceEntry {
        addresses: Vec<String>,
        endpoints: Vec<Endpoint>;
        hosts, ports: Vec<EntryPort>, export_to, location, resolution, subject_alt_names,
        workload_selector: Option<WorkloadSelector>,
    }
    Endpoint { address: String; ports, labels, network, locality, weight, service_account }
    /// `security.istio.io` PeerAuthentication. It is read only for the problems in it.
    PeerAuthentication {
        ; selector: Option<Pods>, mtls: Option<MutualTls>, port_level_mtls: BTreeMap<String, MutualTls>
    }
    VmConfig { ; env: Vec<Variable> }
    Variable { ; name, value, value_from }
    EntryPort { ; number, protocol, name, target_port }
    WorkloadSelector { ; labels }
    MutualTls { ; mode }
    ServerTls {
        ; https_redirect, mode, server_certificate, private_key, ca_certificates, ca_crl, credential_name,
        credential_names, ca_cert_credential_name, tls_certificates: Vec<TlsCertificate>, subject_alt_names,
        verify_certificate_spki, verify_certificate_hash, min_protocol_version, max_protocol_version, cipher_suites,
    }
    TlsCertificate { ; server_certificate, private_key, ca_certificates }
}

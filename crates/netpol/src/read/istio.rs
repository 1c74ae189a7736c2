//! Objects of Istio: those fields that are judged, and the names of the others.

use super::kinds::Reader;
use super::object::{Scope, check};
use crate::address::Range;
use crate::model::{Entry, Extension, Labels, Listeners, Selector, Target, Traffic};
use crate::ports::{PortRange, Ports, Protocol};
use crate::yaml::At;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// An object.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Resource<S> {
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

/// Reads an object of one of Istio's groups.
pub(super) fn object(reader: &mut Reader<'_>) {
    match reader.kind {
        "WasmPlugin" => wasm_plugin(reader),
        "TrafficExtension" => traffic_extension(reader),
        "Gateway" => gateway(reader),
        "ServiceEntry" => service_entry(reader),
        _ => {
            if let Some(read) = reader.typed::<Resource<PeerAuthentication>>() {
                reader.reference(Scope::Namespaced, &read.metadata);
            }
        }
    }
}

/// `extensions.istio.io/v1alpha1` WasmPlugin.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WasmPlugin {
    selector: Option<Pods>,
    target_ref: Option<TargetRef>,
    target_refs: Vec<TargetRef>,
    r#match: Vec<TrafficSelector>,
    url: String,
    plugin_name: Option<String>,
    fail_strategy: Option<String>,
    _phase: IgnoredAny,
    _priority: IgnoredAny,
    _sha256: IgnoredAny,
    _image_pull_policy: IgnoredAny,
    _image_pull_secret: IgnoredAny,
    _verification_key: IgnoredAny,
    _plugin_config: IgnoredAny,
    _type: IgnoredAny,
    _vm_config: IgnoredAny,
}

/// `extensions.istio.io/v1alpha1` TrafficExtension.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct TrafficExtension {
    selector: Option<Pods>,
    target_refs: Vec<TargetRef>,
    r#match: Vec<TrafficSelector>,
    wasm: Option<Wasm>,
    _lua: IgnoredAny,
    _phase: IgnoredAny,
    _priority: IgnoredAny,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Wasm {
    url: String,
    plugin_name: Option<String>,
    fail_strategy: Option<String>,
    _sha256: IgnoredAny,
    _image_pull_policy: IgnoredAny,
    _image_pull_secret: IgnoredAny,
    _verification_key: IgnoredAny,
    _plugin_config: IgnoredAny,
    _type: IgnoredAny,
    _vm_config: IgnoredAny,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Pods {
    match_labels: Labels,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct TargetRef {
    kind: String,
    name: String,
    _group: IgnoredAny,
    _namespace: IgnoredAny,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct TrafficSelector {
    mode: Option<String>,
    ports: Vec<PortNumber>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PortNumber {
    number: u16,
}

/// `networking.istio.io` Gateway.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Gateway {
    selector: Labels,
    servers: Vec<Server>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Server {
    port: Option<ServerPort>,
    _bind: IgnoredAny,
    _hosts: IgnoredAny,
    _tls: IgnoredAny,
    _default_endpoint: IgnoredAny,
    _name: IgnoredAny,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ServerPort {
    number: u16,
    _protocol: IgnoredAny,
    _name: IgnoredAny,
    _target_port: IgnoredAny,
}

/// `networking.istio.io` ServiceEntry.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ServiceEntry {
    addresses: Vec<String>,
    endpoints: Vec<Endpoint>,
    _hosts: IgnoredAny,
    _ports: IgnoredAny,
    _export_to: IgnoredAny,
    _location: IgnoredAny,
    _resolution: IgnoredAny,
    _subject_alt_names: IgnoredAny,
    _workload_selector: IgnoredAny,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Endpoint {
    address: String,
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
struct PeerAuthentication {
    _selector: Option<Pods>,
    _mtls: Option<MutualTls>,
    _port_level_mtls: IgnoredAny,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct MutualTls {
    _mode: IgnoredAny,
}

fn wasm_plugin(reader: &mut Reader<'_>) {
    let Some(read) = reader.typed::<Resource<WasmPlugin>>() else { return };
    let spec = read.spec.unwrap_or_default();
    let refs = spec.target_ref.into_iter().chain(spec.target_refs).collect();
    let wasm = Wasm {
        url: spec.url,
        plugin_name: spec.plugin_name,
        fail_strategy: spec.fail_strategy,
        ..Wasm::default()
    };
    extension(reader, &read.metadata, (spec.selector, refs), spec.r#match, &wasm);
}

fn traffic_extension(reader: &mut Reader<'_>) {
    let Some(read) = reader.typed::<Resource<TrafficExtension>>() else { return };
    let spec = read.spec.unwrap_or_default();
    let wasm = spec.wasm.unwrap_or_default();
    extension(reader, &read.metadata, (spec.selector, spec.target_refs), spec.r#match, &wasm);
}

/// The files that are built here, however an image or a URL spells them.
const MODULES: [&str; 5] = ["ringfence", "vhost_policy", "path_policy", "token_validation", "header_policy"];

fn extension(
    reader: &mut Reader<'_>,
    metadata: &ObjectMeta,
    (selector, refs): (Option<Pods>, Vec<TargetRef>),
    traffic: Vec<TrafficSelector>,
    wasm: &Wasm,
) {
    let Some(object) = reader.reference(Scope::Namespaced, metadata) else { return };
    let labels = selector.map(|pods| pods.match_labels).unwrap_or_default();
    let at = At::new(reader.node).field("spec").field("selector").field("matchLabels");
    check(at, &labels, reader.problems);
    let mut targets: Vec<Target> = refs.into_iter().filter_map(target).collect();
    if targets.is_empty() {
        targets.push(Target::Pods(Selector::of(&labels)));
    }
    let names = format!("{} {}", wasm.url, wasm.plugin_name.as_deref().unwrap_or_default());
    let names = names.to_ascii_lowercase().replace('-', "_");
    reader.builder.cluster.mesh.extensions.push(Extension {
        object,
        targets,
        ringfence: MODULES.iter().any(|module| names.contains(module)),
        fails_open: wasm.fail_strategy.as_deref() == Some("FAIL_OPEN"),
        traffic: traffic.into_iter().map(seen).collect(),
    });
}

/// A class of gateways covers whatever gateway is of it, which no selector says: it is left out here.
fn target(found: TargetRef) -> Option<Target> {
    match found.kind.as_str() {
        "Gateway" => Some(Target::Gateway(found.name)),
        "Service" => Some(Target::Service(found.name)),
        _ => None,
    }
}

fn seen(found: TrafficSelector) -> Traffic {
    let mode = found.mode.as_deref().unwrap_or("UNDEFINED");
    let ports: Vec<u16> = found.ports.iter().map(|port| port.number).collect();
    Traffic {
        server: mode != "CLIENT",
        client: mode != "SERVER",
        ports: (!ports.is_empty()).then_some(ports),
    }
}

fn gateway(reader: &mut Reader<'_>) {
    let Some(read) = reader.typed::<Resource<Gateway>>() else { return };
    let Some(object) = reader.reference(Scope::Namespaced, &read.metadata) else { return };
    let spec = read.spec.unwrap_or_default();
    let ports: Ports = (spec.servers.iter())
        .filter_map(|server| server.port.as_ref())
        .map(|port| PortRange::one(Protocol::Tcp, port.number))
        .collect();
    // A selector of such a Gateway holds in every namespace.
    let pods = Selector::of(&spec.selector);
    reader.builder.cluster.mesh.listeners.push(Listeners { object, pods, namespace: None, ports });
}

fn service_entry(reader: &mut Reader<'_>) {
    let Some(read) = reader.typed::<Resource<ServiceEntry>>() else { return };
    let Some(object) = reader.reference(Scope::Namespaced, &read.metadata) else { return };
    let spec = read.spec.unwrap_or_default();
    let texts = spec.addresses.iter().chain(spec.endpoints.iter().map(|endpoint| &endpoint.address));
    let ranges: Vec<Range> = texts.filter_map(|text| text.parse().ok()).collect();
    reader.builder.cluster.mesh.entries.push(Entry { object, ranges });
}

//! Reads the objects of Istio.

use super::object::check;
use super::reader::Reader;
use super::schema::istio::{
    Gateway, PeerAuthentication, Pods, ServiceEntry, TargetRef, TrafficExtension, TrafficSelector, Wasm,
    WasmPlugin,
};
use crate::address::Range;
use crate::model::{Extension, Listeners, ObjectRef, Selector, ServiceEntry as Entry, Target, Traffic};
use crate::ports::{PortRange, Protocol};
use modules::Module;
use yaml::At;

pub(super) fn wasm_plugin(reader: &mut Reader<'_>) {
    let Some((object, spec)) = reader.resource::<WasmPlugin>() else { return };
    let refs = spec.target_ref.into_iter().chain(spec.target_refs).collect();
    let mut wasm = Wasm::default();
    (wasm.url, wasm.plugin_name, wasm.fail_strategy) = (spec.url, spec.plugin_name, spec.fail_strategy);
    extension(reader, object, (spec.selector, refs), spec.r#match, &wasm);
}

pub(super) fn traffic_extension(reader: &mut Reader<'_>) {
    let Some((object, spec)) = reader.resource::<TrafficExtension>() else { return };
    let wasm = spec.wasm.unwrap_or_default();
    extension(reader, object, (spec.selector, spec.target_refs), spec.r#match, &wasm);
}

/// Reads a PeerAuthentication only for the problems in it.
pub(super) fn peer_authentication(reader: &mut Reader<'_>) {
    reader.resource::<PeerAuthentication>();
}

fn extension(
    reader: &mut Reader<'_>,
    object: ObjectRef,
    (selector, refs): (Option<Pods>, Vec<TargetRef>),
    traffic: Vec<TrafficSelector>,
    wasm: &Wasm,
) {
    let labels = selector.map(|pods| pods.match_labels).unwrap_or_default();
    let at = At::new(reader.node).field("spec").field("selector").field("matchLabels");
    check(at, &labels, reader.problems);
    let by_pods = refs.is_empty().then(|| Target::Pods(Selector::of(&labels)));
    let targets = refs.into_iter().filter_map(target).chain(by_pods).collect();
    let mut names = [&wasm.url].into_iter().chain(&wasm.plugin_name);
    reader.builder.cluster.mesh.extensions.push(Extension {
        object,
        targets,
        ringfence: names.any(|name| Module::from_image(name).is_some()),
        fails_open: wasm.fail_strategy.as_deref() == Some("FAIL_OPEN"),
        traffic: traffic.into_iter().map(seen).collect(),
    });
}

/// Returns the target of a reference. A GatewayClass is not supported: no selector lists its gateways.
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

pub(super) fn gateway(reader: &mut Reader<'_>) {
    let Some((object, spec)) = reader.resource::<Gateway>() else { return };
    let ports = spec.servers.iter().filter_map(|server| server.port.as_ref());
    let ports = ports.map(|port| PortRange::one(Protocol::Tcp, port.number)).collect();
    // The selector of an Istio Gateway matches pods of every namespace.
    let pods = Selector::of(&spec.selector);
    reader.builder.cluster.mesh.listeners.push(Listeners { object, pods, namespace: None, ports });
}

pub(super) fn service_entry(reader: &mut Reader<'_>) {
    let Some((object, spec)) = reader.resource::<ServiceEntry>() else { return };
    let texts = spec.addresses.iter().chain(spec.endpoints.iter().map(|endpoint| &endpoint.address));
    let ranges: Vec<Range> = texts.filter_map(|text| text.parse().ok()).collect();
    reader.builder.cluster.mesh.entries.push(Entry { object, ranges });
}

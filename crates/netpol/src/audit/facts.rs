//! The facts about each workload.

use super::options::Options;
use crate::model::{
    Cluster, Extension, Injection, Labels, Listeners, Namespace, ObjectRef, Place, ServicePort, Workload,
};
use crate::ports::{PortRange, Ports, Protocol};
use diagnostics::Span;

/// The role of a workload in the audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Audited.
    Subject,
    /// In a namespace that is not audited.
    System,
    /// istiod.
    Istiod,
    /// A part of the Kubernetes control plane.
    Kubernetes,
    /// Any pod without a manifest.
    Anyone,
}

/// The facts about a workload.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    pub role: Role,
    pub injection: Injection,
    /// True if it has no manifest.
    pub implied: bool,
    /// The ports of its containers and Services.
    pub app_ports: Ports,
    /// True if an extension with a module of Ringfence selects it, and not the whole mesh.
    pub covered: bool,
    /// True if its own proxy runs the module on the requests of clients.
    pub runs_module: bool,
    /// True if its waypoint runs the module.
    pub waypoint: bool,
    /// The ports that its sidecar does not intercept.
    pub not_intercepted: Ports,
    /// The ports of its listeners, if it is a gateway.
    pub listens: Ports,
    pub monitoring: bool,
}

/// The namespace of the workload that represents any pod. It is not a valid name.
const ANYONE: &str = "*";

impl Facts {
    pub(super) fn of(cluster: &Cluster, options: &Options, workload: &Workload) -> Self {
        let injection = cluster.injection(workload);
        let gateway = injection == Injection::Gateway;
        let ringfence = cluster.mesh.extensions.iter().filter(|extension| extension.ringfence);
        let covers: Vec<&Extension> =
            ringfence.filter(|found| cluster.is_covered(workload, found, &options.control_plane)).collect();
        // An extension that only sees some ports does not count: it does not check requests to the others.
        let runs_module = covers.iter().any(|found| found.sees_every_port(gateway));
        let proxied = matches!(injection, Injection::Gateway | Injection::Sidecar);
        Self {
            role: role(options, workload),
            injection,
            implied: workload.implied,
            app_ports: app_ports(cluster, workload),
            covered: covers.iter().any(|found| !found.is_for_all(&options.control_plane)),
            runs_module: proxied && runs_module,
            waypoint: injection == Injection::Ambient && runs_module,
            not_intercepted: if injection == Injection::Sidecar {
                not_intercepted(&workload.annotations)
            } else {
                Ports::default()
            },
            listens: if gateway { listens(cluster, workload) } else { Ports::default() },
            monitoring: options.monitoring.iter().any(|name| name == workload.namespace()),
        }
    }

    /// Returns true if its traffic passes the mesh.
    pub(super) fn in_mesh(&self) -> bool {
        self.injection != Injection::None
    }

    /// Returns a key that is equal for workloads with the same facts.
    pub(super) fn key(&self) -> String {
        format!("{self:?}")
    }
}

fn role(options: &Options, workload: &Workload) -> Role {
    let label = |key: &str| workload.labels.get(key).map(String::as_str);
    let system = options.system.iter().any(|name| name == workload.namespace());
    let own = ["kube-apiserver", "etcd", "kube-scheduler", "kube-controller-manager"];
    if workload.namespace() == ANYONE {
        Role::Anyone
    } else if label("app") == Some("istiod") || label("istio") == Some("pilot") {
        Role::Istiod
    } else if system && label("component").is_some_and(|component| own.contains(&component)) {
        Role::Kubernetes
    } else if system {
        Role::System
    } else {
        Role::Subject
    }
}

/// Adds workloads that every cluster has and manifests may lack: any other pod, and istiod if there is a mesh.
pub(super) fn complete(cluster: &Cluster, options: &Options) -> Cluster {
    let mut complete = cluster.clone();
    let mesh = complete.workloads.iter().any(|workload| cluster.injection(workload) != Injection::None);
    let istiod = complete.workloads.iter().any(|workload| role(options, workload) == Role::Istiod);
    let implied = |namespace: &str, name: &str, labels: &[(&str, &str)]| {
        let place = Place { file: "".into(), span: Span::START };
        let own = |text: &str| text.to_owned();
        let object = ObjectRef { namespace: Some(own(namespace)), kind: own("Pod"), name: own(name), place };
        Workload::implied(object, labels.iter().map(|(key, value)| (own(key), own(value))).collect())
    };
    let namespace = Namespace { labels: Labels::new(), object: None };
    complete.namespaces.insert(ANYONE.to_owned(), namespace);
    complete.workloads.push(implied(ANYONE, ANYONE, &[]));
    if mesh && !istiod {
        let name = &options.control_plane;
        let labels = [("app", "istiod"), ("istio", "pilot")];
        complete.namespaces.entry(name.clone()).or_insert_with(|| Namespace::named(name));
        complete.workloads.push(implied(name, "istiod", &labels));
    }
    complete
}

/// Returns the ports of the containers and Services of a workload.
fn app_ports(cluster: &Cluster, workload: &Workload) -> Ports {
    let declared = workload.ports.iter().map(|port| PortRange::one(port.protocol, port.port));
    let targets = service_ports(cluster, workload).flat_map(|port| targets(workload, port));
    declared.chain(targets).collect()
}

/// Returns the ports of the Services of a workload.
fn service_ports<'c>(cluster: &'c Cluster, workload: &'c Workload) -> impl Iterator<Item = &'c ServicePort> {
    let services = cluster.services.iter().filter(|service| {
        service.object.namespace.as_deref() == Some(workload.namespace())
            && service.pods.as_ref().is_some_and(|pods| pods.matches(&workload.labels))
    });
    services.flat_map(|service| &service.ports)
}

/// Returns the pod ports of a port of a Service.
fn targets(workload: &Workload, port: &ServicePort) -> Vec<PortRange> {
    let numbers = match &port.target {
        Ok(number) => vec![*number],
        Err(name) => workload.named(port.protocol, name).collect(),
    };
    numbers.into_iter().map(|number| PortRange::one(port.protocol, number)).collect()
}

/// Returns the pod ports of the listeners of a gateway. A Gateway names the ports of its Service.
fn listens(cluster: &Cluster, workload: &Workload) -> Ports {
    let own = cluster.mesh.listeners.iter().filter(|listeners: &&Listeners| listeners.covers(workload));
    let ranges = own.flat_map(|listeners| listeners.ports.iter());
    // Adjacent ports are one range: each may be another port of the Service.
    let ports = ranges.flat_map(|PortRange { protocol, first, last }| {
        (first..=last).map(move |port| PortRange::one(protocol, port))
    });
    let pod_ports = ports.flat_map(|port| {
        let of_service = service_ports(cluster, workload).filter(|found| found.port == port.first);
        let targets: Vec<PortRange> = of_service.flat_map(|found| targets(workload, found)).collect();
        let targets = if targets.is_empty() { vec![port] } else { targets };
        targets.into_iter().map(move |target| PortRange { protocol: port.protocol, ..target })
    });
    pod_ports.collect()
}

/// Returns the ports that annotations exclude from the sidecar.
fn not_intercepted(annotations: &Labels) -> Ports {
    let list = |name: &str| {
        let text = annotations.get(&format!("traffic.sidecar.istio.io/{name}"))?;
        let numbers = text.split(',').filter_map(|port| port.trim().parse().ok());
        Some(numbers.map(|port| PortRange::one(Protocol::Tcp, port)).collect::<Ports>())
    };
    let included = annotations.get("traffic.sidecar.istio.io/includeInboundPorts");
    let excluded = list("excludeInboundPorts").unwrap_or_default();
    match included.map(|text| text.trim()) {
        None | Some("*") => excluded,
        Some(_) => {
            let all = Ports::from(PortRange::every(Protocol::Tcp));
            all.minus(&list("includeInboundPorts").unwrap_or_default()).union(&excluded)
        }
    }
}

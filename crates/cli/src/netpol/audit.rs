//! `ringfence netpol audit`.

use super::input::cluster;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::report::Format;
use clap::Args;
use netpol::address::Range;
use netpol::audit::{self, Finding, audit};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Options of `netpol audit`.
#[derive(Debug, Args)]
pub struct Options {
    /// Manifests: files, folders, or `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Addresses of the Kubernetes API; may be repeated. Without these and `--nodes`, private addresses are used for both
    #[arg(long, value_name = "CIDR")]
    api_server: Vec<Range>,
    /// Addresses of the nodes; may be repeated
    #[arg(long, value_name = "CIDR")]
    nodes: Vec<Range>,
    /// Namespace of istiod
    #[arg(long, value_name = "NAMESPACE", default_value = "istio-system")]
    control_plane: String,
    /// Namespace that may read metrics; may be repeated
    #[arg(long, value_name = "NAMESPACE", default_value = "monitoring")]
    monitoring: Vec<String>,
    /// Namespace whose workloads are not audited; may be repeated
    #[arg(
        long,
        value_name = "NAMESPACE",
        default_values = ["kube-system", "kube-public", "kube-node-lease"]
    )]
    system: Vec<String>,
    /// Output format
    #[arg(long, value_parser = Format::among(Format::TEXT_OR_JSON), default_value = "text")]
    format: Format,
}

impl Options {
    fn audit_options(&self) -> audit::Options {
        audit::Options {
            control_plane: self.control_plane.clone(),
            monitoring: self.monitoring.clone(),
            system: self.system.clone(),
            api_server: self.api_server.clone(),
            nodes: self.nodes.clone(),
        }
    }
}

pub fn run(options: &Options) -> Result<Exit, Failure> {
    let as_json = options.format == Format::Json;
    let cluster = cluster(&options.paths, options.format)?;
    let found = audit(&cluster, &options.audit_options()).map_err(Failure::usage)?;
    if cluster.workloads.is_empty() && found.is_empty() {
        return Err(Failure::problem(NO_WORKLOADS));
    }
    if as_json {
        output::json(&json!({"findings": found.iter().map(value).collect::<Vec<_>>()}))?;
    } else {
        let mut blocks: Vec<String> = found.iter().map(text).collect();
        blocks.push(count(found.len()));
        output::text(&(blocks.join("\n\n") + "\n"))?;
    }
    Ok(if found.is_empty() { Exit::Success } else { Exit::Problems })
}

const NO_WORKLOADS: &str = "no workloads in these manifests, so nothing was audited; add the manifests of the workloads, such as \
    Deployments";

fn count(found: usize) -> String {
    match found {
        0 => "no findings".to_owned(),
        1 => "1 finding".to_owned(),
        more => format!("{more} findings"),
    }
}

fn text(finding: &Finding) -> String {
    let Finding { code, severity, object, message, impact, because, remedy } = finding;
    let place = &object.place;
    let mut text = format!("{place}: {severity}: {code}: {message}\n  object: {object}\n  impact: {impact}");
    for (object, what) in because {
        text +=
            &format!("\n  allowed by: {}:{}: {object}, {what}", object.place.file, object.place.span.line);
    }
    text += "\n  remedy:";
    for line in remedy.lines() {
        text += &format!("\n    {line}");
    }
    text
}

fn value(finding: &Finding) -> Value {
    let object = |object: &netpol::model::ObjectRef| {
        json!({
            "file": *object.place.file, "line": object.place.span.line, "kind": object.kind,
            "namespace": object.namespace, "name": object.name,
        })
    };
    let because =
        finding.because.iter().map(|(policy, what)| json!({"object": object(policy), "field": what}));
    json!({
        "number": finding.code as u8,
        "code": finding.code.name(),
        "severity": finding.severity.to_string(),
        "object": object(&finding.object),
        "message": finding.message,
        "gain": finding.impact,
        "because": because.collect::<Vec<_>>(),
        "remedy": finding.remedy,
    })
}

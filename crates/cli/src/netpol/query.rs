//! `ringfence netpol query`.

use super::input::cluster;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::report::Format;
use clap::Args;
use diagnostics::did_you_mean;
use netpol::address::Range;
use netpol::model::{Cluster, Direction, Policy};
use netpol::ports::Protocol;
use netpol::reach::{AllowedBy, Party, Side, Verdict, verdict};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Options of `netpol query`.
#[derive(Debug, Args)]
pub struct Options {
    /// Manifests: files, folders, or `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Source: `namespace/Kind/name`, or an IP address outside the cluster
    #[arg(long)]
    from: String,
    /// Destination, in the same form
    #[arg(long)]
    to: String,
    /// Port of the destination pods
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
    /// Protocol: TCP, UDP or SCTP
    #[arg(long, default_value = "TCP")]
    protocol: Protocol,
    /// Output format
    #[arg(long, value_parser = Format::among(Format::TEXT_OR_JSON), default_value = "text")]
    format: Format,
}

pub fn run(options: &Options) -> Result<Exit, Failure> {
    let as_json = options.format == Format::Json;
    let cluster = cluster(&options.paths, options.format)?;
    let (from, to) = (party(&cluster, &options.from)?, party(&cluster, &options.to)?);
    if let (Party::Address(_), Party::Address(_)) = (from, to) {
        return Err(Failure::usage("the source or the destination must be a workload of the cluster"));
    }
    let verdict = verdict(&cluster, from, to, options.protocol, options.port);
    if as_json {
        output::json(&as_value(&verdict))?;
    } else {
        output::text(&as_text(options, &verdict))?;
    }
    Ok(Exit::Success)
}

fn party<'c>(cluster: &'c Cluster, name: &str) -> Result<Party<'c>, Failure> {
    if let Ok(address) = Range::address(name) {
        return Ok(Party::Address(address));
    }
    if let Some(workload) = cluster.workload(name) {
        return Ok(Party::Workload(workload));
    }
    let names: Vec<String> = cluster.workloads.iter().map(|workload| workload.name()).collect();
    let help = did_you_mean(name, names.iter().map(String::as_str));
    Err(Failure::usage(format_args!("unknown workload `{name}`; {help}")))
}

fn word(verdict: &Verdict<'_>) -> &'static str {
    if verdict.is_allowed() { "allowed" } else { "denied" }
}

fn as_text(options: &Options, verdict: &Verdict<'_>) -> String {
    let mut text = format!("{}\n", word(verdict));
    if verdict.itself {
        return text + "  a pod always reaches itself\n";
    }
    let sides = [
        (Direction::Egress, &options.from, &verdict.egress),
        (Direction::Ingress, &options.to, &verdict.ingress),
    ];
    for (direction, of, end) in sides {
        text += &format!("  {direction} of {of}: {}\n", if end.allows() { "allowed" } else { "denied" });
        for line in lines(direction, end) {
            text += &format!("    {line}\n");
        }
    }
    text
}

fn lines(direction: Direction, end: &Side<'_>) -> Vec<String> {
    match end {
        Side::Outside => vec!["it is outside the cluster, where NetworkPolicies do not apply".to_owned()],
        Side::HostNetwork => {
            vec!["it uses the network of its node, which NetworkPolicies do not isolate".to_owned()]
        }
        Side::Open => vec!["no policy selects it: everything is allowed".to_owned()],
        Side::Selected { policies, allowed_by } if allowed_by.is_empty() => {
            let line =
                |policy: &&Policy| format!("{} selects it, and none of its rules allows this", place(policy));
            policies.iter().map(line).collect()
        }
        Side::Selected { allowed_by, .. } => {
            let line = |rule: &AllowedBy<'_>| {
                format!("{} allows it: spec.{direction}[{}]", place(rule.policy), rule.rule)
            };
            allowed_by.iter().map(line).collect()
        }
    }
}

fn place(policy: &Policy) -> String {
    let place = &policy.object.place;
    format!("{}:{}: {}", place.file, place.span.line, policy.object)
}

fn as_value(verdict: &Verdict<'_>) -> Value {
    let policy = |policy: &Policy| {
        let object = &policy.object;
        json!({
            "file": *object.place.file, "line": object.place.span.line,
            "namespace": object.namespace, "name": object.name,
        })
    };
    let end = |end: &Side<'_>| {
        let (because, policies, allowed_by): (_, &[&Policy], &[AllowedBy<'_>]) = match end {
            Side::Outside => ("outside", &[], &[]),
            Side::HostNetwork => ("hostNetwork", &[], &[]),
            Side::Open => ("unselected", &[], &[]),
            Side::Selected { policies, allowed_by } => ("selected", policies, allowed_by),
        };
        let rule = |rule: &AllowedBy<'_>| json!({"policy": policy(rule.policy), "rule": rule.rule});
        json!({
            "allowed": end.allows(),
            "because": because,
            "policies": policies.iter().map(|found| policy(found)).collect::<Vec<_>>(),
            "rules": allowed_by.iter().map(rule).collect::<Vec<_>>(),
        })
    };
    json!({
        "decision": word(verdict),
        "itself": verdict.itself,
        "egress": end(&verdict.egress),
        "ingress": end(&verdict.ingress),
    })
}

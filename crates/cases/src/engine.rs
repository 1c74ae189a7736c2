//! A case through the engine.

use crate::case::{Case, CaseFile, Withheld};
use crate::compare::{Observed, SeenUpstream};
use policy::decision::{Answer, Outcome, Step, Tried};
use policy::document::Problem;
use policy::http::{Connection, Headers};
use policy::stages::{HeaderStage, PathStage, Ringfence, Stage, TokenStage, VhostStage};
use policy::{decide, load as load_stage};
use std::time::{SystemTime, UNIX_EPOCH};

/// Does the same for the stage that a filter's name stands for.
macro_rules! for_filter {
    ($name:expr, $stage:ident => $body:expr, otherwise => $otherwise:expr) => {
        match $name {
            "vhost-policy" => {
                type $stage = VhostStage;
                $body
            }
            "path-policy" => {
                type $stage = PathStage;
                $body
            }
            "token-validation" => {
                type $stage = TokenStage;
                $body
            }
            "header-policy" => {
                type $stage = HeaderStage;
                $body
            }
            "ringfence" => {
                type $stage = Ringfence;
                $body
            }
            _ => $otherwise,
        }
    };
}

/// Loads a policy for the filter, for what is wrong with it.
///
/// # Errors
/// Every problem.
pub fn load(filter: &str, policy: &[u8]) -> Result<(), Vec<Problem>> {
    let unknown = Problem {
        code: "unknown_filter",
        path: String::new(),
        message: format!("`{filter}` is no filter"),
        help: "write vhost-policy, path-policy, token-validation, header-policy or ringfence".to_owned(),
    };
    for_filter!(filter, S => load_stage::<S>(policy).map(drop), otherwise => Err(vec![unknown]))
}

/// What the engine makes of a case.
///
/// # Errors
/// What is wrong with the case or the policy.
pub fn run(file: &CaseFile, case: &Case) -> Result<Observed, String> {
    let policy = file.policy.to_string();
    for_filter!(file.filter.as_str(), S => {
        let stage = load_stage::<S>(policy.as_bytes()).map_err(|problems| {
            problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        })?;
        observe(&stage, case)
    }, otherwise => Err(format!("`{}` is no filter", file.filter)))
}

fn observe<S: Stage>(stage: &S, case: &Case) -> Result<Observed, String> {
    let target = case.target()?;
    let further = case.lines()?;
    let mut lines: Vec<(&[u8], &[u8])> = vec![(b":method", case.method().as_bytes())];
    lines.extend(target.as_ref().map(|target| (&b":path"[..], target.as_slice())));
    let host = crate::unescape(&case.host)?;
    if !host.is_empty() {
        lines.push((b":authority", &host));
    }
    lines.extend(further.iter().map(|(name, value)| (name.as_slice(), value.as_slice())));
    let connection = Connection {
        tls: case.connection.tls,
        sni: case.connection.sni.as_deref().map(str::as_bytes),
        certificate: case.connection.certificate.map(|certificate| certificate.digest().as_bytes()),
    };
    let outcome: Outcome<'_, S, Vec<Step>> = decide(stage, lines.into_iter(), connection, now());
    Ok(observed(stage, outcome))
}

/// The time, in seconds since 1970: Envoy runs the same cases by the clock.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map(|time| time.as_secs()).unwrap_or_default()
}

fn observed<S: Stage>(stage: &S, outcome: Outcome<'_, S, Vec<Step>>) -> Observed {
    let Outcome { answer, request, memory, report } = outcome;
    let withheld = |answer: &Answer| Withheld {
        rule: answer.rule.as_ref().map(ToString::to_string),
        reason: answer.reason.to_owned(),
    };
    let shadowed = Some(report.shadowed.iter().map(withheld).collect());
    let Some(answer) = answer else {
        // Of a path with several readings the canonical one names the rule.
        let canonical = report.trace.iter().find_map(|step| match step {
            Step::Path(readings) => readings.first(),
            Step::Rule { reading, .. } => reading.as_ref(),
        });
        let matched = report.trace.iter().rev().find_map(|step| match step {
            Step::Rule { rule, reading, tried: Tried::Matched, .. }
                if reading.is_none() || reading.as_ref() == canonical =>
            {
                Some(rule.clone())
            }
            _ => None,
        });
        return Observed {
            decision: "allow".to_owned(),
            status: 200,
            rule: Some(matched),
            upstream: request.map(|request| upstream(&request.headers)),
            headers: response_headers(stage, &memory, &upstream_response()),
            shadowed,
            ..Observed::default()
        };
    };
    Observed {
        decision: answer.decision.name().to_owned(),
        status: answer.reply.seen_status(),
        rule: Some(answer.rule.as_ref().map(ToString::to_string)),
        reason: Some(answer.reason.to_owned()),
        reading: Some(answer.reading.clone()),
        headers: response_headers(stage, &memory, &grpc_headers(&answer)),
        body: answer.reply.grpc.is_none().then_some(answer.reply.body),
        upstream: None,
        shadowed,
    }
}

/// The headers of the response that the upstream of every runner makes.
pub const UPSTREAM_RESPONSE: [(&str, &str); 3] =
    [("content-type", "text/plain"), ("server", "upstream"), ("x-powered-by", "upstream")];

fn upstream_response() -> Vec<(String, Vec<u8>)> {
    UPSTREAM_RESPONSE.map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec())).to_vec()
}

/// The headers of a reply; for gRPC those of a trailers-only response.
fn grpc_headers(answer: &Answer) -> Vec<(String, Vec<u8>)> {
    let mut headers = answer.reply.headers.clone();
    if let Some(status) = answer.reply.grpc {
        headers.push(("content-type".to_owned(), b"application/grpc".to_vec()));
        headers.push(("grpc-status".to_owned(), status.to_string().into_bytes()));
        headers.push(("grpc-message".to_owned(), answer.reply.body.clone()));
    }
    headers
}

/// The headers of a response as the stage leaves them.
fn response_headers<S: Stage>(
    stage: &S,
    memory: &S::Memory,
    lines: &[(String, Vec<u8>)],
) -> Vec<(String, Vec<u8>)> {
    let mut headers = Headers::new(lines.iter().map(|(name, value)| (name.as_bytes(), value.as_slice())));
    stage.on_response(memory, &mut headers);
    headers
        .lines()
        .map(|(name, value)| (String::from_utf8_lossy(name).into_owned(), value.to_vec()))
        .collect()
}

fn upstream(headers: &Headers<'_>) -> SeenUpstream {
    let target = headers.values(":path").next().unwrap_or_default().to_vec();
    SeenUpstream {
        target,
        headers: headers.fields().map(|(name, value)| (name.to_vec(), value.trim_ascii().to_vec())).collect(),
    }
}

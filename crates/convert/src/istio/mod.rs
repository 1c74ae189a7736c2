//! Converts AuthorizationPolicy and RequestAuthentication of Istio.

mod authentication;
mod authorization;
mod token;

use crate::draft::{Converted, Draft, Rule};
use crate::expr::Side;
use crate::field::{get, text};
use crate::rules::{self, SourceRule};
use authentication::Provider;
use serde_json::Value;

/// Returns true if the document is one of these.
pub fn is_policy(document: &Value) -> bool {
    matches!(text(document, "kind"), Some("AuthorizationPolicy" | "RequestAuthentication"))
        && text(document, "api_version").is_some_and(|version| version.starts_with("security.istio.io/"))
}

/// Converts the policies of one workload.
pub fn convert(documents: &[Value]) -> Result<Converted, String> {
    let mut draft = Draft::default();
    if let Some(target) = workload(documents)? {
        draft.comments.push(format!("for the workload {target}"));
    }
    let mut providers: Vec<Provider> = Vec::new();
    for document in of_kind(documents, "RequestAuthentication") {
        providers.extend(authentication::providers(document, providers.len())?);
    }
    let mut sources = Sources::default();
    for document in of_kind(documents, "AuthorizationPolicy") {
        sources.add(document, &providers, &mut draft)?;
    }
    let denials = rules::build(&sources.denials, Side::Over);
    let permissions = rules::build(&sources.permissions, Side::Under);
    let matches = denials.iter().chain(&permissions).filter_map(|built| built.matches.as_ref());
    draft.portless.extend(matches.flat_map(|found| found.portless.clone()));
    let tokens = token::rules(denials, permissions, &providers);
    if let Some(default) = sources.default {
        let mut list: Vec<Rule> = Vec::new();
        rules::into_path(&mut draft, &mut list, tokens.denials, "deny");
        rules::into_path(&mut draft, &mut list, tokens.permissions, "allow");
        draft.path = Some((default, list));
    }
    if !providers.is_empty() {
        let named = providers.into_iter().map(|provider| (provider.name, provider.rule));
        draft.token = Some((named.collect(), tokens.token));
    }
    if draft.path.is_none() && draft.token.is_none() {
        return Err("the policies have no rules".to_owned());
    }
    draft.finish()
}

fn of_kind<'d>(documents: &'d [Value], kind: &'d str) -> impl Iterator<Item = &'d Value> {
    documents.iter().filter(move |document| text(document, "kind") == Some(kind))
}

/// Returns the selector or target of the policies; `None` for policies of a whole namespace.
///
/// # Errors
/// Returns a message if the policies have different targets: a rule for one workload would apply to the other.
fn workload(documents: &[Value]) -> Result<Option<Value>, String> {
    let mut found: Option<Value> = None;
    let namespace = |document: &Value| document.pointer("/metadata/namespace").cloned().unwrap_or_default();
    let first = documents.first().map(namespace).unwrap_or_default();
    for document in documents {
        let spec = document.get("spec").unwrap_or(&Value::Null);
        let targets =
            ["selector", "target_ref", "target_refs"].iter().find_map(|name| get(spec, name)).cloned();
        let other = targets.is_some() && found.is_some() && found != targets;
        if other || namespace(document) != first {
            let help = "convert one workload at a time";
            return Err(format!("the policies select different workloads or namespaces; {help}"));
        }
        found = found.or(targets);
    }
    Ok(found)
}

/// The rules of all policies, by their action.
#[derive(Default)]
struct Sources {
    /// The field `default` of path-policy: `deny` if a policy allows requests.
    default: Option<&'static str>,
    denials: Vec<SourceRule>,
    permissions: Vec<SourceRule>,
}

impl Sources {
    fn add(&mut self, document: &Value, providers: &[Provider], draft: &mut Draft) -> Result<(), String> {
        let spec = document.get("spec").unwrap_or(&Value::Null);
        let name = document.pointer("/metadata/name").and_then(Value::as_str).unwrap_or("policy");
        let action = text(spec, "action").unwrap_or("ALLOW");
        let annotations = document.pointer("/metadata/annotations").unwrap_or(&Value::Null);
        if text(annotations, "istio.io/dry-run") == Some("true") {
            draft.comments.push(format!("not carried over: `{name}` is a dry run"));
            return Ok(());
        }
        let mut rules = authorization::rules(spec, name, providers);
        match action {
            "ALLOW" => {
                self.default = Some("deny");
                self.permissions.append(&mut rules);
            }
            "DENY" => {
                self.default.get_or_insert("allow");
                self.denials.append(&mut rules);
            }
            "AUDIT" => {
                draft.comments.push(format!("not carried over: `{name}` audits, and makes no decision"))
            }
            "CUSTOM" => {
                self.default.get_or_insert("allow");
                let provider = get(spec, "provider").and_then(|p| text(p, "name")).unwrap_or_default();
                draft.comments.push(format!(
                    "not carried over: `{name}` uses the authorizer `{provider}`; its requests are denied here"
                ));
                self.denials.append(&mut rules);
            }
            other => return Err(format!("`{name}`: unknown action `{other}`")),
        }
        Ok(())
    }
}

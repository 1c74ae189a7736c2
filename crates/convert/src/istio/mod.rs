//! Istio's AuthorizationPolicy and RequestAuthentication.

mod authentication;
mod authorization;
mod token;

use crate::draft::{Converted, Draft, Rule};
use crate::expr::Side;
use crate::field::{get, text};
use crate::provider::Provider;
use crate::rules::{self, Built, SourceRule};
use serde_json::{Value, json};

/// Whether it is one of the two.
pub fn is_policy(document: &Value) -> bool {
    let kind = document.get("kind").and_then(Value::as_str);
    let version = document.get("apiVersion").and_then(Value::as_str).unwrap_or_default();
    matches!(kind, Some("AuthorizationPolicy" | "RequestAuthentication"))
        && version.starts_with("security.istio.io/")
}

/// Converts the policies of one workload.
pub fn convert(documents: &[Value]) -> Result<Converted, String> {
    same_workload(documents)?;
    let mut draft = Draft::default();
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
    if sources.any {
        let mut list: Vec<Rule> = Vec::new();
        rules::into_path(&mut draft, &mut list, &tokens.denials, "deny");
        rules::into_path(&mut draft, &mut list, &tokens.permissions, "allow");
        draft.path = Some((if sources.allows { "deny" } else { "allow" }, list));
    }
    if !providers.is_empty() {
        let mut named = Vec::new();
        for provider in &providers {
            named.push((provider.name.clone(), provider.rule()?));
        }
        draft.token = Some((named, tokens.token));
    }
    if draft.path.is_none() && draft.token.is_none() {
        return Err("there is no rule in it".to_owned());
    }
    Ok(draft.finish())
}

fn of_kind<'d>(documents: &'d [Value], kind: &'d str) -> impl Iterator<Item = &'d Value> {
    documents.iter().filter(move |document| document.get("kind").and_then(Value::as_str) == Some(kind))
}

/// What allows for one workload would allow for the others too, were they put together.
fn same_workload(documents: &[Value]) -> Result<(), String> {
    let target = |document: &Value| {
        let field = |name: &str| document.pointer(&format!("/spec/{name}")).cloned().unwrap_or_default();
        let namespace = document.pointer("/metadata/namespace").cloned().unwrap_or_default();
        json!([namespace, field("selector"), field("targetRef"), field("targetRefs")])
    };
    let mut targets = documents.iter().map(target);
    let first = targets.next();
    if targets.all(|other| Some(&other) == first.as_ref()) {
        Ok(())
    } else {
        Err("policies of different workloads or namespaces: convert those of one workload at a time"
            .to_owned())
    }
}

/// The rules of all policies, by what they do.
#[derive(Default)]
struct Sources {
    any: bool,
    allows: bool,
    denials: Vec<SourceRule>,
    permissions: Vec<SourceRule>,
}

impl Sources {
    fn add(&mut self, document: &Value, providers: &[Provider], draft: &mut Draft) -> Result<(), String> {
        let spec = document.get("spec").unwrap_or(&Value::Null);
        let name = document.pointer("/metadata/name").and_then(Value::as_str).unwrap_or("policy");
        let action = text(spec, "action").unwrap_or("ALLOW");
        let mut rules = authorization::rules(spec, name, providers);
        match action {
            "ALLOW" => {
                (self.any, self.allows) = (true, true);
                self.permissions.append(&mut rules);
            }
            "DENY" => {
                self.any = true;
                self.denials.append(&mut rules);
            }
            "AUDIT" => draft.comments.push(format!("not carried over: `{name}` audits, and decides nothing")),
            "CUSTOM" => {
                self.any = true;
                let provider = get(spec, "provider").and_then(|p| text(p, "name")).unwrap_or_default();
                draft.comments.push(format!(
                    "not carried over: `{name}` asks the authorizer `{provider}`; what it would ask about is denied here"
                ));
                self.denials.append(&mut rules);
            }
            other => return Err(format!("`{name}`: there is no action `{other}`")),
        }
        Ok(())
    }
}

/// Rules by section.
struct Tokens {
    denials: Vec<Built>,
    permissions: Vec<Built>,
    token: Vec<Rule>,
}

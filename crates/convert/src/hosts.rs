//! Patterns for hosts.

use crate::expr::{Atom, Expr, Field};
use crate::patterns::{Pattern, Text};
use serde_json::Value;

/// Returns the condition that the authority matches a pattern. A policy compares hosts without their ports; the condition
/// records the hosts that the source accepts only without a port.
pub fn any(patterns: &[Pattern]) -> Expr {
    let with_any_port: Vec<&str> = patterns.iter().filter_map(any_port).collect();
    // Together with `a.example`, the pattern `a.example:*` only adds that any port is accepted.
    let is_exact =
        |host: &str| patterns.iter().any(|other| matches!(&other.text, Text::Exact(text) if text == host));
    let others = patterns.iter().filter(|pattern| !any_port(pattern).is_some_and(is_exact));
    Expr::any(others.map(|pattern| host(pattern, &with_any_port)).collect())
}

/// Returns the host of a pattern `host:*`.
fn any_port(pattern: &Pattern) -> Option<&str> {
    match &pattern.text {
        Text::Prefix(text) => text.strip_suffix(':').filter(|host| is_host(host)),
        _ => None,
    }
}

fn host(pattern: &Pattern, with_any_port: &[&str]) -> Expr {
    let unknown = || Expr::Unknown(format!("the host {:?}", pattern.text));
    // Hosts are compared without regard to case, whatever the source does (RFC 4343).
    let atom = |host: String, portless: bool| {
        let values = vec![Value::String(host.clone())];
        let portless = if portless { vec![host] } else { Vec::new() };
        Expr::Is(Atom { portless, ..Atom::exactly(Field::Hosts, values) })
    };
    // The source accepts only requests with a port; a policy cannot express that.
    let with_port = |host: &str| {
        let note = Some(format!("the port of the host {:?}", pattern.text));
        let exactly = Atom::exactly(Field::Hosts, vec![host.to_ascii_lowercase().into()]);
        Expr::Is(Atom { under: None, note, ..exactly })
    };
    match &pattern.text {
        Text::Present => Expr::True,
        Text::Exact(text) if is_host(text) => {
            atom(text.to_ascii_lowercase(), !with_any_port.contains(&text.as_str()))
        }
        Text::Exact(text) => match text.rsplit_once(':') {
            Some((host, port)) if is_host(host) && port.bytes().all(|byte| byte.is_ascii_digit()) => {
                with_port(host)
            }
            _ => unknown(),
        },
        Text::Suffix(text) if text.strip_prefix('.').is_some_and(is_host) => {
            atom(format!("*{}", text.to_ascii_lowercase()), true)
        }
        _ => any_port(pattern).map_or_else(unknown, with_port),
    }
}

/// Returns true for a host name without a trailing dot; false for an address.
fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let last = text.rsplit('.').next().unwrap_or_default();
    text.split('.').all(label) && last.starts_with(|c: char| c.is_ascii_alphabetic())
}

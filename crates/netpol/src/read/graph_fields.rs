//! The fields of a service graph: names, selectors, ports and callers.

use super::graph_code::GraphCode;
use super::names::is_label;
use super::object::check;
use super::policy::port_number;
use crate::address::Range;
use crate::model::Labels;
use crate::model::graph::Pods;
use diagnostics::{Diagnostics, did_you_mean};
use yaml::At;

/// The maximum length of a name. Names are part of the names of policies, which labels repeat.
const MAX_NAME: usize = 50;

/// Checks fields, and collects the selectors and references of the graph.
pub(super) struct Fields<'p> {
    problems: &'p mut Diagnostics,
    /// The namespace of workloads that name none.
    namespace: String,
    selected: Vec<(String, Pods)>,
    references: Vec<(At<'p>, String)>,
}

impl<'p> Fields<'p> {
    pub(super) fn new(problems: &'p mut Diagnostics, namespace: String) -> Self {
        Self { problems, namespace, selected: Vec::new(), references: Vec::new() }
    }

    /// Reports a problem, unless the value has a wrong type and was replaced by its default.
    pub(super) fn error(
        &mut self,
        at: At<'_>,
        code: GraphCode,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        if !self.has_wrong_type(at) {
            self.problems.error(at.span(), code.name(), message, help);
        }
    }

    fn has_wrong_type(&self, at: At<'_>) -> bool {
        let mut found = self.problems.as_slice().iter();
        found.any(|found| found.code == "wrong_type" && found.span == at.span())
    }

    /// Reports a missing field.
    pub(super) fn required<T>(&mut self, at: At<'_>, field: &str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.error(
                at,
                GraphCode::MISSING_FIELD,
                format!("missing field `{field}`"),
                format!("add `{field}`"),
            );
        }
        value
    }

    /// Checks a name such as `productpage`.
    pub(super) fn name(&mut self, at: At<'_>, field: &str, name: Option<&str>) -> String {
        let Some(name) = name else { return String::new() };
        if !is_label(name) || name.len() > MAX_NAME {
            let help = format!("use lower-case letters, digits and inner `-`, at most {MAX_NAME} characters");
            self.error(at.field(field), GraphCode::INVALID_NAME, format!("invalid name `{name}`"), help);
        }
        name.to_owned()
    }

    /// Reads the name of a workload or a destination and adds it to the known ones, which it must differ from.
    pub(super) fn define(&mut self, at: At<'_>, name: Option<&str>, known: &mut Vec<String>) -> String {
        let Some(name) = self.required(at, "name", name) else { return String::new() };
        let name = self.name(at, "name", Some(name));
        if known.contains(&name) {
            let message = format!("duplicate name `{name}`");
            self.error(at.field("name"), GraphCode::DUPLICATE_NAME, message, "use another name");
        }
        known.push(name.clone());
        name
    }

    /// Reads the labels of a selector, which must not select every pod of the namespace.
    pub(super) fn labels(&mut self, at: At<'_>, field: &str, labels: Option<&Labels>) -> Labels {
        let Some(labels) = self.required(at, field, labels) else { return Labels::new() };
        let at = at.field(field);
        if labels.is_empty() {
            let message = "an empty selector selects every pod of the namespace";
            self.error(at, GraphCode::EMPTY_SELECTOR, message, "add a label");
        }
        check(at, labels, self.problems);
        labels.clone()
    }

    /// Reads the pods of a workload, which no other workload may select.
    pub(super) fn pods(
        &mut self,
        at: At<'_>,
        namespace: Option<&str>,
        labels: Option<&Labels>,
        name: &str,
    ) -> Pods {
        let default = self.namespace.clone();
        let namespace = self.name(at, "namespace", Some(namespace.unwrap_or(&default)));
        let pods = Pods { namespace, labels: self.labels(at, "selector", labels) };
        let both = |(_, other): &&(String, Pods)| other.contain(&pods) || pods.contain(other);
        if let Some((other, _)) = self.selected.iter().find(both).filter(|_| labels.is_some()) {
            let message =
                format!("a pod that `{other}` and `{name}` both select would get the permissions of both");
            let help = "select by a label that has another value for each workload";
            self.error(at.field("selector"), GraphCode::OVERLAPPING_SELECTOR, message, help);
        }
        // Which pods a selector selects is unknown if it, or one of its labels, has a wrong type.
        let (at, mut keys) = (at.field("selector"), pods.labels.keys());
        if labels.is_some() && !self.has_wrong_type(at) && !keys.any(|key| self.has_wrong_type(at.field(key)))
        {
            self.selected.push((name.to_owned(), pods.clone()));
        }
        pods
    }

    /// Checks required ports.
    pub(super) fn ports(&mut self, at: At<'_>, found: Option<&Vec<i64>>) -> Vec<u16> {
        let Some(found) = self.required(at, "ports", found) else { return Vec::new() };
        if found.is_empty() {
            self.error(
                at.field("ports"),
                GraphCode::EMPTY_LIST,
                "an empty list allows every port",
                "add a port",
            );
        }
        let mut ports = Vec::new();
        for (at, number) in at.items("ports", found) {
            match port_number(*number) {
                None => {
                    let message = format!("invalid port `{number}`");
                    self.error(at, GraphCode::INVALID_PORT, message, "write a number from 1 to 65535");
                }
                Some(port) if ports.contains(&port) => {
                    self.error(
                        at,
                        GraphCode::REPEATED,
                        format!("duplicate port `{port}`"),
                        "keep one of them",
                    );
                }
                Some(port) => ports.push(port),
            }
        }
        ports
    }

    /// Reads a CIDR, which must be in its canonical form.
    pub(super) fn cidr(&mut self, at: At<'_>, text: &str) -> Option<Range> {
        let Ok(range) = Range::block(text) else {
            self.error(
                at,
                GraphCode::INVALID_CIDR,
                format!("invalid CIDR `{text}`"),
                "write it as `203.0.113.0/24`",
            );
            return None;
        };
        let canonical = range.cidrs().first().map(ToString::to_string).unwrap_or_default();
        if canonical != text {
            let help = format!("did you mean `{canonical}`?");
            self.error(at, GraphCode::INVALID_CIDR, format!("`{text}` is not in canonical form"), help);
        }
        Some(range)
    }

    /// Reads the names of the callers of `own`. [`Fields::resolve`] checks that they exist.
    pub(super) fn callers(&mut self, at: At<'p>, found: &[String], own: Option<&str>) -> Vec<String> {
        let mut callers: Vec<String> = Vec::new();
        for (at, caller) in at.items("from", found) {
            if own == Some(caller.as_str()) {
                self.error(at, GraphCode::SELF_EDGE, format!("`{caller}` calls itself"), "remove it");
            }
            if callers.contains(caller) {
                self.error(
                    at,
                    GraphCode::REPEATED,
                    format!("duplicate caller `{caller}`"),
                    "keep one of them",
                );
                continue;
            }
            self.references.push((at, caller.clone()));
            callers.push(caller.clone());
        }
        callers
    }

    /// Reports callers that are not one of the workloads.
    pub(super) fn resolve(mut self, workloads: &[String]) {
        for (at, name) in std::mem::take(&mut self.references) {
            if !workloads.contains(&name) {
                let help = did_you_mean(&name, workloads.iter().map(String::as_str));
                self.error(at, GraphCode::UNKNOWN_NAME, format!("unknown gateway or service `{name}`"), help);
            }
        }
    }
}

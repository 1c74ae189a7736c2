//! Rules that cost so much together that plain requests are denied.

use crate::path;
use crate::warning::{below, warning};
use policy::Outcome;
use policy::decision::{NoTrace, Reason};
use policy::document::{Problem, read};
use policy::http::{Connection, canonical_paths};
use policy::stages::{Ringfence, load};
use policy::vocabulary::{HostPattern, PathMatch, PathShape, RequestMatch};
use serde_json::{Value, json};
use std::collections::HashMap;

/// The maximum number of requests that are tried. Each costs at most a millisecond.
const MAX_TRIED: usize = 256;
/// The maximum number of expressions for which a path is found.
const MAX_EXPRESSIONS: usize = 256;
/// The number of rules that a message names.
const MAX_NAMES: usize = 3;

/// The maximum number of hosts and paths of a rule.
const MAX_PAIRS: usize = 256;
/// The host of a request for a rule without hosts.
const HOST: &str = "a.example";

/// The headers of a plain request.
const HEADERS: [(&str, &str); 15] = [
    ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    ("accept-language", "en-US,en;q=0.5"),
    ("cache-control", "no-cache"),
    ("cookie", "session=6b1f0a52c94d4f0e8d6a; theme=dark"),
    ("priority", "u=0, i"),
    ("referer", "https://www.example.com/"),
    ("sec-fetch-dest", "document"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-site", "same-origin"),
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
    ("x-forwarded-for", "192.0.2.1"),
    ("x-forwarded-proto", "https"),
    ("x-request-id", "8f14e45f-ceea-467f-a9c1-6a5e2f1d7b90"),
    ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
];

/// A filter of a module.
#[derive(Debug, Clone, Copy)]
pub struct Section<'p> {
    /// The name of its section in a policy of `ringfence`.
    pub name: &'p str,
    /// The path of its policy in the document.
    pub place: &'p str,
    /// Its policy.
    pub policy: &'p Value,
}

/// The host and the path that every request of a group has, or has a path below; no host, or an empty path, for any.
type Key = (Option<String>, String);

/// The rules of a filter with the same key.
#[derive(Debug)]
struct Group<'p> {
    section: &'p str,
    /// The index and the name of each rule.
    rules: Vec<(usize, &'p str)>,
    /// The bytes of the rules, which grow with the number of their patterns.
    weight: usize,
}

/// The groups of a policy, and a request for each key.
#[derive(Debug, Default)]
struct Groups<'p> {
    groups: HashMap<Key, Vec<Group<'p>>>,
    /// The host and the path of each request.
    requests: HashMap<(String, String), Key>,
    expressions: usize,
}

/// Finds rules with which a plain request costs more than its budget, which the filters of a module share.
pub fn cost(sections: &[Section<'_>]) -> Vec<Problem> {
    let is_off = |section: &Section<'_>| section.policy.get("mode").is_some_and(|mode| mode == "off");
    let sections = sections.iter().copied().filter(|section| section.name != "vhost" && !is_off(section));
    let sections: Vec<_> = sections.collect();
    let mut groups = Groups::default();
    sections.iter().for_each(|section| groups.add_rules(section));
    let Some(stage) = stage(&sections) else { return Vec::new() };
    let mut found: Vec<(&Group<'_>, &str)> = Vec::new();
    for (host, path, key) in groups.heaviest_requests() {
        let Some(group) = groups.of(key).max_by_key(|group| group.weight) else { continue };
        let is_known = found.iter().any(|(other, _)| std::ptr::eq(*other, group));
        if !is_known && is_too_costly(&stage, host, path) {
            found.push((group, path));
        }
    }
    found.into_iter().map(|(group, path)| group.problem(path)).collect()
}

/// Returns the stage of these filters. Those before the last are in shadow, so that each request reaches the last.
fn stage(sections: &[Section<'_>]) -> Option<Ringfence> {
    let last = sections.last()?.name;
    let document = sections.iter().map(|Section { name, policy, .. }| {
        let mut policy = (*policy).clone();
        if *name != last {
            let rules = policy.get_mut("rules").and_then(Value::as_array_mut).into_iter().flatten();
            rules.for_each(shadow);
            shadow(&mut policy);
        }
        ((*name).to_owned(), policy)
    });
    load(Value::Object(document.collect()).to_string().as_bytes()).ok()
}

/// Puts a filter or a rule in shadow, unless it is off.
fn shadow(value: &mut Value) {
    if let Some(fields) =
        value.as_object_mut().filter(|fields| fields.get("mode").is_none_or(|mode| mode != "off"))
    {
        fields.insert("mode".to_owned(), "shadow".into());
    }
}

fn is_too_costly(stage: &Ringfence, host: &str, path: &str) -> bool {
    let pseudo = [(":method", "GET"), (":authority", host), (":path", path)];
    let lines = pseudo.iter().chain(&HEADERS).map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    let outcome: Outcome<'_, Ringfence, NoTrace> = policy::decide(stage, lines, Connection::default(), 0);
    let answers = outcome.answer.as_deref().into_iter().chain(&outcome.report.shadowed);
    answers.into_iter().any(|answer| answer.reason == Reason::TOO_COSTLY)
}

impl<'p> Groups<'p> {
    fn add_rules(&mut self, section: &Section<'p>) {
        let rules =
            section.policy.get("rules").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        for (index, rule) in rules.iter().enumerate() {
            let name = rule.get("name").and_then(Value::as_str).unwrap_or_default();
            let mut fields = rule.get("match").cloned().unwrap_or_else(|| json!({}));
            fields.as_object_mut().and_then(|fields| fields.remove("claims"));
            let Ok(matches) = read::<RequestMatch>(fields.to_string().as_bytes()) else { continue };
            let weight = rule.to_string().len();
            for (request, key) in self.requests_of(&matches) {
                self.requests.entry(request).or_insert_with(|| key.clone());
                let groups = self.groups.entry(key).or_default();
                let place = groups.iter().position(|group| group.section == section.place);
                let place = place.unwrap_or(groups.len());
                if place == groups.len() {
                    groups.push(Group { section: section.place, rules: Vec::new(), weight: 0 });
                }
                if let Some(group) =
                    groups.get_mut(place).filter(|group| group.rules.last() != Some(&(index, name)))
                {
                    group.rules.push((index, name));
                    group.weight += weight;
                }
            }
        }
    }

    /// Returns requests that a rule may match, as host and path, with their keys.
    fn requests_of(&mut self, matches: &RequestMatch) -> Vec<((String, String), Key)> {
        let hosts = matches.fields.hosts.as_deref().map(|hosts| hosts.iter().map(host).map(Some).collect());
        let hosts: Vec<Option<String>> = hosts.unwrap_or_else(|| vec![None]);
        let paths = matches
            .fields
            .paths
            .as_deref()
            .map(|paths| paths.iter().map(|pattern| (self.path(pattern), head(pattern))).collect());
        let paths: Vec<(String, String)> = paths.unwrap_or_else(|| vec![("/".to_owned(), String::new())]);
        let pairs = hosts.iter().flat_map(|host| paths.iter().map(move |path| (host, path)));
        let pairs = pairs.take(MAX_PAIRS).map(|(host, (path, head))| {
            let name = host.clone().unwrap_or_else(|| HOST.to_owned());
            ((name, path.clone()), (host.clone(), head.clone()))
        });
        pairs.collect()
    }

    /// Returns a path that a pattern matches; for an expression beyond the maximum any path.
    fn path(&mut self, pattern: &PathMatch) -> String {
        let path = match pattern.shape() {
            PathShape::Exact(text) | PathShape::Prefix(text) => text.to_owned(),
            PathShape::Suffix(text) | PathShape::Contains(text) => format!("/x{text}"),
            PathShape::Template { segments, .. } => {
                segments.into_iter().map(|text| format!("/{}", text.unwrap_or("x"))).collect()
            }
            PathShape::Regex(expression) => {
                self.expressions += 1;
                let paths = canonical_paths().filter(|_| self.expressions <= MAX_EXPRESSIONS);
                let example = paths.and_then(|paths| expression.common_value(&paths));
                example.and_then(|path| String::from_utf8(path).ok()).unwrap_or_default()
            }
        };
        if path.is_empty() { "/".to_owned() } else { path }
    }

    /// Returns the groups of the requests with this key.
    fn of<'g>(&'g self, (host, head): &'g Key) -> impl Iterator<Item = &'g Group<'p>> {
        let heads = std::iter::successors(Some(head.as_str()), |head| Some(head.rsplit_once('/')?.0));
        let hosts = host.is_some().then(|| host.clone()).into_iter().chain([None]);
        let keys: Vec<Key> =
            hosts.flat_map(|host| heads.clone().map(move |head| (host.clone(), head.to_owned()))).collect();
        keys.into_iter().filter_map(|key| self.groups.get(&key)).flatten()
    }

    /// Returns the host, the path and the key of the requests with the most patterns.
    fn heaviest_requests(&self) -> impl Iterator<Item = (&str, &str, &Key)> {
        let weight = |key: &Key| self.of(key).map(|group| group.weight).sum::<usize>();
        let mut requests: Vec<_> =
            self.requests.iter().map(|(request, key)| (weight(key), request, key)).collect();
        requests.sort_unstable_by(|one, other| (other.0, one.1).cmp(&(one.0, other.1)));
        let requests = requests.into_iter().take(MAX_TRIED);
        requests.map(|(_, (host, path), key)| (host.as_str(), path.as_str(), key))
    }
}

impl Group<'_> {
    fn problem(&self, path: &str) -> Problem {
        let names: Vec<String> =
            self.rules.iter().take(MAX_NAMES).map(|(_, name)| format!("`{name}`")).collect();
        let more = match self.rules.len().saturating_sub(MAX_NAMES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let message = format!(
            "a plain request to `{path}` costs more than its budget, and is denied as `too_costly`: see {}{more}",
            names.join(", ")
        );
        let help =
            "write fewer rules for one path, one rule with a list in place of many, or simpler expressions";
        let first = self.rules.first().map(|(index, _)| *index).unwrap_or_default();
        warning("costly_rules", below(self.section, &format!("rules[{first}].name")), message, help)
    }
}

/// Returns a host that a pattern matches.
fn host(pattern: &HostPattern) -> String {
    match pattern {
        HostPattern::Exact(host) => host.as_str().to_owned(),
        HostPattern::Wildcard(suffix) => format!("a{suffix}"),
        HostPattern::Any => HOST.to_owned(),
    }
}

/// Returns a path that every path of a pattern has, or is below. That of one path is below the path itself, so that it differs
/// from a prefix.
fn head(pattern: &PathMatch) -> String {
    let head = path::head(pattern).unwrap_or_default();
    if matches!(pattern.shape(), PathShape::Exact(_)) { head + "/" } else { head }
}

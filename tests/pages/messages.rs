//! The messages in the pages are those that the engine prints.

use super::files::{name, pages, section};
use anyhow::{Context, Result, ensure};
use policy::document::Code;
use std::collections::BTreeSet;
use testkit::workspace::root;

/// A page, a filter, and a policy whose problems the page shows.
type Shown = (&'static str, &'static str, &'static str);

const SHOWN: [Shown; 3] = [
    (
        "README.md",
        "path-policy",
        r#"{"default": "allow", "rules": [{"name": "a", "macth": {}, "action": "deny"}]}"#,
    ),
    (
        "docs/ringfence.md",
        "ringfence",
        r#"{"path": {"default": "deny", "rules": [
            {"name": "a", "match": {"path": []}, "action": "allow"},
            {"name": "b", "action": "deny"},
            {"action": "deny"}
        ]}}"#,
    ),
    (
        "docs/vocabulary.md",
        "vhost-policy",
        r#"{"hosts": [{"name": "a", "domains": ["a"], "ports": ["http"]}, {"name": "b", "domains": ["b"], "ports": [70000]}]}"#,
    ),
];

/// Checks the problems that the pages show, against those of the policies in [`SHOWN`].
pub(crate) fn check_problems() -> Result<()> {
    let mut shown = BTreeSet::new();
    for page in pages()? {
        let text = std::fs::read_to_string(&page)?;
        let lines = text.lines().filter(|line| is_problem(line));
        shown.extend(lines.map(|line| format!("{}: {line}", name(&page))));
    }
    let mut printed = BTreeSet::new();
    for (page, filter, policy) in SHOWN {
        let problems = modules::load(filter, policy.as_bytes()).err().context("the policy is valid")?;
        printed.extend(problems.iter().map(|problem| format!("{page}: {problem}")));
    }
    let only = |one: &BTreeSet<String>, other| one.difference(other).cloned().collect::<Vec<_>>().join("\n");
    ensure!(
        shown == printed,
        "shown but not printed:\n{}\nprinted but not shown:\n{}",
        only(&shown, &printed),
        only(&printed, &shown)
    );
    Ok(())
}

/// Returns true for a line such as `unknown_field at rules[0].macth: …`.
fn is_problem(line: &str) -> bool {
    Code::ALL.iter().any(|code| line.strip_prefix(code.name()).is_some_and(|rest| rest.starts_with(" at ")))
}

/// Checks that the list of codes in the vocabulary is complete, and has no others.
pub(crate) fn check_codes() -> Result<()> {
    let page = std::fs::read_to_string(root().join("docs/vocabulary.md"))?;
    let section = section(&page, "Problems of a policy").context("no section")?;
    let (_, list) = section.split_once("The codes: ").context("no list")?;
    let listed: BTreeSet<&str> =
        list.split("\n\n").next().unwrap_or(list).split('`').skip(1).step_by(2).collect();
    let codes: BTreeSet<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    let missing: Vec<_> = codes.difference(&listed).collect();
    let unknown: Vec<_> = listed.difference(&codes).collect();
    ensure!(missing.is_empty() && unknown.is_empty(), "not in the list: {missing:?}; no codes: {unknown:?}");
    Ok(())
}

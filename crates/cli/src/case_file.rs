//! Loads a case file and its policy.

use crate::exit::Failure;
use crate::files::{self, File};
use crate::policy_file::{diagnostics, errors};
use crate::report::{self, Format};
use crate::validate::{document, head};
use cases::{Case, CaseFile};
use diagnostics::{Diagnostic, Diagnostics, did_you_mean};
use inspect::Policy;
use modules::Module;
use std::path::Path;
use yaml::{Key, Node};

const DECISIONS: [&str; 3] = ["allow", "deny", "redirect"];

/// Loads a case file and its policy.
///
/// # Errors
/// Returns why the file is invalid, or the problems of the policy.
pub fn load(path: &Path, format: Format) -> Result<(CaseFile, Box<dyn Policy>), Failure> {
    let file = files::read_one(path)?;
    let document = yaml::documents(&file.text, &mut Diagnostics::new("")).pop();
    let policy = document.as_ref().and_then(|document| document.get("policy")?.text());
    let policy = policy.map(|policy| path.parent().unwrap_or(Path::new("")).join(policy));
    let policy = policy.map(|policy| files::read_one(&policy)).transpose()?;
    let cases = CaseFile::read(path).map_err(|error| {
        let problem = document.as_ref().and_then(|document| problem(&file.name, document, &error));
        match problem {
            Some(problem) => report::reject(&[problem], std::slice::from_ref(&file), format),
            None => Failure::problem(format_args!("{}: {error}", path.display())),
        }
    })?;
    match cases.load() {
        Ok(policy) => match document.map(|document| expectations(&file.name, &document)) {
            Some(found) if !found.is_empty() => {
                Err(report::reject(&found, std::slice::from_ref(&file), format))
            }
            _ => Ok((cases, policy)),
        },
        Err(problems) => {
            // Checks the files again, to find the places of the problems.
            let files: Vec<File> = std::iter::once(file).chain(policy).collect();
            let filters = [None, Module::from_name(&cases.filter)];
            let check = |(file, filter)| errors(document::check(file, filter).found);
            let found = files.iter().zip(filters).map(check).find(|found| !found.is_empty());
            let last = || files.last().map(|file| diagnostics(&file.name, problems)).unwrap_or_default();
            Err(report::reject(&found.unwrap_or_else(last), &files, format))
        }
    }
}

/// Returns the problems of the list of cases, and of the expected decisions.
fn expectations(file: &str, document: &Node) -> Vec<Diagnostic> {
    let mut found = Diagnostics::new(file);
    if let Some(cases) = document.get("cases").filter(|cases| cases.items().is_empty()) {
        found.error(cases.span, "empty_list", "no cases", "add a case");
    }
    let cases = document.get("cases").map(Node::items).unwrap_or_default();
    for expect in cases.iter().filter_map(|case| case.get("expect")) {
        let Some(decision) = expect.get("decision") else { continue };
        let name = decision.text().unwrap_or_default();
        if !DECISIONS.contains(&name) {
            let message = format!("unknown value `{name}`");
            found.error(decision.span, "unknown_value", message, did_you_mean(name, DECISIONS));
        } else if name != "allow" && expect.get("reason").is_none() {
            let help = "add the reason of the decision, such as `reason: denied`";
            found.error(head(expect), "missing_field", "missing field `reason`", help);
        }
    }
    found.into_vec()
}

/// Returns the problem with its place, if it is one of the file's objects.
fn problem(file: &str, document: &Node, error: &str) -> Option<Diagnostic> {
    let mut found = Diagnostics::new(file);
    let json = document.json();
    if Module::is_policy(&json) && json.get("cases").is_none() {
        let help = "write a file with `filter`, `policy` and `cases`";
        found.error(head(document), "missing_field", "this is a policy, not a case file", help);
        return found.into_vec().pop();
    }
    let cases = document.get("cases").map(Node::items).unwrap_or_default();
    let is_invalid = |case: &&Node| serde_json::from_value::<Case>(case.json()).is_err();
    let case = cases.iter().find(is_invalid);
    if let Some((name, known)) = unknown_field(error) {
        let in_case = case.and_then(|case| key(case, name));
        let key =
            in_case.or_else(|| document.fields().iter().map(|(key, _)| key).find(|key| key.text == name))?;
        found.error(key.span, "unknown_field", format!("unknown field `{name}`"), did_you_mean(name, known));
    } else {
        let code = if error.starts_with("missing field") { "missing_field" } else { "wrong_type" };
        found.error(head(case?), code, error, "");
    }
    found.into_vec().pop()
}

/// Returns the unknown field and the known ones of an error of serde: ``unknown field `a`, expected one of `b`, `c` ``.
fn unknown_field(error: &str) -> Option<(&str, Vec<&str>)> {
    let (name, known) = error.strip_prefix("unknown field `")?.split_once("`, expected ")?;
    Some((name, known.split('`').skip(1).step_by(2).collect()))
}

/// Returns the first key with this name in an object, or in the objects in it.
fn key<'n>(node: &'n Node, name: &str) -> Option<&'n Key> {
    let own = node.fields().iter().map(|(key, _)| key).find(|key| key.text == name);
    let inner = || node.fields().iter().find_map(|(_, value)| key(value, name));
    own.or_else(inner).or_else(|| node.items().iter().find_map(|item| key(item, name)))
}

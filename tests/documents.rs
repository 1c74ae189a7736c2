//! The documentation and the files to copy: every policy in them loads, the pages name every field and every choice, and
//! every reason of the engine. Links have targets, and messages are those of the engine.

mod pages;

use anyhow::{Context, Result, anyhow};
use libtest_mimic::{Arguments, Failed, Trial};
use pages::{access_log, files, guides, linked_pages, links, messages, name, pages, section};
use policy::decision::Reason;
use policy::document::Code;
use policy::stages::{Ringfence, Stage};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use testkit::corpus;
use testkit::workspace::root;

fn main() -> Result<()> {
    let mut trials = Vec::new();
    for page in pages()? {
        for (line, block) in blocks(&std::fs::read_to_string(&page)?) {
            trials.push(trial(format!("{}:{line}", name(&page)), move || check_block(&block)));
        }
    }
    for file in files("examples/policies", "yaml")? {
        trials.push(trial(name(&file), move || load_file(&file).map(drop)));
    }
    for file in files("envoy-configs", "yaml")? {
        trials.push(trial(name(&file), move || check_bootstrap(&file)));
    }
    trials.push(trial("the snippet of labels is the one in use".to_owned(), check_labels));
    trials.push(trial("`explain` can read the access log".to_owned(), access_log::check));
    trials.push(trial("a page has each word of the engine".to_owned(), check_words));
    trials.push(trial("the list of codes is complete".to_owned(), messages::check_codes));
    trials.push(trial("the pages show messages of the engine".to_owned(), messages::check_problems));
    trials.push(trial("a broken link is found".to_owned(), links::check_itself));
    for page in linked_pages()? {
        trials.push(trial(format!("the links of {} have targets", name(&page)), move || links::check(&page)));
    }
    for guide in ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
        trials.push(trial(format!("the paths in {guide} exist"), move || guides::check_paths(guide)));
    }
    let list = "the guide lists the files that take a match apart";
    trials.push(trial(list.to_owned(), guides::check_list_of_match_files));
    for place in PLACES {
        let (page, section, _, policy) = place;
        trials.push(trial(format!("{page}, {section}: {policy}"), move || check_place(place)));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit()
}

fn trial(name: String, check: impl FnOnce() -> Result<()> + Send + 'static) -> Trial {
    Trial::test(name, || check().map_err(|error| Failed::from(format!("{error:#}"))))
}

/// Returns the `yaml` blocks of a page, with their line numbers.
fn blocks(page: &str) -> Vec<(usize, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (index, line) in page.lines().enumerate() {
        match (&mut open, line.trim()) {
            (None, "```yaml") => open = Some((index + 1, String::new())),
            (Some(_), "```") => blocks.extend(open.take()),
            (Some((_, block)), _) => block.extend([line, "\n"]),
            (None, _) => {}
        }
    }
    blocks.extend(open);
    blocks
}

/// Checks a block. Its first line has its kind: a policy, or YAML that no module loads.
fn check_block(block: &str) -> Result<()> {
    let first = block.lines().next().unwrap_or_default();
    if ["# envoy", "# kubernetes", "# fragment"].iter().any(|kind| first.starts_with(kind)) {
        yaml::values("the block", block)?;
        return Ok(());
    }
    load(block).map(drop)
}

/// Loads a policy whose first line names its filter.
fn load(text: &str) -> Result<(String, Value)> {
    let first = text.lines().next().unwrap_or_default();
    let filter = first
        .strip_prefix("# filter: ")
        .context("start with `# filter: <name>`, `# envoy`, `# kubernetes`, or, for a part, `# fragment`")?;
    let policy = document(text)?;
    load_policy(filter, &policy)?;
    Ok((filter.to_owned(), policy))
}

fn load_file(file: &Path) -> Result<(String, Value)> {
    let (filter, policy) = load(&std::fs::read_to_string(file)?)?;
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    anyhow::ensure!(stem.starts_with(&filter), "the file is of `{filter}`");
    Ok((filter, policy))
}

fn load_policy(filter: &str, policy: &Value) -> Result<()> {
    modules::load(filter, policy.to_string().as_bytes()).map(drop).map_err(|problems| {
        anyhow!("{filter}: {}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

fn document(text: &str) -> Result<Value> {
    match yaml::values("the page", text)?.as_slice() {
        [document] => Ok(document.clone()),
        documents => Err(anyhow!("{} documents", documents.len())),
    }
}

/// Checks that the policies of a bootstrap load and are equal to those of `examples/policies`.
fn check_bootstrap(file: &Path) -> Result<()> {
    let bootstrap = document(&std::fs::read_to_string(file)?)?;
    let mut plugins = Vec::new();
    find_plugins(&bootstrap, &mut plugins);
    anyhow::ensure!(!plugins.is_empty(), "no module");
    for plugin in plugins {
        let module = plugin.pointer("/vm_config/code/local/filename").and_then(Value::as_str);
        let module = Path::new(module.context("no file")?).file_stem().context("no file")?;
        let filter = module.to_string_lossy().replace('_', "-");
        let policy = match plugin.pointer("/configuration/value").context("no policy")? {
            Value::String(text) => serde_json::from_str(text)?,
            policy => policy.clone(),
        };
        load_policy(&filter, &policy)?;
        let example = |name: &str| root().join(format!("examples/policies/{name}.yaml"));
        // A variant of a bootstrap has an example with its own name.
        let own = example(&file.file_stem().unwrap_or_default().to_string_lossy());
        let (_, policy_of_example) = load_file(&if own.is_file() { own } else { example(&filter) })?;
        anyhow::ensure!(policy == policy_of_example, "the policy is not that of examples/policies");
    }
    Ok(())
}

/// Collects the objects that load a module.
fn find_plugins<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(fields) if fields.contains_key("vm_config") => found.push(value),
        Value::Object(fields) => fields.values().for_each(|value| find_plugins(value, found)),
        Value::Array(items) => items.iter().for_each(|value| find_plugins(value, found)),
        _ => {}
    }
}

fn check_labels() -> Result<()> {
    let read = |file: &str| document(&std::fs::read_to_string(root().join(file))?);
    let snippet = read("envoy-configs/snippets/stats-tags.yaml")?;
    let bootstrap = read("envoy-configs/ringfence.yaml")?;
    anyhow::ensure!(snippet.get("stats_config") == bootstrap.get("stats_config"), "they differ");
    Ok(())
}

/// Checks that the pages have every reason, field, choice and problem code of the engine in backticks.
fn check_words() -> Result<()> {
    let mut words = BTreeSet::new();
    words.extend(Reason::all().map(|reason| reason.name().to_owned()));
    words.extend(Code::ALL.iter().map(|code| code.name().to_owned()));
    fields_and_choices(&policy::document::schema::<<Ringfence as Stage>::Document>(""), &mut words);
    let cases = corpus::files()?.into_iter().flat_map(|(_, file)| file.cases);
    let unread = cases.filter_map(|case| case.expect.reason).find(|reason| !words.contains(reason));
    anyhow::ensure!(unread.is_none(), "a case has a reason that the engine does not have: {unread:?}");
    let mut named = BTreeSet::new();
    for page in files("docs", "md")? {
        let page = std::fs::read_to_string(&page)?;
        let spans = page.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
        let words = spans.flat_map(|span| span.split(|c: char| !c.is_alphanumeric() && !"_-*".contains(c)));
        named.extend(words.map(str::to_owned));
    }
    let missing: Vec<String> = words.difference(&named).cloned().collect();
    anyhow::ensure!(missing.is_empty(), "on no page in backticks: {}", missing.join(", "));
    Ok(())
}

/// Collects the names of properties and the words of enumerations of a JSON Schema.
fn fields_and_choices(schema: &Value, words: &mut BTreeSet<String>) {
    match schema {
        Value::Object(fields) => {
            let properties = fields.get("properties").and_then(Value::as_object);
            words.extend(properties.into_iter().flat_map(|properties| properties.keys().cloned()));
            let choices = fields.get("enum").and_then(Value::as_array);
            words.extend(choices.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| fields_and_choices(value, words));
        }
        Value::Array(items) => items.iter().for_each(|value| fields_and_choices(value, words)),
        _ => {}
    }
}

/// Page, section, filter, and a policy with `zzzz` as a field or a choice, for which the engine lists
/// the valid ones.
type Place = (&'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const PLACES: [Place; 57] = [
    ("vhost-policy", "Fields", "vhost-policy", r#"{"zzzz": 1}"#),
    ("vhost-policy", "Fields", "vhost-policy", r#"{"sni": "zzzz"}"#),
    ("vhost-policy", "Fields", "vhost-policy", r#"{"unknownHost": "zzzz"}"#),
    ("vhost-policy", "An entry of `hosts`", "vhost-policy", r#"{"hosts": [{"zzzz": 1}]}"#),
    ("vhost-policy", "An entry of `hosts`", "vhost-policy", r#"{"hosts": [{"tls": "zzzz"}]}"#),
    ("path-policy", "Fields", "path-policy", r#"{"zzzz": 1}"#),
    ("path-policy", "Fields", "path-policy", r#"{"default": "zzzz"}"#),
    ("path-policy", "`normalize`", "path-policy", r#"{"normalize": {"zzzz": 1}}"#),
    ("path-policy", "`normalize`", "path-policy", r#"{"normalize": {"escapedSlashes": "zzzz"}}"#),
    ("path-policy", "`normalize`", "path-policy", r#"{"normalize": {"backslashes": "zzzz"}}"#),
    ("path-policy", "`normalize`", "path-policy", r#"{"normalize": {"pathParameters": "zzzz"}}"#),
    ("path-policy", "`normalize`", "path-policy", r#"{"normalize": {"doubleEncoding": "zzzz"}}"#),
    ("path-policy", "`normalize`", "path-policy", r#"{"normalize": {"decodedDelimiters": "zzzz"}}"#),
    ("path-policy", "`normalize`", "path-policy", r#"{"normalize": {"semicolonQuery": "zzzz"}}"#),
    ("path-policy", "`normalize`", "path-policy", r#"{"normalize": {"emptySegments": "zzzz"}}"#),
    ("path-policy", "`normalize`", "path-policy", r#"{"normalize": {"dotSegments": "zzzz"}}"#),
    ("path-policy", "`normalize`", "path-policy", r#"{"normalize": {"forward": "zzzz"}}"#),
    ("path-policy", "`limits`", "path-policy", r#"{"limits": {"zzzz": 1}}"#),
    ("path-policy", "A rule", "path-policy", r#"{"rules": [{"zzzz": 1}]}"#),
    ("path-policy", "A rule", "path-policy", r#"{"rules": [{"action": "zzzz"}]}"#),
    ("path-policy", "`redirect`", "path-policy", r#"{"rules": [{"redirect": {"zzzz": 1}}]}"#),
    ("path-policy", "`redirect`", "path-policy", r#"{"rules": [{"redirect": {"scheme": "zzzz"}}]}"#),
    ("path-policy", "`rewrite`", "path-policy", r#"{"rules": [{"rewrite": {"zzzz": 1}}]}"#),
    ("header-policy", "Fields", "header-policy", r#"{"zzzz": 1}"#),
    ("header-policy", "Fields", "header-policy", r#"{"underscores": "zzzz"}"#),
    ("header-policy", "Fields", "header-policy", r#"{"presets": ["zzzz"]}"#),
    ("header-policy", "`limits`", "header-policy", r#"{"limits": {"zzzz": 1}}"#),
    ("header-policy", "A rule", "header-policy", r#"{"rules": [{"zzzz": 1}]}"#),
    ("header-policy", "`request` and `response`", "header-policy", r#"{"rules": [{"request": {"zzzz": 1}}]}"#),
    ("header-policy", "`request` and `response`", "header-policy", r#"{"rules": [{"response": {"zzzz": 1}}]}"#),
    ("header-policy", "`request` and `response`", "header-policy", r#"{"rules": [{"request": {"rename": [{"zzzz": 1}]}}]}"#),
    ("header-policy", "`request` and `response`", "header-policy", r#"{"rules": [{"request": {"rewrite": [{"zzzz": 1}]}}]}"#),
    ("header-policy", "`request` and `response`", "header-policy", r#"{"rules": [{"request": {"set": [{"zzzz": 1}]}}]}"#),
    ("token-validation", "Fields", "token-validation", r#"{"zzzz": 1}"#),
    ("token-validation", "A provider", "token-validation", r#"{"providers": {"a": {"zzzz": 1}}}"#),
    ("token-validation", "A provider", "token-validation", r#"{"providers": {"a": {"algorithms": ["zzzz"]}}}"#),
    ("token-validation", "A provider", "token-validation", r#"{"providers": {"a": {"claimToHeaders": [{"zzzz": 1}]}}}"#),
    ("token-validation", "`jwks`", "token-validation", r#"{"providers": {"a": {"jwks": {"zzzz": 1}}}}"#),
    ("token-validation", "`remote`", "token-validation", r#"{"providers": {"a": {"jwks": {"remote": {"zzzz": 1}}}}}"#),
    ("token-validation", "`from`", "token-validation", r#"{"providers": {"a": {"from": {"zzzz": 1}}}}"#),
    ("token-validation", "`from`", "token-validation", r#"{"providers": {"a": {"from": {"headers": [{"zzzz": 1}]}}}}"#),
    ("token-validation", "A rule", "token-validation", r#"{"rules": [{"zzzz": 1}]}"#),
    ("token-validation", "`require`", "token-validation", r#"{"rules": [{"require": {"zzzz": 1}}]}"#),
    ("token-validation", "ClaimMatch", "token-validation", r#"{"rules": [{"require": {"provider": "p", "claims": [{"zzzz": 1}]}}]}"#),
    ("ringfence", "Fields", "ringfence", r#"{"zzzz": 1}"#),
    ("vocabulary", "Mode", "path-policy", r#"{"mode": "zzzz"}"#),
    ("vocabulary", "PathMatch", "path-policy", r#"{"rules": [{"match": {"paths": [{"zzzz": 1}]}}]}"#),
    ("vocabulary", "StringMatch", "header-policy", r#"{"rules": [{"require": [{"name": "a", "exact": "b", "regex": "c"}]}]}"#),
    ("vocabulary", "HeaderMatch", "header-policy", r#"{"rules": [{"require": [{"zzzz": 1}]}]}"#),
    ("vocabulary", "HeaderMatch", "header-policy", r#"{"rules": [{"match": {"headers": [{"zzzz": 1}]}}]}"#),
    ("vocabulary", "HeaderMatch", "header-policy", r#"{"rules": [{"require": [{"values": "zzzz"}]}]}"#),
    ("vocabulary", "QueryMatch", "path-policy", r#"{"rules": [{"match": {"query": [{"zzzz": 1}]}}]}"#),
    ("vocabulary", "RequestMatch", "path-policy", r#"{"rules": [{"match": {"zzzz": 1}}]}"#),
    ("vocabulary", "RequestMatch", "path-policy", r#"{"rules": [{"match": {"not": {"zzzz": 1}}}]}"#),
    ("vocabulary", "Deny response", "path-policy", r#"{"response": {"zzzz": 1}}"#),
    ("vocabulary", "Deny response", "vhost-policy", r#"{"hosts": [{"response": {"zzzz": 1}}]}"#),
    ("vocabulary", "Deny response", "path-policy", r#"{"response": {"headers": [{"zzzz": 1}]}}"#),
];

/// Checks that the section has every field or choice that the engine lists.
fn check_place((page, heading, filter, policy): Place) -> Result<()> {
    let problems = modules::load(filter, policy.as_bytes()).err().unwrap_or_default();
    let list = problems.iter().find_map(|problem| {
        ["use one of ", "add one of ", "keep one of "]
            .iter()
            .find_map(|start| problem.help.strip_prefix(start))
    });
    let names: Vec<&str> = list.context("the engine names nothing")?.split(", ").collect();
    let text = std::fs::read_to_string(root().join(format!("docs/{page}.md")))?;
    let section = section(&text, heading).with_context(|| format!("no section `{heading}`"))?;
    let missing: Vec<&str> = names.into_iter().filter(|name| !section.contains(name)).collect();
    anyhow::ensure!(missing.is_empty(), "not in the section: {}", missing.join(", "));
    Ok(())
}

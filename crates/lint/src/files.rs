//! Rules that deny a file by its name, and not the other paths by which servers serve it.

use crate::language::{escape, expression};
use crate::path_rule::{PathRule, allows};
use crate::warning::{below, warning};
use automata::Expression;
use policy::document::Problem;
use policy::http::canonical_paths;
use policy::stages::DefaultAction;
use policy::vocabulary::{PathMatch, PathShape};

/// Paths whose last segment has an extension.
const FILES: &str = r"(?s:.*)\.[A-Za-z0-9]{1,8}";
/// Files for which servers run a program, which reads the rest of the path as path info (RFC 3875, section 4.1.5).
const PROGRAMS: &str = r"(?i)(/[a-z0-9_-]+)+\.(php[0-9]?|phtml|phar|cgi|fcgi|pl|py|rb|asp|aspx|ashx|cfm)";
/// Files that servers with clean URLs serve for the path without the extension.
const PAGES: &str = r"(?i)(/[a-z0-9_-]+)+\.html?";

pub(crate) fn check(section: &str, rules: &[PathRule<'_>], default: DefaultAction, found: &mut Vec<Problem>) {
    let compiled = [FILES, PROGRAMS, PAGES].map(|text| Expression::new(text, false).ok());
    let [Some(files), Some(programs), Some(pages)] = compiled else { return };
    let denials = rules.iter().enumerate().filter(|(_, rule)| rule.is_denial() && rule.matches.not.is_none());
    for (number, rule) in denials {
        let earlier = rules.get(..number).unwrap_or_default();
        // An earlier rule may allow the file: then this rule does not deny it.
        let is_denied = |file: &str| !earlier.iter().any(|rule| !rule.is_denial() && rule.includes(file));
        let is_open = |file: &str, other: &str| is_denied(file) && allows(rules, default, other);
        for (index, pattern) in rule.paths().unwrap_or_default().iter().enumerate() {
            let Some(expression) = file_names(pattern, &files) else { continue };
            let mut warn = |code, message, help| {
                let place = below(section, &format!("rules[{}].match.paths[{index}]", rule.index));
                let message = format!("rule `{}` does not deny {message}", rule.name);
                found.push(warning(code, place, message, help));
            };
            if let Some(file) = example(&expression, &programs)
                && let other = format!("{file}/x")
                && is_open(&file, &other)
            {
                let message = format!("`{other}`, for which servers with path info run `{file}`");
                warn("path_info", message, path_info_help(pattern));
            }
            if let Some(file) = example(&expression, &pages)
                && let Some(other) = clean_url(&file)
                && is_open(&file, &other)
            {
                let message = format!("`{other}`, for which servers with clean URLs send `{file}`");
                warn("clean_url", message, clean_url_help(pattern, &other));
            }
        }
    }
}

/// Returns the expression of a pattern that matches names of files only.
fn file_names(pattern: &PathMatch, files: &Expression) -> Option<Expression> {
    let is_file = |end: &str| files.is_match(format!("/x{end}").as_bytes());
    // What is easy to see; only the rest is compiled.
    let may_be_file = match pattern.shape() {
        // They match what is below a file, too.
        PathShape::Prefix(_) | PathShape::Contains(_) | PathShape::Template { rest: true, .. } => false,
        PathShape::Exact(text) | PathShape::Suffix(text) => is_file(text),
        PathShape::Template { segments, .. } => matches!(segments.last(), Some(Some(last)) if is_file(last)),
        PathShape::Regex(_) => true,
    };
    if !may_be_file {
        return None;
    }
    let expression = expression(pattern)?;
    expression.is_subset_among(files, &canonical_paths()?).then_some(expression)
}

/// Returns a path that matches both expressions.
fn example(expression: &Expression, files: &Expression) -> Option<String> {
    String::from_utf8(expression.common_value(files)?).ok()
}

/// Returns the path of a page without its extension; that of its folder for an index.
fn clean_url(file: &str) -> Option<String> {
    let (path, _) = file.rsplit_once('.')?;
    let folder = path.strip_suffix("index").filter(|folder| folder.ends_with('/'));
    Some(folder.unwrap_or(path).to_owned())
}

fn clean_url_help(pattern: &PathMatch, other: &str) -> String {
    match pattern.shape() {
        PathShape::Exact(_) => format!("add `exact: {other}`, if the server has clean URLs"),
        _ => "if the server has clean URLs, deny the `prefix` that contains the files".to_owned(),
    }
}

fn path_info_help(pattern: &PathMatch) -> String {
    let regex = |text: String| {
        let case = if pattern.ignores_case() { ", ignoreCase: true" } else { "" };
        format!("write `{{regex: '{text}(/.*)?'{case}}}`, which also denies paths below")
    };
    match pattern.shape() {
        PathShape::Exact(text) => format!("write `prefix: {text}`, which also denies paths below"),
        PathShape::Suffix(text) => regex(format!(".*{}", escape(text).replace("\\/", "/"))),
        PathShape::Regex(expression) => regex(format!("(?:{})", expression.as_str())),
        _ => "add `/**` to the template, which also denies paths below".to_owned(),
    }
}

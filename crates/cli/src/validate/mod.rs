//! `ringfence validate`.

mod bypass;
mod codes;
pub mod document;
mod envoy;
mod kubernetes;
mod locate;
mod plugin;
mod policy;
mod scene;
mod vocabulary;

pub use plugin::head;

use crate::exit::{Exit, Failure};
use crate::files::{self, File};
use crate::report::{self, Format};
use crate::{flag_value, output};
use clap::Args;
use diagnostics::{Diagnostic, Diagnostics, Severity, Span};
use document::Checked;
use modules::Module;
use std::path::{Path, PathBuf};

/// Options of `validate`.
#[derive(Debug, Args)]
pub struct Options {
    /// Policies, Envoy bootstraps and Kubernetes manifests: files, folders, or `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// The filter of the policies; by default detected from a comment `# filter: NAME`, the name of the module, or the
    /// fields
    #[arg(long, value_parser = flag_value::module(), value_name = "FILTER")]
    filter: Option<Module>,
    /// Ignore warnings with this code; may be repeated
    #[arg(long, value_name = "CODE", value_parser = warnings())]
    allow: Vec<String>,
    /// Exit with status 1 if there are warnings
    #[arg(long)]
    deny_warnings: bool,
    /// The output format
    #[arg(long, value_parser = Format::among(Format::DIAGNOSTICS), default_value = "text")]
    format: Format,
}

/// Returns the codes of warnings.
fn warnings() -> Vec<&'static str> {
    let own = codes::CODES.into_iter().filter(|(severity, ..)| *severity == Severity::Warning);
    lint::CODES.into_iter().map(|(code, _)| code).chain(own.map(|(_, code, _)| code)).collect()
}

/// Prints the problems and warnings of the files.
pub fn run(options: &Options) -> Result<Exit, Failure> {
    let mut files = files::read(&options.paths)?;
    let mut filters = vec![options.filter; files.len()];
    let case_files = add_named_policies(&mut files, &mut filters)?;
    let (mut policies, mut found) = (0, Vec::new());
    for (file, filter) in files.iter().zip(filters) {
        let (count, diagnostics) = check(file, filter, case_files.contains(&file.name), options);
        policies += count;
        found.extend(diagnostics);
    }
    output::text(&report::render(options.format, &found, &files, Some(policies)))?;
    let failed = options.deny_warnings && !found.is_empty()
        || found.iter().any(|found| found.severity == Severity::Error);
    Ok(if failed { Exit::Problems } else { Exit::Success })
}

/// Adds the policies that files of test cases name, and their filters. Returns the names of these files of test cases.
fn add_named_policies(
    files: &mut Vec<File>,
    filters: &mut Vec<Option<Module>>,
) -> Result<Vec<String>, Failure> {
    let mut case_files = Vec::new();
    let named: Vec<_> =
        files.iter().map(|file| (file.name.clone(), document::named_policies(file))).collect();
    for (case_file, policies) in named.into_iter().filter(|(_, policies)| !policies.is_empty()) {
        case_files.push(case_file);
        for (path, filter) in policies {
            let known = files.iter().position(|file| Path::new(&file.name) == path);
            match known.and_then(|place| filters.get_mut(place)) {
                Some(known) => *known = known.or(filter),
                None => {
                    files.push(files::read_one(&path)?);
                    filters.push(filter);
                }
            }
        }
    }
    Ok(case_files)
}

/// Returns the number of policies of a file, and its problems and warnings. `names_policy` is true for a file of test cases
/// whose policy is another file.
fn check(
    file: &File,
    filter: Option<Module>,
    names_policy: bool,
    options: &Options,
) -> (usize, Vec<Diagnostic>) {
    let Checked { policies, mut found, help, .. } = document::check(file, filter);
    // A folder may have files without policies.
    let named = options.paths.iter().any(|path| path.as_os_str() == file.name.as_str());
    if named && !names_policy && policies == 0 && found.is_empty() {
        let mut list = Diagnostics::new(&file.name);
        list.warning(Span::START, "no_policy", "the file contains no policy", help);
        found = list.into_vec();
    }
    let allowed = |code: &str| options.allow.iter().any(|allowed| allowed == code);
    found.retain(|found| found.severity == Severity::Error || !allowed(found.code));
    (policies, found)
}

#[cfg(test)]
mod tests {
    use super::codes::CODES;

    #[test]
    fn the_documentation_lists_each_code() {
        let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/command.md");
        let page = std::fs::read_to_string(page).unwrap();
        let own = CODES.into_iter().map(|(_, code, about)| (code, about));
        for (code, about) in own.chain(lint::CODES) {
            assert!(page.contains(&format!("| `{code}` | {about} |")), "{code}: {about}");
        }
    }
}

//! `ringfence validate`.

mod envoy;
mod finding;
mod kubernetes;
mod locate;
mod policy;
mod report;
mod scene;

use crate::exit::{Exit, Failure};
use crate::filter::Filter;
use crate::{files, output};
use clap::{Args, ValueEnum};
use finding::{Finding, Severity};
use report::Report;
use scene::Scene;
use std::path::PathBuf;

/// What is wrong with policies, and with what carries them.
#[derive(Debug, Args)]
pub struct Options {
    /// Policies, Envoy bootstraps and Kubernetes manifests: files, folders, or `-` for standard input.
    #[arg(required = true, value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// The filter that the policies are for; without it a comment `# filter: NAME`, the module or the fields tell.
    #[arg(long, value_enum, value_name = "FILTER")]
    filter: Option<Filter>,
    /// Say nothing of this warning; may be repeated.
    #[arg(long, value_name = "CODE", value_parser = warnings())]
    allow: Vec<String>,
    /// End with 1 where there are warnings too.
    #[arg(long)]
    deny_warnings: bool,
    /// How it is printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For the checks of GitHub: a command for each line.
    Github,
}

/// The codes of warnings.
fn warnings() -> Vec<&'static str> {
    let own = finding::CODES.into_iter().filter(|(severity, ..)| *severity == Severity::Warning);
    lint::CODES.into_iter().map(|(code, _)| code).chain(own.map(|(_, code, _)| code)).collect()
}

pub fn run(options: &Options) -> Result<Exit, Failure> {
    let files = files::read(&options.paths)?;
    let reports: Vec<Report> = files.into_iter().map(|file| check(file, options)).collect();
    match options.format {
        Format::Text => output::text(&report::text(&reports)),
        Format::Json => output::json(&report::json(&reports)),
        Format::Github => output::text(&report::github(&reports)),
    }
    let bad = |found: &Finding| options.deny_warnings || found.severity == Severity::Error;
    let any = reports.iter().any(|report| report.found.iter().any(bad));
    Ok(if any { Exit::Problems } else { Exit::Well })
}

fn check(file: files::File, options: &Options) -> Report {
    let Scene { policies, mut found, .. } = Scene::of(&file.text, options.filter);
    // Of the files of a folder many have no policy; of a file that was named it is a surprise.
    let named = options.paths.iter().any(|path| path.as_os_str() == file.name.as_str());
    if named && policies == 0 && found.is_empty() {
        let mark = diagnostics::Span::START;
        let help = "if there is one, name its filter: `--filter path-policy`";
        found.push(Finding::warning(mark, "no_policy", "there is no policy in this file", help));
    }
    found.retain(|found| {
        found.severity == Severity::Error || !options.allow.iter().any(|code| code == found.code)
    });
    Report { file: file.name, text: file.text, policies, found }
}

/// The filter of the one policy of a file.
///
/// # Errors
/// What is wrong with it, as `validate` shows it.
pub fn policy_of(file: &files::File, filter: Option<Filter>) -> Result<Filter, Failure> {
    let scene = Scene::of(&file.text, filter);
    let filter = scene.plain;
    let mut found = scene.found;
    found.retain(|found| found.severity == Severity::Error);
    if found.is_empty() {
        let message = format!("{}: this is not one policy, as it stands in a file of its own", file.name);
        return filter.ok_or_else(|| Failure::call(message));
    }
    let report = Report { file: file.name.clone(), text: file.text.clone(), policies: scene.policies, found };
    Err(Failure { message: report::text(&[report]).trim_end().to_owned(), exit: Exit::Problems })
}

#[cfg(test)]
mod tests {
    use super::finding::CODES;

    #[test]
    fn the_page_names_each_code() {
        let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/command.md");
        let page = std::fs::read_to_string(page).unwrap();
        let own = CODES.into_iter().map(|(_, code, about)| (code, about));
        for (code, about) in own.chain(lint::CODES) {
            assert!(page.contains(&format!("| `{code}` | {about} |")), "{code}: {about}");
        }
    }
}

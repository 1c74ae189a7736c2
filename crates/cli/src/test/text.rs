//! The results as text.

use super::exercised::Exercised;
use super::result::{CaseResult, FileResult};
use anstyle::{AnsiColor, Style};
use std::fmt::Write;

const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();
const DIM: Style = Style::new().dimmed();

/// Returns the result of each file, each failed case with its differences, and the rules that no case exercises.
pub fn page(tested: &[FileResult], exercised: &[Exercised]) -> String {
    let mut page = String::new();
    for file in tested {
        let passed = file.cases.iter().filter(|case| case.passed()).count();
        let style = if passed == file.cases.len() { GREEN } else { RED };
        let _ =
            writeln!(page, "{style}{}: {passed} of {} cases passed{style:#}", file.file, file.cases.len());
        for case in file.cases.iter().filter(|case| !case.passed()) {
            page += &failed(case);
        }
    }
    for policy in exercised.iter().filter(|policy| !policy.rules.is_empty()) {
        page += &format!("\n{}", share(policy));
    }
    let cases = || tested.iter().flat_map(|file| &file.cases);
    let passed = cases().filter(|case| case.passed()).count();
    let _ = writeln!(page, "\n{passed} passed, {} failed", cases().count() - passed);
    page
}

fn failed(case: &CaseResult) -> String {
    let mut text = format!("\n  {RED}{}{RED:#}  {DIM}{}{DIM:#}\n", case.name, case.request);
    match &case.differences {
        Err(error) => {
            let _ = writeln!(text, "    error: {error}");
        }
        Ok(differences) => {
            for difference in differences {
                let _ = writeln!(text, "    {}", difference.what);
                let _ = writeln!(text, "      expected {GREEN}{}{GREEN:#}", difference.expected);
                let _ = writeln!(text, "      got      {RED}{}{RED:#}", difference.observed);
            }
        }
    }
    text
}

/// Returns the share of the rules that a case exercises, and the names of the others.
fn share(policy: &Exercised) -> String {
    let (all, missing) = (policy.rules.len(), policy.missing().count());
    let percent = (all - missing) * 100 / all;
    let files = policy.files.join(", ");
    let mut text = format!("{} of {all} rules are exercised ({percent} %): {files}\n", all - missing);
    for rule in policy.missing() {
        let _ = writeln!(text, "  no case for {rule}");
    }
    text
}

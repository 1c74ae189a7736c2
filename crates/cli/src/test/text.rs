//! The results as text.

use super::exercised::Exercised;
use super::result::{CaseResult, FileResult};
use crate::style::{DIM, GREEN, RED, paint};
use std::fmt::Write;

/// Returns the result of each file, each failed case with its differences, and the rules that no case exercises.
pub fn page(tested: &[FileResult], (passed, failed): (usize, usize), exercised: &[Exercised]) -> String {
    let mut page = String::new();
    for file in tested {
        let (passed, failed) = file.counts();
        let style = if failed == 0 { GREEN } else { RED };
        let line = format!("{}: {passed} of {} cases passed", file.file, file.cases.len());
        let _ = writeln!(page, "{}", paint(style, line));
        page.extend(file.cases.iter().filter(|case| !case.passed).map(failure));
    }
    for policy in exercised.iter().filter(|policy| !policy.rules.is_empty()) {
        page += &format!("\n{}", share(policy));
    }
    page + &format!("\n{passed} passed, {failed} failed\n")
}

fn failure(case: &CaseResult) -> String {
    let mut text = format!("\n  {}  {}\n", paint(RED, &case.name), paint(DIM, &case.request));
    if let Some(error) = &case.error {
        let _ = writeln!(text, "    error: {error}");
    }
    for difference in &case.differences {
        let _ = writeln!(text, "    {}", difference.what);
        let _ = writeln!(text, "      expected {}", paint(GREEN, &difference.expected));
        let _ = writeln!(text, "      got      {}", paint(RED, &difference.observed));
    }
    text
}

/// Returns the share of the rules that a case exercises, and the names of the others.
fn share(policy: &Exercised) -> String {
    let (all, missing) = (policy.rules.len(), policy.rules.iter().filter(|rule| !rule.exercised));
    let exercised = all - missing.clone().count();
    let percent = exercised * 100 / all;
    let files = policy.files.join(", ");
    let mut text = format!("{exercised} of {all} rules are exercised ({percent} %): {files}\n");
    for rule in missing {
        let _ = writeln!(text, "  no case for rule {} of {}", rule.name, rule.module);
    }
    text
}

//! The outcome for people.

use super::{Exercised, Outcome, Tested};
use anstyle::{AnsiColor, Style};
use std::fmt::Write;

const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();
const DIM: Style = Style::new().dimmed();

/// Each file, each case that does not hold with what differs, and the rules that no case exercises.
pub fn page(tested: &[Tested], exercised: &[Exercised]) -> String {
    let mut page = String::new();
    for file in tested {
        let held = file.cases.iter().filter(|case| case.holds()).count();
        let style = if held == file.cases.len() { GREEN } else { RED };
        let _ = writeln!(page, "{style}{}: {held} of {} cases hold{style:#}", file.file, file.cases.len());
        for case in file.cases.iter().filter(|case| !case.holds()) {
            page += &failed(case);
        }
    }
    for policy in exercised.iter().filter(|policy| !policy.rules.is_empty()) {
        page += &format!("\n{}", share(policy));
    }
    let cases = || tested.iter().flat_map(|file| &file.cases);
    let held = cases().filter(|case| case.holds()).count();
    let _ = writeln!(page, "\n{held} passed, {} failed", cases().count() - held);
    page
}

fn failed(case: &Outcome) -> String {
    let mut text = format!("\n  {RED}{}{RED:#}  {DIM}{}{DIM:#}\n", case.name, case.request);
    match &case.differences {
        Err(error) => {
            let _ = writeln!(text, "    it cannot be run: {error}");
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

/// The share of the rules that some case exercises, and the others by name.
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

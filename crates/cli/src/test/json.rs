//! The results as JSON.

use super::exercised::Exercised;
use super::result::{CaseResult, FileResult};
use serde_json::{Value, json};

/// Returns each case with its differences, and the rules that no case exercises.
pub fn object(tested: &[FileResult], exercised: &[Exercised]) -> Value {
    let cases = || tested.iter().flat_map(|file| &file.cases);
    let passed = cases().filter(|case| case.passed()).count();
    json!({
        "passed": passed,
        "failed": cases().count() - passed,
        "files": tested.iter().map(file).collect::<Vec<_>>(),
        "policies": exercised.iter().map(policy).collect::<Vec<_>>(),
    })
}

fn file(tested: &FileResult) -> Value {
    json!({"file": tested.file, "cases": tested.cases.iter().map(case).collect::<Vec<_>>()})
}

fn case(outcome: &CaseResult) -> Value {
    let differences = outcome.differences.as_deref().unwrap_or_default().iter().map(|difference| {
        json!({
            "what": difference.what, "expected": difference.expected, "observed": difference.observed,
        })
    });
    json!({
        "name": outcome.name, "request": outcome.request, "passed": outcome.passed(),
        "error": outcome.differences.as_ref().err(), "differences": differences.collect::<Vec<_>>(),
    })
}

fn policy(exercised: &Exercised) -> Value {
    let names = |wanted: bool| {
        let rules = exercised.rules.iter().filter(|(_, is)| *is == wanted);
        rules
            .map(|(rule, _)| json!({"section": rule.module.section(), "rule": rule.name}))
            .collect::<Vec<_>>()
    };
    json!({"files": exercised.files, "exercised": names(true), "unexercised": names(false)})
}

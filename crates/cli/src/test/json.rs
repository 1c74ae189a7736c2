//! The results as JSON.

use super::exercised::Exercised;
use super::result::FileResult;
use serde_json::{Value, json};

/// Returns each case with its differences, and the rules that no case exercises.
pub fn object(tested: &[FileResult], (passed, failed): (usize, usize), exercised: &[Exercised]) -> Value {
    let policies: Vec<Value> = exercised.iter().map(policy).collect();
    json!({"passed": passed, "failed": failed, "files": tested, "policies": policies})
}

fn policy(policy: &Exercised) -> Value {
    let names = |exercised: bool| -> Value {
        let rules = policy.rules.iter().filter(|rule| rule.exercised == exercised);
        rules.map(|rule| json!({"section": rule.module.section(), "rule": rule.name})).collect()
    };
    json!({"files": policy.files, "exercised": names(true), "unexercised": names(false)})
}

//! The results of cases.

use cases::Difference;
use serde::Serialize;

/// The results of a file.
#[derive(Debug, Serialize)]
pub struct FileResult {
    /// The name of the file.
    pub file: String,
    /// The results of the cases.
    pub cases: Vec<CaseResult>,
}

impl FileResult {
    /// Returns the number of cases that passed, and of those that failed.
    pub fn counts(&self) -> (usize, usize) {
        let passed = self.cases.iter().filter(|case| case.passed).count();
        (passed, self.cases.len() - passed)
    }
}

/// The result of a case.
#[derive(Debug, Serialize)]
pub struct CaseResult {
    /// The name of the case.
    pub name: String,
    /// The method and the target.
    pub request: String,
    /// True if the case is valid and has no differences.
    pub passed: bool,
    /// Why the case is invalid.
    pub error: Option<String>,
    /// The differences from the expected decision.
    pub differences: Vec<Difference>,
}

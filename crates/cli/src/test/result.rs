//! The results of cases.

use cases::Difference;

/// The results of a file.
#[derive(Debug)]
pub struct FileResult {
    /// The name of the file.
    pub file: String,
    /// The results of the cases.
    pub cases: Vec<CaseResult>,
}

/// The result of a case.
#[derive(Debug)]
pub struct CaseResult {
    /// The name of the case.
    pub name: String,
    /// The method and the target.
    pub request: String,
    /// The differences, or why the case is invalid.
    pub differences: Result<Vec<Difference>, String>,
}

impl CaseResult {
    /// Returns true if the case is valid and has no differences.
    pub fn passed(&self) -> bool {
        self.differences.as_ref().is_ok_and(Vec::is_empty)
    }
}

//! How the command ends.

use std::process::ExitCode;

/// The exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
    Well = 0,
    /// Problems were found.
    Problems = 1,
    /// The call itself was wrong.
    WrongCall = 2,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command could not do its work.
#[derive(Debug)]
pub struct Failure {
    /// What standard error is told.
    pub message: String,
    /// The exit status.
    pub exit: Exit,
}

impl Failure {
    /// The call was wrong.
    pub fn call(message: impl std::fmt::Display) -> Self {
        Self { message: format!("error: {message}"), exit: Exit::WrongCall }
    }
}

//! The exit status of the command.

use std::path::Path;
use std::process::ExitCode;

/// The exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The command succeeded and found no problems.
    Success = 0,
    /// The command found problems.
    Problems = 1,
    /// The command line is invalid, or a file cannot be read or written.
    Usage = 2,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// An error that ends the command.
#[derive(Debug)]
pub struct Failure {
    /// The message for standard error.
    pub message: String,
    pub exit: Exit,
}

impl Failure {
    /// Creates the failure for an invalid command line or an unreadable file.
    pub fn usage(message: impl std::fmt::Display) -> Self {
        Self { message: format!("error: {message}"), exit: Exit::Usage }
    }

    /// Returns a function that creates the failure for a file or folder that cannot be read or written.
    pub fn file<E: std::fmt::Display>(path: &Path) -> impl Fn(E) -> Self {
        move |error| Self::usage(format_args!("{}: {error}", path.display()))
    }

    /// Creates the failure for input with a problem.
    pub fn problem(message: impl std::fmt::Display) -> Self {
        Self { message: format!("error: {message}"), exit: Exit::Problems }
    }
}

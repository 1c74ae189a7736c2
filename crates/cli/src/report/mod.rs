//! Renders diagnostics, in the same way for every subcommand.
//!
//! A new format is a variant of [`Format`] here, and its file.

mod github;
mod json;
mod sarif;
mod source;
mod text;

use crate::exit::{Exit, Failure};
use crate::files::File;
use crate::output;
use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use diagnostics::Diagnostic;

/// An output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Human-readable text
    Text,
    /// YAML with the comments of the policy
    Yaml,
    /// JSON for programs
    Json,
    /// GitHub workflow commands, shown as annotations of a pull request
    Github,
    /// SARIF 2.1.0 for code scanning
    Sarif,
}

impl Format {
    /// The formats of diagnostics.
    pub const DIAGNOSTICS: &[Self] = &[Self::Text, Self::Json, Self::Github, Self::Sarif];
    /// The formats of other output.
    pub const TEXT_OR_JSON: &[Self] = &[Self::Text, Self::Json];

    /// Returns a parser that accepts some of the formats.
    pub fn among(formats: &[Self]) -> impl TypedValueParser<Value = Self> + use<> {
        PossibleValuesParser::new(formats.iter().filter_map(ValueEnum::to_possible_value))
            .try_map(|name| Self::from_str(&name, false))
    }
}

/// Renders diagnostics; `policies` is the number of policies, if the command counts them.
pub fn render(format: Format, diagnostics: &[Diagnostic], files: &[File], policies: Option<usize>) -> String {
    match format {
        Format::Text | Format::Yaml => text::render(diagnostics, files, policies),
        Format::Json => json::render(diagnostics, policies),
        Format::Github => github::render(diagnostics),
        Format::Sarif => sarif::render(diagnostics),
    }
}

/// Reports errors in the input of a command that prints something else if there are none. JSON goes to standard output in
/// place of the result.
pub fn reject(diagnostics: &[Diagnostic], files: &[File], format: Format) -> Failure {
    let message = if format == Format::Json {
        if let Err(failure) = output::text(&json::render(diagnostics, None)) {
            return failure;
        }
        text::summary(diagnostics, None)
    } else {
        text::render(diagnostics, files, None).trim_end().to_owned()
    };
    Failure { message, exit: Exit::Problems }
}

#[cfg(test)]
mod tests {
    use super::{Format, ValueEnum};

    #[test]
    fn diagnostics_have_every_format_except_yaml() {
        let is_missing = |format: &&Format| !Format::DIAGNOSTICS.contains(format);
        assert!(Format::value_variants().iter().filter(is_missing).eq([&Format::Yaml]));
    }
}

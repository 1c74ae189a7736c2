//! Parsers for the values of flags that several subcommands have.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use modules::Module;

/// Returns a parser of the names of modules.
pub fn module() -> impl TypedValueParser<Value = Module> {
    let value = |module: Module| PossibleValue::new(module.name()).help(module.about());
    PossibleValuesParser::new(Module::ALL.map(value))
        .try_map(|name| Module::from_name(&name).ok_or("unknown filter"))
}

/// Parses a SHA-256 in hex, with or without the prefix `sha256:` or colons.
pub fn sha256(text: &str) -> Result<String, &'static str> {
    let hex = text.strip_prefix("sha256:").unwrap_or(text).replace(':', "").to_ascii_lowercase();
    let valid = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    if valid { Ok(hex) } else { Err("write the SHA-256 as 64 hex digits") }
}

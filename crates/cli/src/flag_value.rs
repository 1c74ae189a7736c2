//! Parsers for the values of flags that several subcommands have.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use modules::Module;

/// Returns a parser of the names of modules.
pub fn module() -> impl TypedValueParser<Value = Module> {
    let value = |module: Module| PossibleValue::new(module.name()).help(module.about());
    PossibleValuesParser::new(Module::ALL.map(value))
        .try_map(|name| Module::from_name(&name).ok_or("unknown filter"))
}

//! The tests and checks of the project.

mod steps;
mod tally;

use crate::run::say;
use crate::toolchain;
use anyhow::Result;
pub(crate) use steps::Options;
use tally::Tally;

/// Runs the tests. The last line has their number. Returns true if all of them passed.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let steps = steps::selected(options)?;
    // Before the first long step.
    toolchain::ensure_target(toolchain::MODULES)?;
    toolchain::ensure_target(toolchain::ENGINE)?;
    toolchain::ensure_component("rustfmt", "fmt")?;
    toolchain::ensure_component("clippy", "clippy")?;
    let mut tally = Tally::default();
    for (index, (name, step)) in steps.iter().enumerate() {
        say(&format!("{name} ({} of {})", index + 1, steps.len()));
        tally.step(name, step);
    }
    if options.quick {
        tally.leave_out("Envoy and the modules, because of `--quick`".to_owned())?;
    }
    Ok(tally.finish(options.all))
}

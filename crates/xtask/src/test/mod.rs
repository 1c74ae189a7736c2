//! The tests and checks of the project.

mod steps;
mod tally;

use crate::run::say;
pub(crate) use steps::Options;
use tally::Tally;

/// Runs the tests. The last line has their number. Returns true if all of them passed.
pub(crate) fn run(options: &Options) -> bool {
    let mut tally = Tally::default();
    let steps = steps::steps(options);
    for (index, (name, step)) in steps.iter().enumerate() {
        say(&format!("{name} ({} of {})", index + 1, steps.len()));
        tally.step(name, step);
    }
    if options.quick {
        tally.step("quick", &|tally| {
            tally.leave_out("Envoy and the modules, because of `--quick`".to_owned())
        });
    }
    tally.finish(options.all)
}

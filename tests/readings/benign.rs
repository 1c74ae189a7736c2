//! Requests of real applications, which pass where nothing denies them.

use libtest_mimic::Trial;

/// Returns the trials.
pub fn trials() -> Vec<Trial> {
    Vec::new()
}

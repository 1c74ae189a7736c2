//! What time it is.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Seconds since 1970.
pub(crate) fn seconds() -> u64 {
    since_1970().as_secs()
}

/// Milliseconds since 1970.
pub(crate) fn milliseconds() -> u64 {
    u64::try_from(since_1970().as_millis()).unwrap_or(u64::MAX)
}

/// A number that is another each time, and that nobody's safety hangs on.
pub(crate) fn any_number() -> u64 {
    u64::from(since_1970().subsec_nanos())
}

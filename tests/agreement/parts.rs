//! Parts of paths, hosts and headers. Policies and requests choose from the same few, so that rules match.

use testkit::random::Random;

/// Segments of paths.
pub const SEGMENTS: [&str; 12] =
    ["api", "v1", "users", "admin", "files", "static", "plan.txt", "a.bak", "b", "x", "main.css", "7"];

/// Header names of letters and dashes.
pub const HEADERS: [&str; 4] = ["x-role", "x-team", "x-stage", "x-trace"];

/// Header values.
pub const VALUES: [&str; 6] = ["admin", "user", "guest", "user, admin", "a-long-value", ""];

/// Query parameters.
pub const PARAMETERS: [&str; 3] = ["debug", "page", "x"];

/// Methods.
pub const METHODS: [&str; 5] = ["GET", "POST", "PUT", "DELETE", "PATCH"];

/// Returns a path of segments.
pub fn path(random: &mut Random) -> String {
    let segments = (0..=random.below(4)).map(|_| format!("/{}", random.one(&SEGMENTS)));
    segments.collect()
}

/// Returns a host; the policy with the most entries has an entry for each.
pub fn host(random: &mut Random) -> String {
    match random.below(8) {
        0 => format!("deep.h{}.example.com", random.below(6)),
        1 => "elsewhere.example".to_owned(),
        _ => format!("h{}.example.com", random.below(6)),
    }
}

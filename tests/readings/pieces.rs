//! The parts that spellings are made of.

/// Spellings that a server may read as a slash.
pub const SLASHES: [&str; 46] = [
    "/",
    "//",
    "///",
    "/./",
    "/.//",
    "//./",
    "/%2e/",
    "/%2E/",
    "/.;/",
    "/.;x=y/",
    "/%2e;/",
    "/.%3b/",
    "/;/",
    "/;x/",
    "/%3b/",
    ";/",
    ";x/",
    ";x=y/",
    ";;/",
    "%3b/",
    "%3Bx/",
    "%253b/",
    ";x%2f",
    ";x%2fy/",
    ";x\\y/",
    ";x%5cy/",
    "%2f",
    "%2F",
    "%2f%2f",
    "/%2f",
    "%2f/",
    "%2f.%2f",
    "%252f",
    "%252F",
    "%25%32%66",
    "\\",
    "\\\\",
    "/\\",
    "\\.\\",
    "%5c",
    "%5C",
    "%255c",
    "%c0%af",
    "%C0%AF",
    "%e0%80%af",
    "%u002f",
];

/// The most important of them.
pub const FEW_SLASHES: [&str; 9] = ["/", "//", "/./", ";/", ";x/", "%2f", "\\", "%5c", "%252f"];

/// Spellings that a server may read as `..`.
pub const UPS: [&str; 22] = [
    "..",
    "%2e%2e",
    "%2E%2E",
    ".%2e",
    "%2E.",
    "..;",
    "..;x",
    "..;x=y",
    "..;a;b",
    "%2e%2e;",
    ".%2e;x",
    "..%3b",
    "..%3bx",
    "..%253b",
    "%252e%252e",
    ".%252e",
    "%25%32%65.",
    "%c0%ae%c0%ae",
    "..;x%2fy",
    "..;x%5cy",
    "..;x\\y",
    "..;%2f..",
];

/// The most important of them.
pub const FEW_UPS: [&str; 7] = ["..", ".%2e", "..;", "..;x%2fy", "..;x\\y", "..%3b", "%252e."];

/// Segments before a `..`, some of which are one segment to one server and two to another.
pub const JUNK: [&str; 9] =
    ["/public", "/a", "/a;b", "/;", "/a%3bb", "/a;x%2fy", "/a;x%5cy", "/a;x\\y", "/a;x%252fy"];

/// Text that may follow the file name.
pub const TAILS: [&str; 37] = [
    "?",
    "?q",
    "?/../public",
    "?;x",
    "%3f",
    "%3fq",
    "#",
    "#x",
    "%23",
    "%23x",
    ";",
    ";x",
    ";x=y",
    ";/",
    ";x/",
    "%3b",
    "%3bx",
    ";x%2f..",
    ";x%2fy",
    ";x?q",
    "/",
    "//",
    "/.",
    "/./",
    "/%2e",
    "/..",
    "/x/..",
    "/x/../",
    "/../secret.html",
    "/x;/..;/",
    "%2f",
    "%5c",
    "\\",
    ".",
    "%20",
    "%00",
    "%2500",
];

/// Letters and escapes of other letters that are equal to them if case is ignored by the rules of Unicode.
pub const FOLDED: [(char, &str); 4] = [('k', "%e2%84%aa"), ('s', "%c5%bf"), ('i', "%c4%b0"), ('i', "%c4%b1")];

/// The denied paths.
pub const DENIED: [&str; 5] =
    ["/private/secret.html", "/admin", "/files/plan.txt", "/files/plan.bak", "/users/7/keys"];

/// Paths that the policies allow or rewrite, which a request starts with.
pub const STARTS: [&str; 14] = [
    "/drop/x",
    "/d/x",
    "/public",
    "/api",
    "/api/x",
    "/r",
    "/r/x/y",
    "/t/5",
    "/minus",
    "/minus/a",
    "/users/7/posts",
    "/a",
    "/team/red/page",
    "/files",
];

/// What a request may end with so that a policy allows it.
pub const ENDS: [&str; 10] = [
    "/x.css",
    ";x.css",
    "%3fx.css",
    "%23.css",
    ".css",
    "%2fx.css",
    "/../x.css",
    "/posts",
    "%00.css",
    "%20.css",
];

/// Header names that move a path, and the targets that they are sent with.
pub const MOVERS: [&str; 16] = [
    "SCRIPT_NAME",
    "Script-Name",
    "PATH_INFO",
    "Path-Info",
    "REQUEST_URI",
    "X-Original-URL",
    "X_Original_URL",
    "X-Rewrite-URL",
    "X-Original-URI",
    "X-Forwarded-Prefix",
    "X-Forwarded-Path",
    "X-Forwarded-Uri",
    "X-Script-Name",
    "X-Envoy-Original-Path",
    "Unencoded-Url",
    "Destination",
];

//! The requests: systematic spellings, and random ones from a seed.

use crate::pieces::{FEW_SLASHES, FOLDED, JUNK, SLASHES, TAILS, UPS};
use crate::spellings::{self, Spelling};
use cases::SeenUpstream;
use std::collections::BTreeSet;
use std::fmt;
use testkit::http::Request;

/// A request: a target and header lines.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ask {
    target: Spelling,
    host: Vec<u8>,
    lines: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Ask {
    fn new(target: impl Into<Spelling>) -> Self {
        Self { target: target.into(), host: HOST.to_vec(), lines: Vec::new() }
    }

    /// Returns the request as it is sent.
    pub fn request(&self) -> Request {
        Request {
            target: Some(self.target.clone()),
            authority: Some(self.host.clone()),
            lines: self.lines.clone(),
            ..Request::get("/")
        }
    }

    /// Returns true if further segments follow the name of a file.
    pub fn has_path_info(&self) -> bool {
        let path = String::from_utf8_lossy(&self.target).replace("%2F", "/").replace("%2f", "/");
        let after = |file: &str| path.split_once(file).map(|(_, after)| after.to_owned());
        let names = ["secret.html/", "plan.txt/", "plan.bak/"];
        names.into_iter().filter_map(after).any(|after| !after.trim_matches(['/', '.']).is_empty())
    }

    /// Returns this request as an upstream saw it, without the header lines that Envoy adds.
    pub fn seen(&self, seen: SeenUpstream) -> Self {
        let host = seen.headers.iter().find(|(name, _)| name == b"host").map(|(_, host)| host.clone());
        let sent = |name: &[u8]| self.lines.iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
        let lines = seen.headers.into_iter().filter(|(name, _)| sent(name)).collect();
        Self { target: seen.target, host: host.unwrap_or_default(), lines }
    }
}

impl fmt::Display for Ask {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.target.escape_ascii())?;
        for (name, value) in &self.lines {
            write!(formatter, " [{}: {}]", name.escape_ascii(), value.escape_ascii())?;
        }
        Ok(())
    }
}

const HOST: &[u8] = b"shop.example.com";

/// The denied paths.
const DENIED: [&str; 5] =
    ["/private/secret.html", "/admin", "/files/plan.txt", "/files/plan.bak", "/users/7/keys"];

/// Paths that the policies allow or rewrite, which a request starts with.
const STARTS: [&str; 14] = [
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
const ENDS: [&str; 10] = [
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
const MOVERS: [&str; 16] = [
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

/// Random requests from a seed (SplitMix64).
#[derive(Debug)]
pub struct Generator {
    state: u64,
}

impl Generator {
    /// Creates a generator.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// Returns the systematic requests and this many random ones, each once.
    pub fn asks(mut self, random: usize) -> Vec<Ask> {
        let mut all: BTreeSet<Ask> = spellings::all().into_iter().map(Ask::new).collect();
        all.extend(moved());
        all.extend(ended());
        let enough = all.len() + random;
        while all.len() < enough {
            all.insert(self.ask());
        }
        all.into_iter().collect()
    }

    fn ask(&mut self) -> Ask {
        let mut target = String::new();
        if self.one_in(2) {
            let start = self.pick(&STARTS);
            target.push_str(&self.spelled(start));
            for _ in 0..=start.matches('/').count() {
                self.climb(&mut target);
            }
        } else if self.one_in(3) {
            target.push_str(self.pick(&JUNK));
            self.climb(&mut target);
        }
        let denied = self.pick(&DENIED);
        target.push_str(&self.spelled(denied));
        if self.one_in(3) {
            target.push_str(self.pick(&TAILS));
        }
        if self.one_in(6) {
            target.push_str(self.pick(&ENDS));
        }
        if self.one_in(40) {
            target.insert_str(0, self.pick(&["http://shop.example.com", "//x", "/", "%2f", "http:/"]));
        }
        let mut bytes = target.into_bytes();
        if self.one_in(12) && !bytes.is_empty() {
            let at = self.below(bytes.len());
            let odd = self.pick(&[
                "%2f", "%5c", ";", "%3b", "?", "%3f", "#", "%23", ":", "@", "%00", "%09", "%20", "+", "&",
                "*", "~", "|", "\"", "<", "%", "%0d%0a", "\\", "%c2%a0", "\u{ff0f}", "\u{2025}", ".", "/",
            ]);
            bytes.splice(at..at, odd.bytes());
        }
        Ask::new(bytes)
    }

    /// Adds a slash and `..`, in some spelling, or sometimes nothing.
    fn climb(&mut self, target: &mut String) {
        if self.one_in(8) {
            return;
        }
        let slash = if self.one_in(2) { "/" } else { self.pick(&SLASHES) };
        target.push_str(slash);
        target.push_str(if self.one_in(3) { ".." } else { self.pick(&UPS) });
    }

    /// Returns a path in another spelling.
    fn spelled(&mut self, path: &str) -> String {
        let (rare, slashes) = (6 + self.below(60), self.one_in(2));
        let mut spelled = String::new();
        for letter in path.chars() {
            if letter == '/' && slashes && self.one_in(2) {
                spelled.push_str(self.pick(&SLASHES));
            } else if self.one_in(rare) {
                spelled.push_str(&self.letter(letter));
            } else {
                spelled.push(letter);
            }
        }
        spelled
    }

    fn letter(&mut self, letter: char) -> String {
        let code = u32::from(letter);
        let folded = FOLDED.iter().filter(|(from, _)| *from == letter.to_ascii_lowercase());
        let folded: Vec<&str> = folded.map(|(_, to)| *to).collect();
        match self.below(8) {
            0 => format!("%{code:02x}"),
            1 => format!("%{code:02X}"),
            2 => format!("%25{code:02x}"),
            3 => format!("%2525{code:02x}"),
            4 if !folded.is_empty() => self.pick(&folded).to_owned(),
            5 => format!("%c{:x}%{:02x}", code >> 6, 0x80 | (code & 0x3f)),
            6 => format!("%u00{code:02x}"),
            _ => letter.to_ascii_uppercase().to_string(),
        }
    }

    fn pick<'a>(&mut self, all: &[&'a str]) -> &'a str {
        let at = self.below(all.len());
        all[at]
    }

    fn one_in(&mut self, number: usize) -> bool {
        self.below(number) == 0
    }

    fn below(&mut self, limit: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit.max(1) as u64).unwrap_or_default()
    }
}

/// Returns requests with a header that may move the path.
fn moved() -> Vec<Ask> {
    let mut all = Vec::new();
    for name in MOVERS {
        for denied in DENIED {
            let mut add = |target: &str, value: &str| {
                let line = (name.as_bytes().to_vec(), value.as_bytes().to_vec());
                all.push(Ask { lines: vec![line], ..Ask::new(target) });
            };
            add("/public/index.html", denied);
            add("/", denied);
            add("/api/x", denied);
            add(&format!("/public{denied}"), "/public");
            add(&format!("/x{denied}"), "/x");
            let (folder, rest) = denied.split_at(denied.rfind('/').unwrap_or_default());
            add(rest, folder);
        }
    }
    all
}

/// Returns requests that leave the prefix of a rewrite.
fn left() -> Vec<Ask> {
    let mut all = Vec::new();
    for start in ["/drop/x", "/d/x", "/minus", "/api", "/t"] {
        for up in UPS.iter().chain(&[".-.", "-..", "%2e-%2e"]) {
            for slash in FEW_SLASHES {
                for denied in ["private/secret.html", "users/7/keys", "admin"] {
                    let escaped = denied.replace('/', slash);
                    all.push(Ask::new(format!("{start}/{up}{slash}{denied}")));
                    all.push(Ask::new(format!("{start}/{up}{slash}{escaped}")));
                }
            }
        }
    }
    all
}

/// Returns the denied paths with each end, each escape and each tail.
fn ended() -> Vec<Ask> {
    let mut all = Vec::new();
    for denied in DENIED {
        for end in ENDS.iter().chain(&TAILS) {
            for start in
                ["", "/public/..", "/api/../..", "/api/..%2f..", "/t/..;", "/r/.-./.-.", "/minus/.-./.-."]
            {
                all.push(Ask::new(format!("{start}{denied}{end}")));
            }
        }
        for start in STARTS {
            for up in UPS {
                let (one, two) = (format!("/{up}"), format!("/{up}/{up}"));
                all.extend([one, two].map(|ups| Ask::new(format!("{start}{ups}{denied}"))));
            }
        }
    }
    all.extend(left());
    for escaped in 0..=255_u8 {
        all.push(Ask::new(format!("/admin%{escaped:02x}")));
        all.push(Ask::new(format!("/admin%{escaped:02x}x")));
        all.push(Ask::new(format!("/public%{escaped:02x}/../admin")));
        all.push(Ask::new(format!("/%{escaped:02x}/admin")));
        all.push(Ask::new(format!("/files/plan.txt%{escaped:02x}")));
        all.push(Ask::new(format!("/files/plan.bak%{escaped:02x}.css")));
    }
    all
}

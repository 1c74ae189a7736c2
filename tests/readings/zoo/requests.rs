//! The requests: systematic spellings of the denied paths, alone and behind paths that policies allow or rewrite.

use super::answer::decode_unreserved;
use crate::pieces::{DENIED, ENDS, FEW_SLASHES, MOVERS, STARTS, TAILS, UPS};
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
    /// Creates a request without header lines.
    pub fn new(target: impl Into<Spelling>) -> Self {
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
        let path = decode_unreserved(&self.target).replace("%2F", "/").replace("%2f", "/");
        let after = |file: &str| path.split_once(file).map(|(_, after)| after.to_owned());
        let names = ["secret.html/", "plan.txt/", "plan.bak/"];
        names.into_iter().filter_map(after).any(|after| !after.trim_matches(['/', '.']).is_empty())
    }

    /// Returns this request as an upstream saw it, without the header lines that Envoy adds.
    pub fn seen(&self, seen: SeenUpstream) -> Self {
        let sent = |name: &[u8]| self.lines.iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
        let lines = seen.headers.into_iter().filter(|(name, _)| sent(name)).collect();
        Self { target: seen.target, host: seen.authority, lines }
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

/// Returns the systematic requests.
pub fn systematic() -> BTreeSet<Ask> {
    let mut all: BTreeSet<Ask> = spellings::all().into_iter().map(Ask::new).collect();
    all.extend(moved());
    all.extend(ended());
    all.extend(left());
    all.extend(kept());
    all
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

/// Returns requests under a denied path that lead out of it for a server that resolves dot segments.
fn kept() -> Vec<Ask> {
    let mut all = Vec::new();
    for denied in ["/private", "/admin", "/users/7/keys"] {
        for up in UPS {
            for slash in FEW_SLASHES {
                for (after, rest) in
                    [("/", "public/index.html"), (slash, "public"), (slash, "x.css"), ("", "")]
                {
                    all.push(Ask::new(format!("{denied}{slash}{up}{after}{rest}")));
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

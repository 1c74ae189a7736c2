//! Spellings of `/private/secret.html` that attackers use to bypass a rule, and systematic combinations of
//! their parts.

use crate::pieces::{FEW_SLASHES, FEW_UPS, JUNK, SLASHES, TAILS, UPS};
use std::collections::BTreeSet;

/// A request target, as bytes.
pub type Spelling = Vec<u8>;

/// The denied file.
pub const FILE: &str = "/private/secret.html";

/// Returns every spelling once.
pub fn all() -> Vec<Spelling> {
    let mut all = BTreeSet::from([FILE.to_owned()]);
    slashes(&mut all);
    left_again(&mut all);
    left_twice(&mut all);
    left_within(&mut all);
    letters(&mut all);
    tails(&mut all);
    above_root(&mut all);
    absolute_forms(&mut all);
    all.into_iter().map(String::into_bytes).chain(raw_overlong()).collect()
}

/// Spellings of the slashes.
fn slashes(all: &mut BTreeSet<String>) {
    for first in SLASHES {
        all.extend(SLASHES.map(|second| format!("{first}private{second}secret.html")));
    }
}

/// A segment followed by `..`.
fn left_again(all: &mut BTreeSet<String>) {
    for junk in JUNK {
        for up in UPS {
            for slash in FEW_SLASHES {
                all.insert(format!("{junk}{slash}{up}{slash}private/secret.html"));
                all.insert(format!("{junk}/{up}{slash}private/secret.html"));
            }
        }
    }
}

/// Two segments followed by `..`, for readings that go up too far or not far enough, or whose dots
/// are resolved once by Envoy and again by the server.
fn left_twice(all: &mut BTreeSet<String>) {
    for slash in FEW_SLASHES {
        for first in FEW_UPS {
            for second in FEW_UPS {
                all.insert(format!("/a{slash}b/{first}/{second}/private/secret.html"));
                all.insert(format!("/a/{first}{slash}b/{second}/private/secret.html"));
                all.insert(format!("/a//{first}/{second}{slash}private/secret.html"));
                all.insert(format!("/a{slash}b/{first}/c{slash}{second}/private/secret.html"));
            }
        }
    }
}

/// `..` between the folder and the file, and after slashes that are merged before or after it is resolved.
fn left_within(all: &mut BTreeSet<String>) {
    for up in UPS {
        for slash in FEW_SLASHES {
            all.insert(format!("/private{slash}a/{up}{slash}secret.html"));
            all.insert(format!("/private{slash}{up}{slash}private/secret.html"));
            all.insert(format!("/a{slash}b//{up}/{slash}private/secret.html"));
        }
    }
}

/// Letters as escapes, double escapes, overlong sequences, and in the other case.
fn letters(all: &mut BTreeSet<String>) {
    for spell in [lower, upper, escaped_again, digits_escaped, overlong, other_case] {
        for at in 0..FILE.len() {
            all.insert(spelled(&[at], spell));
            all.insert(format!("/public/..{}", spelled(&[at], spell)));
        }
        all.insert(spelled(&(1..FILE.len()).collect::<Vec<_>>(), spell));
    }
    for at in 0..FILE.len() {
        all.extend((0..at).map(|before| spelled(&[before, at], lower)));
    }
}

fn lower(byte: u8) -> String {
    format!("%{byte:02x}")
}

fn upper(byte: u8) -> String {
    format!("%{byte:02X}")
}

fn escaped_again(byte: u8) -> String {
    format!("%25{byte:02x}")
}

fn digits_escaped(byte: u8) -> String {
    let digits: String = format!("{byte:02x}").bytes().map(lower).collect();
    format!("%{digits}")
}

fn overlong(byte: u8) -> String {
    format!("%{:02x}%{:02x}", 0xc0 | (byte >> 6), 0x80 | (byte & 0x3f))
}

/// The same file if the file system ignores case.
fn other_case(byte: u8) -> String {
    char::from(byte).to_ascii_uppercase().to_string()
}

/// Returns the file with the bytes at these positions spelled differently.
fn spelled(places: &[usize], spell: fn(u8) -> String) -> String {
    let byte = |(at, byte)| if places.contains(&at) { spell(byte) } else { char::from(byte).to_string() };
    FILE.bytes().enumerate().map(byte).collect()
}

/// Text after the file name.
fn tails(all: &mut BTreeSet<String>) {
    for path in [
        FILE,
        "//private/secret.html",
        "/./private/secret.html",
        "/private;x/secret.html",
        "/private%2fsecret.html",
        "/private\\secret.html",
        "/private%5csecret.html",
        "/%70rivate/secret.html",
        "/a/../private/secret.html",
        "/a/..;/private/secret.html",
        "/a/..%2fprivate/secret.html",
        "/a;x%2fy/..%2fprivate/secret.html",
    ] {
        all.extend(TAILS.map(|tail| format!("{path}{tail}")));
    }
}

/// Paths above the root, and targets without a leading slash.
fn above_root(all: &mut BTreeSet<String>) {
    for up in UPS {
        for slash in FEW_SLASHES {
            all.insert(format!("{slash}{up}/private/secret.html"));
            all.insert(format!("/{up}{slash}private/secret.html"));
            all.insert(format!("{up}{slash}{up}{slash}private{slash}secret.html"));
        }
    }
    all.insert("private/secret.html".to_owned());
}

/// Targets in absolute form (RFC 9112, section 3.2.2), valid and invalid.
fn absolute_forms(all: &mut BTreeSet<String>) {
    for head in [
        "http://shop.example.com",
        "HTTP://shop.example.com:80",
        "https://shop.example.com",
        "http://u@shop.example.com",
        "//shop.example.com",
    ] {
        for first in FEW_SLASHES {
            all.extend(FEW_SLASHES.map(|second| format!("{head}{first}private{second}secret.html")));
            all.extend(FEW_UPS.map(|up| format!("{head}/a{first}{up}/private/secret.html")));
        }
    }
}

/// Overlong slashes and dots as raw bytes.
fn raw_overlong() -> [Spelling; 4] {
    [
        b"/private\xc0\xafsecret.html".to_vec(),
        b"/public/..\xc0\xafprivate/secret.html".to_vec(),
        b"/public/\xc0\xae\xc0\xae/private/secret.html".to_vec(),
        b"/public/.\xc0\xae/private/secret.html".to_vec(),
    ]
}

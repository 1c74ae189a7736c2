//! Random requests.

use super::requests::{Ask, systematic};
use crate::pieces::{DENIED, ENDS, FOLDED, JUNK, SLASHES, STARTS, TAILS, UPS};
use testkit::random::Random;

/// Bytes that some servers treat in a special way.
const ODD: [&str; 28] = [
    "%2f", "%5c", ";", "%3b", "?", "%3f", "#", "%23", ":", "@", "%00", "%09", "%20", "+", "&", "*", "~", "|",
    "\"", "<", "%", "%0d%0a", "\\", "%c2%a0", "\u{ff0f}", "\u{2025}", ".", "/",
];

/// Random requests.
#[derive(Debug)]
pub struct Generator(Random);

impl Generator {
    /// Creates a generator with this seed.
    pub fn new(seed: u64) -> Self {
        Self(Random::new(seed))
    }

    /// Returns the systematic requests and this many random ones, each once.
    pub fn asks(mut self, random: usize) -> Vec<Ask> {
        let mut all = systematic();
        let enough = all.len() + random;
        while all.len() < enough {
            all.insert(self.ask());
        }
        all.into_iter().collect()
    }

    fn ask(&mut self) -> Ask {
        let mut target = String::new();
        if self.0.one_in(2) {
            let start = self.pick(&STARTS);
            target.push_str(&self.spelled(start));
            for _ in 0..=start.matches('/').count() {
                self.climb(&mut target);
            }
        } else if self.0.one_in(3) {
            target.push_str(self.pick(&JUNK));
            self.climb(&mut target);
        }
        let denied = self.pick(&DENIED);
        target.push_str(&self.spelled(denied));
        if self.0.one_in(3) {
            target.push_str(self.pick(&TAILS));
        }
        if self.0.one_in(6) {
            target.push_str(self.pick(&ENDS));
        }
        if self.0.one_in(40) {
            target.insert_str(0, self.pick(&["http://shop.example.com", "//x", "/", "%2f", "http:/"]));
        }
        let mut bytes = target.into_bytes();
        if self.0.one_in(12) && !bytes.is_empty() {
            let at = self.0.below(bytes.len());
            let odd = self.pick(&ODD);
            bytes.splice(at..at, odd.bytes());
        }
        Ask::new(bytes)
    }

    /// Adds a slash and `..`, in some spelling, or sometimes nothing.
    fn climb(&mut self, target: &mut String) {
        if self.0.one_in(8) {
            return;
        }
        let slash = if self.0.one_in(2) { "/" } else { self.pick(&SLASHES) };
        target.push_str(slash);
        target.push_str(if self.0.one_in(3) { ".." } else { self.pick(&UPS) });
    }

    /// Returns a path in another spelling.
    fn spelled(&mut self, path: &str) -> String {
        let (rare, slashes) = (6 + self.0.below(60), self.0.one_in(2));
        let mut spelled = String::new();
        for letter in path.chars() {
            if letter == '/' && slashes && self.0.one_in(2) {
                spelled.push_str(self.pick(&SLASHES));
            } else if self.0.one_in(rare) {
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
        match self.0.below(8) {
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
        self.0.one(all)
    }
}

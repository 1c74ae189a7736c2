//! The readings of a path: the time for ordinary paths, and for the worst paths that a search finds.
//!
//! `cargo bench -p benches --bench paths` searches for some seconds; `-- SECONDS SEED` changes that.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "benchmarks")]

use policy::http::{Normalize, PathLimits, RequestPath};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Bytes of the worst paths, the default of `limits.maxPathBytes`.
const BYTES: usize = 8192;

/// Spellings with more than one reading, and some text.
const PIECES: [&str; 24] = [
    "a",
    "aaaaaaaaaaaaaaaa",
    "%20",
    "%2F",
    "%5C",
    "%3A",
    "%3B",
    "%3F",
    "%23",
    "%25",
    "%2541",
    "%252F",
    "%253F",
    "%2525",
    "%25252F",
    "\\",
    ";",
    ";x",
    "/",
    "//",
    "/a",
    "/./",
    "..",
    "%C3%A9",
];

/// A path: a start, a piece of text that is repeated, and an end.
#[derive(Clone, Default)]
struct Shape([Vec<&'static str>; 3]);

impl Shape {
    fn path(&self) -> Vec<u8> {
        let [start, middle, end] = &self.0;
        let (start, middle, end) = (start.concat(), middle.concat(), end.concat());
        let room = BYTES.saturating_sub(1 + start.len() + end.len());
        let times = room.checked_div(middle.len()).unwrap_or_default();
        // At most 128 segments.
        let slashes = middle.matches('/').count();
        let most = 120_usize.checked_div(slashes).unwrap_or(usize::MAX);
        let times = times.min(most);
        let padding = "a".repeat(room - times * middle.len());
        format!("/{start}{padding}{}{end}", middle.repeat(times)).into_bytes()
    }

    /// Returns a variant with one piece more, less or changed.
    fn mutated(&self, random: &mut Random) -> Self {
        let mut shape = self.clone();
        for _ in 0..=random.below(2) {
            let part = random.below(3);
            let Some(part) = shape.0.get_mut(part) else { continue };
            let piece = PIECES.get(random.below(PIECES.len())).copied().unwrap_or_default();
            let place = random.below(part.len() + 1);
            match random.below(3) {
                0 if part.len() > place => drop(part.remove(place)),
                1 if part.len() > place => part.splice(place..=place, [piece]).for_each(drop),
                _ => part.insert(place, piece),
            }
            part.truncate(16);
        }
        shape
    }
}

/// The xorshift generator.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or_default().checked_rem(bound).unwrap_or_default()
    }
}

fn parse<'p>(path: &'p [u8], normalize: &Normalize) -> Result<RequestPath<'p>, policy::decision::Reason> {
    RequestPath::parse(path, b"GET", normalize, &PathLimits::default())
}

/// Returns the shortest of some runs.
fn time(path: &[u8], normalize: &Normalize, runs: u32) -> Duration {
    let run = |_| {
        let start = Instant::now();
        let _ = black_box(parse(black_box(path), normalize));
        start.elapsed()
    };
    (0..runs).map(run).min().unwrap_or_default()
}

/// Returns the outcome, in short.
fn outcome(path: &[u8], normalize: &Normalize) -> String {
    match parse(path, normalize) {
        Ok(read) => {
            let bytes: usize = read.readings().map(str::len).sum();
            format!("{} readings, {bytes} bytes", read.readings().count())
        }
        Err(reason) => reason.to_string(),
    }
}

/// Searches for the slowest path, from some starts.
fn search(seconds: u64, seed: u64) -> Vec<(Duration, Shape)> {
    let (normalize, mut random, mut found) = (Normalize::default(), Random(seed | 1), Vec::new());
    let end = Instant::now() + Duration::from_secs(seconds);
    while Instant::now() < end {
        let (mut worst, mut shape) = (Duration::ZERO, Shape::default());
        for _ in 0..400 {
            let other = shape.mutated(&mut random);
            let path = other.path();
            let taken = time(&path, &normalize, 2);
            if taken >= worst {
                (worst, shape) = (time(&path, &normalize, 5), other);
            }
        }
        found.push((worst, shape));
    }
    found.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
    found
}

fn main() {
    let normalize = Normalize::default();
    let long = format!("/{}", "a".repeat(BYTES - 1));
    let escaped = format!("/{}", "%20".repeat(BYTES / 3 - 1));
    for path in ["/", "/api/v1/users/7", "/a%20b", "/map;lat=1", "/a%2Fb", "/a/../b", &long, &escaped] {
        let taken = time(path.as_bytes(), &normalize, 2000);
        let short = path.get(..20).unwrap_or(path);
        println!("{taken:>10.2?}  {} bytes  {short}", path.len());
    }
    let numbers: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let (seconds, seed) = match numbers.as_slice() {
        [] => (10, 1),
        [seconds] => (*seconds, 1),
        [seconds, seed, ..] => (*seconds, *seed),
    };
    for (_, shape) in search(seconds, seed).iter().take(6) {
        let path = shape.path();
        println!("{:>10.2?}  {}  {:?}", time(&path, &normalize, 50), outcome(&path, &normalize), shape.0);
    }
}

//! Random requests.

use crate::parts::{HEADERS, METHODS, PARAMETERS, VALUES, host, path};
use crate::policies::Tokens;
use cases::Request;
use testkit::random::Random;

/// Spellings of a slash.
const SLASHES: [&str; 6] = ["%2f", "%5C", "\\", "//", "/./", "%252f"];

/// Text between segments, or at the end of a path.
const ODD: [&str; 14] = [
    "/..",
    "/%2e%2e",
    "/.%2e/",
    ";v=1",
    "%3b",
    "%3F",
    "%23x",
    "%253f",
    "/",
    ".",
    "%20",
    "..;",
    "%2e",
    "/..%2fadmin",
];

/// Names of headers that some servers read as others.
const ODD_HEADERS: [&str; 6] =
    ["x_role", "X.Team", "script_name", "x-original-url", "x-http-method-override", "x!role"];

/// Returns random requests.
pub fn requests(random: &mut Random, number: usize, tokens: &Tokens) -> Vec<Request> {
    (0..number).map(|_| request(random, tokens)).collect()
}

fn request(random: &mut Random, tokens: &Tokens) -> Request {
    let mut target = spelled(random);
    if random.one_in(4) {
        let separator = if random.one_in(6) { ";" } else { "&" };
        let pairs = (0..=random.below(2))
            .map(|_| format!("{}={}", random.one(&PARAMETERS), random.one(&VALUES).replace(' ', "+")));
        target = format!("{target}?{}", pairs.collect::<Vec<_>>().join(separator));
    }
    let mut headers = Vec::new();
    for _ in 0..random.below(4) {
        let name = if random.one_in(5) { random.one(&ODD_HEADERS) } else { random.one(&HEADERS) };
        headers.push((name.as_bytes().to_vec(), random.one(&VALUES).as_bytes().to_vec()));
    }
    let mut credentials = Vec::new();
    if let Some(value) = tokens.credentials(random) {
        credentials.push((b"authorization".to_vec(), value.into_bytes()));
    }
    let mut host = host(random);
    if random.one_in(5) {
        host.push_str(random.one(&[":80", ":8443", "."]));
    }
    if random.one_in(10) {
        host = host.to_ascii_uppercase();
    }
    Request {
        method: random.one(&METHODS).as_bytes().to_vec(),
        target: Some(target.into_bytes()),
        host: Some(host.into_bytes()),
        headers: [headers, credentials].concat(),
        ..Request::default()
    }
}

/// Returns a path in one of its spellings.
fn spelled(random: &mut Random) -> String {
    let mut path = path(random);
    if random.one_in(2) {
        return path;
    }
    for _ in 0..=random.below(3) {
        let at = random.below(path.len() + 1);
        match random.below(4) {
            0 => path.insert_str(at, random.one(&ODD)),
            1 => {
                let slash = path.find('/').unwrap_or_default();
                path.replace_range(slash..=slash, random.one(&SLASHES));
                path.insert(0, '/');
            }
            2 => path.push_str(random.one(&ODD)),
            _ => {
                // A letter as an escape, or in the other case.
                let Some(letter) = path.as_bytes().get(at).copied().filter(u8::is_ascii_alphabetic) else {
                    continue;
                };
                let other = if random.one_in(2) {
                    format!("%{letter:02x}")
                } else {
                    char::from(letter ^ 0x20).to_string()
                };
                path.replace_range(at..=at, &other);
            }
        }
    }
    if path.starts_with('/') { path } else { format!("/{path}") }
}

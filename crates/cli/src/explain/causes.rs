//! What a server does to a path to read it in another way than the canonical path.

use policy::document::{self, Document};
use policy::http::{Normalize, PathLimits, RequestPath};
use serde_json::{Map, Value};

/// What a server does to read a path in another way.
struct Cause {
    name: &'static str,
    /// How to search for readings without this cause.
    without: Without,
}

/// How to search for readings without a cause.
enum Without {
    /// Set this field of `normalize`, if it is `everyReading`, to this choice.
    Choice(&'static str, &'static str),
    /// Replace the escapes of these bytes with an escape that all servers read in the same way.
    Escapes(&'static [u8]),
}

const CAUSES: [Cause; 10] = [
    Cause { name: "reserved escapes decoded", without: Without::Escapes(b"!$&'()*+,;=:@") },
    Cause { name: "escaped slashes decoded", without: Without::Choice("escapedSlashes", "keep") },
    Cause { name: "backslashes as slashes", without: Without::Choice("backslashes", "keep") },
    Cause { name: "path parameters cut", without: Without::Choice("pathParameters", "keep") },
    Cause { name: "decoded twice", without: Without::Choice("doubleEncoding", "keep") },
    Cause {
        name: "path ended at a decoded `?` or `#`",
        without: Without::Choice("decodedDelimiters", "keep"),
    },
    Cause { name: "query started at the first `;`", without: Without::Choice("semicolonQuery", "keep") },
    Cause {
        name: "slashes merged, or the start of a host",
        without: Without::Choice("emptySegments", "keep"),
    },
    Cause { name: "blanks after the last dots lost", without: Without::Escapes(b" ") },
    Cause { name: DOTS_KEPT, without: Without::Choice("dotSegments", "resolve") },
];

const DOTS_KEPT: &str = "dot segments kept";
/// The other reading with `dotSegments: everyReading`.
const DOTS_CUT: &str = "last dots cut";

/// Returns the smallest list of causes that leads to each reading; an empty list for the first, which is the canonical path.
pub fn of(
    readings: &[String],
    target: &[u8],
    method: &[u8],
    normalize: &Normalize,
    limits: &PathLimits,
) -> Vec<Vec<&'static str>> {
    let mut causes = vec![None; readings.len()];
    if let Some(canonical) = causes.first_mut() {
        *canonical = Some(Vec::new());
    }
    let mut sets: Vec<u32> = (0..1 << CAUSES.len()).collect();
    sets.sort_by_key(|set| set.count_ones());
    for set in sets {
        if causes.iter().all(Option::is_some) {
            break;
        }
        let Some(found) = Found::by(set, target, method, normalize, limits) else { continue };
        for (reading, causes) in readings.iter().zip(&mut causes) {
            if causes.is_none() && found.has(reading) {
                *causes = Some(found.causes(reading));
            }
        }
    }
    causes.into_iter().map(Option::unwrap_or_default).collect()
}

/// The readings to which a set of causes leads.
struct Found {
    set: u32,
    /// The bytes whose escapes are replaced in the readings.
    masked: Vec<u8>,
    readings: Vec<String>,
}

impl Found {
    /// Finds the readings to which a set of causes leads; `None` if another set leads to the same.
    fn by(
        set: u32,
        target: &[u8],
        method: &[u8],
        normalize: &Normalize,
        limits: &PathLimits,
    ) -> Option<Self> {
        let Some(Value::Object(mut choices)) = normalize.spelled() else { return None };
        let mut masked = Vec::new();
        for (bit, cause) in CAUSES.iter().enumerate() {
            let is_in_set = set >> bit & 1 == 1;
            match cause.without {
                Without::Choice(field, otherwise) => {
                    let is_open = is_every_reading(&choices, field);
                    if is_in_set && !is_open {
                        return None;
                    }
                    if !is_in_set && is_open {
                        choices.insert(field.to_owned(), otherwise.into());
                    }
                }
                Without::Escapes(bytes) if !is_in_set => masked.extend_from_slice(bytes),
                Without::Escapes(bytes) if mask(target, bytes) == target => return None,
                Without::Escapes(_) => {}
            }
        }
        let normalize: Normalize = document::read(Value::Object(choices).to_string().as_bytes()).ok()?;
        let target = mask(target, &masked);
        let path = RequestPath::parse(&target, method, &normalize, limits).ok()?;
        Some(Self { set, masked, readings: path.readings().map(str::to_owned).collect() })
    }

    fn has(&self, reading: &str) -> bool {
        let masked = mask(reading.as_bytes(), &self.masked);
        self.readings.iter().any(|other| other.as_bytes() == masked)
    }

    /// Returns the causes that lead to one of the readings.
    fn causes(&self, reading: &str) -> Vec<&'static str> {
        let in_set = CAUSES.iter().enumerate().filter(|(bit, _)| self.set >> bit & 1 == 1);
        let mut names: Vec<&'static str> = in_set.map(|(_, cause)| cause.name).collect();
        if names.last() == Some(&DOTS_KEPT) {
            let is_kept = reading.split('/').any(|segment| matches!(segment, "." | ".."));
            let is_cut = reading.ends_with('/')
                && ["..", "."].iter().any(|dots| self.has(&format!("{reading}{dots}")));
            if !is_kept {
                names.pop();
            }
            if !is_kept || is_cut {
                names.push(DOTS_CUT);
            }
        }
        names
    }
}

fn is_every_reading(choices: &Map<String, Value>, field: &str) -> bool {
    choices.get(field).is_some_and(|choice| choice == "everyReading")
}

/// Replaces the escapes of these bytes, which may be encoded several times, with `%7C`.
fn mask(path: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mut masked = Vec::with_capacity(path.len());
    let mut rest = path;
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first == b' ' && bytes.contains(first) {
            masked.extend_from_slice(b"%7C");
            continue;
        }
        masked.push(*first);
        if *first != b'%' {
            continue;
        }
        let mut escape = tail;
        while let [b'2', b'5', after @ ..] = escape {
            escape = after;
        }
        if let [high, low, after @ ..] = escape
            && let Ok(hex) = std::str::from_utf8(&[*high, *low])
            && u8::from_str_radix(hex, 16).is_ok_and(|byte| bytes.contains(&byte))
        {
            masked.extend_from_slice(tail.strip_suffix(escape).unwrap_or_default());
            masked.extend_from_slice(b"7C");
            rest = after;
        }
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::{CAUSES, DOTS_CUT, Normalize, PathLimits, RequestPath, Value, Without, mask, of};
    use policy::document::{self, Document};
    use std::collections::BTreeSet;

    /// Returns a line for each reading other than the canonical path, with its causes.
    fn lines(path: &str, normalize: &str) -> Vec<String> {
        let (normalize, limits) = (document::read(normalize.as_bytes()).unwrap(), PathLimits::default());
        let parsed = RequestPath::parse(path.as_bytes(), b"GET", &normalize, &limits).unwrap();
        let readings: Vec<String> = parsed.readings().map(str::to_owned).collect();
        let causes = of(&readings, path.as_bytes(), b"GET", &normalize, &limits);
        let line = |(reading, causes): (&String, Vec<&str>)| format!("{reading}  {}", causes.join(", "));
        readings.iter().zip(causes).skip(1).map(line).collect()
    }

    #[test]
    fn each_reading_has_its_causes() {
        let table: [(&str, &str, &[&str]); 17] = [
            ("/a%3Ab", "{}", &["/a:b  reserved escapes decoded"]),
            ("/a%3ab", r#"{"escapedSlashes": "keep"}"#, &["/a:b  reserved escapes decoded"]),
            (
                "/a%3Bb",
                r#"{"semicolonQuery": "keep"}"#,
                &["/a;b  reserved escapes decoded", "/a  reserved escapes decoded, path parameters cut"],
            ),
            ("/a%253Ab", "{}", &["/a%3Ab  decoded twice", "/a:b  reserved escapes decoded, decoded twice"]),
            (
                "/a%40%2Fb",
                "{}",
                &[
                    "/a@%2Fb  reserved escapes decoded",
                    "/a%40/b  escaped slashes decoded",
                    "/a@/b  reserved escapes decoded, escaped slashes decoded",
                ],
            ),
            (
                "/a/b/..%20",
                "{}",
                &[
                    "/a/  blanks after the last dots lost",
                    "/a/b/..  blanks after the last dots lost, dot segments kept",
                    "/a/b/  blanks after the last dots lost, last dots cut",
                ],
            ),
            ("/a/. ", r#"{"dotSegments": "resolve"}"#, &["/a/  blanks after the last dots lost"]),
            (
                "/admin%2F..",
                "{}",
                &[
                    "/  escaped slashes decoded",
                    "/admin/..  escaped slashes decoded, dot segments kept",
                    "/admin/  escaped slashes decoded, last dots cut",
                ],
            ),
            (
                "/a%5Cb/..%20",
                r#"{"dotSegments": "resolve"}"#,
                &[
                    "/a\\b/..%20  escaped slashes decoded",
                    "/  blanks after the last dots lost",
                    "/a/b/..%20  escaped slashes decoded, backslashes as slashes",
                    "/a/  escaped slashes decoded, backslashes as slashes, blanks after the last dots lost",
                ],
            ),
            // The canonical path is the path after the steps that the policy chose.
            ("/a%2Fb;c", r#"{"escapedSlashes": "decode"}"#, &["/a/b  path parameters cut"]),
            ("/a/../b", r#"{"forward": "original"}"#, &["/a/../b  dot segments kept"]),
            (
                "/a/b/..",
                r#"{"forward": "original"}"#,
                &["/a/b/..  dot segments kept", "/a/b/  last dots cut"],
            ),
            ("/a\\b", "{}", &["/a/b  backslashes as slashes"]),
            ("/%2561", "{}", &["/a  decoded twice"]),
            ("/a%3Fb", "{}", &["/a  path ended at a decoded `?` or `#`"]),
            ("/a;b", r#"{"pathParameters": "keep"}"#, &["/a  query started at the first `;`"]),
            (
                "/a b//c",
                "{}",
                &[
                    "/a%20b/  slashes merged, or the start of a host",
                    "/a%20b/c  slashes merged, or the start of a host",
                ],
            ),
        ];
        for (path, normalize, expected) in table {
            assert_eq!(lines(path, normalize), expected, "{path} {normalize}");
        }
    }

    #[test]
    fn escapes_of_some_bytes_are_masked() {
        for (path, expected) in
            [("/a%3A%3b%41", "/a%7C%7C%41"), ("/%25253A%2525", "/%25257C%2525"), ("/%25%3A %", "/%25%7C %")]
        {
            assert_eq!(mask(path.as_bytes(), b":;").escape_ascii().to_string(), expected);
        }
        assert_eq!(mask(b"/a %20", b" "), b"/a%7C%7C");
    }

    #[test]
    fn each_field_with_several_readings_has_a_cause() {
        let Some(Value::Object(defaults)) = Normalize::default().spelled() else { panic!("not an object") };
        let fields = defaults.iter().filter(|(_, choice)| **choice == "everyReading").map(|(field, _)| field);
        let of_cause = |without: &Without| match without {
            Without::Choice(field, _) => Some(*field),
            Without::Escapes(_) => None,
        };
        let causes: BTreeSet<&str> = CAUSES.iter().filter_map(|cause| of_cause(&cause.without)).collect();
        assert_eq!(fields.map(String::as_str).collect::<BTreeSet<_>>(), causes);
    }

    #[test]
    fn each_cause_is_documented() {
        let page = include_str!("../../../../docs/explain.md");
        let row = |name: &str| format!("| {name} |");
        for name in CAUSES.iter().map(|cause| cause.name).chain([DOTS_CUT]) {
            assert!(page.contains(&row(name)), "{name}");
        }
    }
}

//! The canonical host, and the readings of the path.

use super::explained::Explained;
use policy::document;
use policy::http::{Authority, Normalize, PathLimits, RequestPath};
use serde_json::{Map, Value};

/// A reading of the path.
#[derive(Debug)]
pub struct Reading {
    pub path: String,
    /// What a server does to read the path this way; empty for the canonical path.
    pub because: Vec<&'static str>,
}

/// Returns the canonical host, or why the host is invalid.
pub fn host(explained: &Explained<'_>) -> Result<String, &'static str> {
    let bytes = explained.request.host.as_deref().unwrap_or_default();
    Authority::parse(bytes)
        .map(|authority| authority.host.as_str().to_owned())
        .map_err(policy::decision::Reason::name)
}

/// Returns every reading of the path, the canonical path first, or why the path is invalid; `None` without a path.
pub fn all(explained: &Explained<'_>) -> Option<Result<Vec<Reading>, &'static str>> {
    let target = explained.request.target.as_deref()?;
    let method = &explained.request.method;
    // Without a path-policy, other filters use the default normalization.
    let paths = match explained.decided.readings.as_slice() {
        [] => match RequestPath::parse(target, method, &Normalize::default(), &PathLimits::default()) {
            Ok(path) => path.readings().map(str::to_owned).collect(),
            Err(error) => return Some(Err(error.name())),
        },
        readings => readings.to_vec(),
    };
    let because = |(place, path): (usize, String)| {
        let because = if place == 0 { Vec::new() } else { causes(target, method, &path) };
        Reading { path, because }
    };
    Some(Ok(paths.into_iter().enumerate().map(because).collect()))
}

/// The fields of `normalize` that may be `everyReading`, the choice with one reading, and what a server does for the others.
const CAUSES: [(&str, &str, &str); 8] = [
    ("escapedSlashes", "keep", "escaped slashes decoded"),
    ("backslashes", "keep", "backslashes as slashes"),
    ("pathParameters", "keep", "path parameters cut"),
    ("doubleEncoding", "keep", "decoded twice"),
    ("decodedDelimiters", "keep", "path ended at a decoded `?` or `#`"),
    ("semicolonQuery", "keep", "query started at the first `;`"),
    ("emptySegments", "keep", "slashes merged, or the start of a host"),
    ("dotSegments", "resolve", "dot segments kept"),
];

/// Returns the smallest set of causes that leads to this reading.
fn causes(target: &[u8], method: &[u8], reading: &str) -> Vec<&'static str> {
    let mut sets: Vec<u32> = (1..1 << CAUSES.len()).collect();
    sets.sort_by_key(|set| set.count_ones());
    let made_by = |set: &u32| {
        let normalize = normalize(*set)?;
        let path = RequestPath::parse(target, method, &normalize, &PathLimits::default()).ok()?;
        path.readings().any(|other| other == reading).then_some(*set)
    };
    let found = sets.iter().find_map(made_by).unwrap_or_default();
    CAUSES
        .iter()
        .enumerate()
        .filter(|(bit, _)| found >> bit & 1 == 1)
        .map(|(_, (.., cause))| *cause)
        .collect()
}

/// Returns a normalization in which only the causes of this set lead to further readings.
fn normalize(set: u32) -> Option<Normalize> {
    let choice = |(bit, (field, otherwise, _)): (usize, &(&str, &'static str, &str))| {
        let word = if set >> bit & 1 == 1 { "everyReading" } else { *otherwise };
        ((*field).to_owned(), Value::from(word))
    };
    // The upstream may keep the dot segments of the path as received.
    let forward = ("forward".to_owned(), Value::from("original"));
    let choices: Map<String, Value> = CAUSES.iter().enumerate().map(choice).chain([forward]).collect();
    document::read(Value::Object(choices).to_string().as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::{CAUSES, Normalize};
    use policy::document::Document;
    use serde_json::Value;
    use std::collections::BTreeSet;

    #[test]
    fn each_field_with_several_readings_has_a_cause() {
        let Some(Value::Object(defaults)) = Normalize::default().spelled() else { panic!("not an object") };
        let fields = defaults.iter().filter(|(_, choice)| **choice == "everyReading").map(|(field, _)| field);
        let causes: BTreeSet<&str> = CAUSES.iter().map(|(field, ..)| *field).collect();
        assert_eq!(fields.map(String::as_str).collect::<BTreeSet<_>>(), causes);
    }
}

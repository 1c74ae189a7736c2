//! Reads a file of requests.

use super::request::{Entry, NamedRequest};
use super::{access_log, har};
use crate::exit::Failure;
use crate::files::{self, File};
use serde_json::Value;
use std::path::Path;

/// The requests of a file.
#[derive(Debug, Default)]
pub struct Requests {
    pub read: Vec<NamedRequest>,
    /// A line for each entry that is not a valid request.
    pub skipped: Vec<String>,
}

/// Reads a HAR file, an access log in JSON, or a list of requests.
pub fn read(file: &Path, fields: &access_log::Fields) -> Result<Requests, Failure> {
    let found = find(&files::read_one(file)?, fields).map_err(Failure::usage)?;
    let mut requests = Requests::default();
    for (index, entry) in found.into_iter().enumerate() {
        match entry {
            Ok(request) => requests.read.push(request),
            Err(error) => {
                // The error may quote the file, which may contain control characters of a terminal.
                let error = inspect::escape(error.as_bytes());
                requests.skipped.push(format!("{} of {}: {error}", index + 1, file.display()));
            }
        }
    }
    Ok(requests)
}

/// Returns each request, or why the entry is invalid.
fn find(file: &File, fields: &access_log::Fields) -> Result<Vec<Result<NamedRequest, String>>, String> {
    let text = file.text.as_str();
    if text.trim_start().starts_with('{') {
        let document = serde_json::from_str::<Value>(text).ok();
        if let Some(requests) = document.as_ref().and_then(har::requests) {
            return requests.map_err(|error| format!("{}: {error}", file.name));
        }
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        return Ok(lines.map(|line| log_line(line, fields)).collect());
    }
    // A list, which is read as YAML also if it is JSON: it must not have the same key twice.
    let documents = yaml::values(&file.name, text).map_err(|problem| problem.to_string())?;
    match <[Value; 1]>::try_from(documents) {
        Ok([Value::Array(entries)]) => Ok(entries.into_iter().map(entry).collect()),
        _ => {
            let expected = "expected a list of requests, a HAR file, or an access log in JSON";
            Err(format!("{}: {expected}", file.name))
        }
    }
}

fn log_line(line: &str, fields: &access_log::Fields) -> Result<NamedRequest, String> {
    let object = serde_json::from_str(line).map_err(|_| "not a JSON object")?;
    access_log::request(&object, fields)
}

fn entry(value: Value) -> Result<NamedRequest, String> {
    let entry = match value {
        Value::String(request) => Entry { request, ..Entry::default() },
        Value::Object(_) => serde_json::from_value(value).map_err(|error| error.to_string())?,
        _ => return Err("not a request; write `GET https://shop.example.com/x`".to_owned()),
    };
    Ok(NamedRequest { request: entry.request()?, text: entry.request })
}

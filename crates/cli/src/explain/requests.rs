//! Many requests of one file.

use super::{access_log, flags, har};
use crate::exit::Failure;
use crate::files;
use cases::{Request, unescape};
use serde::Deserialize;
use serde_json::Value;
use std::path::Path;

/// A request, and how it was asked for.
#[derive(Debug)]
pub struct Asked {
    /// In a line.
    pub text: String,
    /// As bytes.
    pub request: Request,
}

/// The requests of a file, and what of it is none.
#[derive(Debug, Default)]
pub struct Requests {
    /// The requests.
    pub asked: Vec<Asked>,
    /// What could not be read, a line each.
    pub skipped: Vec<String>,
}

/// A request of a list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Entry {
    request: String,
    host: Option<String>,
    #[serde(default)]
    headers: Vec<String>,
    token: Option<String>,
    #[serde(default)]
    connection: Connection,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Connection {
    tls: Option<bool>,
    sni: Option<String>,
    client_certificate: Option<String>,
}

/// Reads a HAR file, an access log in JSON, or a list of requests.
pub fn read(file: &Path, fields: &access_log::Fields) -> Result<Requests, Failure> {
    let read = files::read(&[file.to_path_buf()])?;
    let text = read.iter().map(|file| file.text.as_str()).collect::<String>();
    let found = find(&file.display().to_string(), &text, fields).map_err(Failure::call)?;
    let mut requests = Requests::default();
    for (place, one) in found.into_iter().enumerate() {
        match one {
            Ok(asked) => requests.asked.push(asked),
            Err(error) => {
                // It may repeat what stands in the file, which may be meant for the terminal.
                let error = cases::escape(error.as_bytes());
                requests.skipped.push(format!("{} of {}: {error}", place + 1, file.display()));
            }
        }
    }
    Ok(requests)
}

fn find(name: &str, text: &str, fields: &access_log::Fields) -> Result<Vec<Result<Asked, String>>, String> {
    if let Ok(document) = serde_json::from_str::<Value>(text) {
        if let Some(requests) = har::requests(&document) {
            return Ok(requests);
        }
        if let Value::Array(entries) = document {
            return Ok(entries.into_iter().map(entry).collect());
        }
    }
    if text.trim_start().starts_with('{') {
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        return Ok(lines.map(|line| log_line(line, fields)).collect());
    }
    match crate::policy_file::document(name, text)? {
        Value::Array(entries) => Ok(entries.into_iter().map(entry).collect()),
        _ => Err(format!("{name}: neither a list of requests, nor a HAR file, nor an access log in JSON")),
    }
}

fn log_line(line: &str, fields: &access_log::Fields) -> Result<Asked, String> {
    let object = serde_json::from_str(line).map_err(|error| error.to_string())?;
    access_log::request(&object, fields)
}

fn entry(value: Value) -> Result<Asked, String> {
    let entry = match value {
        Value::String(request) => {
            Entry { request, host: None, headers: Vec::new(), token: None, connection: Connection::default() }
        }
        value => serde_json::from_value(value).map_err(|error| error.to_string())?,
    };
    let mut request = flags::of_text(&entry.request, entry.host.as_deref())?;
    for line in &entry.headers {
        flags::add_header(&mut request, flags::header(line).map_err(|failure| failure.message)?);
    }
    if let Some(token) = &entry.token {
        let value = format!("Bearer {token}").into_bytes();
        request.headers.push((b"authorization".to_vec(), value));
    }
    request.tls = entry.connection.tls.unwrap_or(request.tls || entry.connection.sni.is_some());
    request.sni = match &entry.connection.sni {
        Some(sni) => Some(unescape(sni)?),
        None => flags::default_sni(&request),
    };
    request.certificate = entry.connection.client_certificate;
    Ok(Asked { text: entry.request, request })
}

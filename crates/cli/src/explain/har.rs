//! Requests from a HAR file (HTTP Archive 1.2).

use super::connection::default_sni;
use super::request::{NamedRequest, add_header, parse};
use serde_json::Value;

/// The requests of the entries, or why an entry is invalid.
type Requests = Vec<Result<NamedRequest, String>>;

/// Returns the requests of the entries, or why there are none; `None` if the document is not a HAR file.
pub fn requests(document: &Value) -> Option<Result<Requests, &'static str>> {
    let log = document.get("log").filter(|log| log.is_object())?;
    let Some(entries) = log.get("entries").and_then(Value::as_array) else {
        return Some(Err("this HAR file has no list `entries` in `log`"));
    };
    Some(Ok(entries.iter().map(|entry| request(entry.get("request").unwrap_or(&Value::Null))).collect()))
}

fn request(recorded: &Value) -> Result<NamedRequest, String> {
    let text = |name: &str| recorded.get(name).and_then(Value::as_str).unwrap_or_default();
    let url = text("url");
    let known = ["http://", "https://", "ws://", "wss://"];
    if !known.iter().any(|scheme| url.starts_with(scheme)) {
        return Err(format!("invalid URL `{url}`; only HTTP is supported"));
    }
    // A backslash in a recorded URL is not an escape.
    let url = url.replace('\\', r"\\");
    let line = format!("{} {}", text("method"), url.split('#').next().unwrap_or_default());
    let mut request = parse(&line, None)?;
    for header in recorded.get("headers").and_then(Value::as_array).into_iter().flatten() {
        let field = |name: &str| header.get(name).and_then(Value::as_str).unwrap_or_default();
        // Browsers record the pseudo-headers of HTTP/2 as headers.
        if !field("name").starts_with(':') && !field("name").is_empty() {
            let line = (field("name").as_bytes().to_vec(), field("value").as_bytes().to_vec());
            add_header(&mut request, line);
        }
    }
    request.sni = default_sni(&request);
    Ok(NamedRequest { text: line.replace(r"\\", "\\"), request })
}

//! Requests of a HAR file (HTTP Archive 1.2).

use super::flags;
use super::requests::Asked;
use serde_json::Value;

/// The requests of the archive's entries; an entry that is none is told by what is wrong with it.
pub fn requests(document: &Value) -> Option<Vec<Result<Asked, String>>> {
    let entries = document.pointer("/log/entries")?.as_array()?;
    Some(entries.iter().map(|entry| request(entry.get("request").unwrap_or(&Value::Null))).collect())
}

fn request(recorded: &Value) -> Result<Asked, String> {
    let text = |name: &str| recorded.get(name).and_then(Value::as_str).unwrap_or_default();
    let url = text("url");
    let known = ["http://", "https://", "ws://", "wss://"];
    if !known.iter().any(|scheme| url.starts_with(scheme)) {
        return Err(format!("`{url}` is no URL of HTTP"));
    }
    // A backslash of a recorded URL is one, not an escape.
    let url = url.replace('\\', r"\\");
    let line = format!("{} {}", text("method"), url.split('#').next().unwrap_or_default());
    let mut request = flags::of_text(&line, None)?;
    for header in recorded.get("headers").and_then(Value::as_array).into_iter().flatten() {
        let field = |name: &str| header.get(name).and_then(Value::as_str).unwrap_or_default();
        // Browsers write the pseudo-headers of HTTP/2 among the others.
        if !field("name").starts_with(':') && !field("name").is_empty() {
            let line = (field("name").as_bytes().to_vec(), field("value").as_bytes().to_vec());
            flags::add_header(&mut request, line);
        }
    }
    request.sni = flags::default_sni(&request);
    Ok(Asked { text: line.replace(r"\\", "\\"), request })
}

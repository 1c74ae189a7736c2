//! Requests of an access log of Envoy in JSON, a line each.

use super::flags;
use super::requests::Asked;
use cases::Request;
use clap::Args;
use serde_json::{Map, Value};

/// Which field of the log is what.
#[derive(Debug, Args)]
pub struct Fields {
    /// The field of an access log that holds `method`, `authority`, `path`, `sni` or `tls`; by default it is of that name,
    /// or of the one that Istio gives it.
    #[arg(long, value_name = "WHAT=FIELD")]
    log_field: Vec<String>,
    /// A field of an access log that holds a header: `user_agent=user-agent`.
    #[arg(long, value_name = "FIELD=HEADER")]
    log_header: Vec<String>,
}

/// What Istio's default log calls them, where it does not call them so.
const OTHER_NAMES: [(&str, &str); 4] = [
    ("sni", "requested_server_name"),
    ("tls", "downstream_tls_version"),
    ("authority", ":authority"),
    ("path", ":path"),
];

/// Fields of Istio's default log that are headers.
const HEADERS: [(&str, &str); 3] =
    [("user_agent", "user-agent"), ("x_forwarded_for", "x-forwarded-for"), ("request_id", "x-request-id")];

/// The request of a line.
pub fn request(line: &Map<String, Value>, fields: &Fields) -> Result<Asked, String> {
    let method = value(line, fields, "method").ok_or("it has no method")?;
    let path = value(line, fields, "path");
    let authority = value(line, fields, "authority");
    let sni = value(line, fields, "sni");
    let tls = sni.is_some() || value(line, fields, "tls").is_some_and(|tls| tls != "false");
    let mut request = Request {
        method: method.as_bytes().to_vec(),
        target: path.map(|path| path.as_bytes().to_vec()),
        host: authority.map(|authority| authority.as_bytes().to_vec()),
        tls,
        sni: sni.map(|sni| sni.as_bytes().to_vec()),
        ..Request::default()
    };
    let given = fields.log_header.iter().filter_map(|pair| pair.split_once('='));
    for (field, header) in HEADERS.into_iter().chain(given) {
        if let Some(value) = told(line, field) {
            flags::add_header(&mut request, (header.as_bytes().to_vec(), value.as_bytes().to_vec()));
        }
    }
    let scheme = if tls { "https" } else { "http" };
    let url = format!("{scheme}://{}{}", authority.unwrap_or_default(), path.unwrap_or_default());
    Ok(Asked { text: format!("{method} {url}"), request })
}

/// What a line says of this, under the name that the caller gave it or one that is usual.
fn value<'l>(line: &'l Map<String, Value>, fields: &Fields, what: &str) -> Option<&'l str> {
    let given =
        fields.log_field.iter().filter_map(|pair| pair.split_once('=')).find(|(name, _)| *name == what);
    if let Some((_, field)) = given {
        return told(line, field);
    }
    let other = OTHER_NAMES.iter().find(|(name, _)| *name == what).map(|(_, other)| *other);
    told(line, what).or_else(|| told(line, other?))
}

/// What a field says; Envoy writes `-` or null where there is nothing.
fn told<'l>(line: &'l Map<String, Value>, field: &str) -> Option<&'l str> {
    line.get(field).and_then(Value::as_str).filter(|text| !matches!(*text, "" | "-"))
}

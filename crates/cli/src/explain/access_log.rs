//! Requests from an access log of Envoy in JSON, one per line.

use super::request::{NamedRequest, add_header};
use clap::Args;
use diagnostics::did_you_mean;
use inspect::Request;
use serde_json::{Map, Value};

/// The flags that name the fields of a log.
#[derive(Debug, Args)]
pub struct Fields {
    /// The access log field for `method`, `authority`, `path`, `sni` or `tls`, such as `path=url`; by default the field
    /// with that name, or with Istio's name for it; may be repeated
    #[arg(long, value_name = "VALUE=FIELD", value_parser = log_field)]
    log_field: Vec<(String, String)>,
    /// The access log field for a header, such as `user_agent=user-agent`; may be repeated
    #[arg(long, value_name = "FIELD=HEADER", value_parser = log_header)]
    log_header: Vec<(String, String)>,
}

/// The values of `--log-field`.
const VALUES: [&str; 5] = ["method", "authority", "path", "sni", "tls"];

fn log_field(text: &str) -> Result<(String, String), String> {
    let (value, field) = pair(text).ok_or("write `VALUE=FIELD`, such as `method=verb`")?;
    if VALUES.contains(&value.as_str()) {
        return Ok((value, field));
    }
    Err(format!("unknown value `{value}`; {}", did_you_mean(&value, VALUES)))
}

fn log_header(text: &str) -> Result<(String, String), &'static str> {
    pair(text).ok_or("write `FIELD=HEADER`, such as `user_agent=user-agent`")
}

/// Returns the texts before and after the first `=`, if neither is empty.
fn pair(text: &str) -> Option<(String, String)> {
    let (one, other) = text.split_once('=')?;
    (!one.is_empty() && !other.is_empty()).then(|| (one.to_owned(), other.to_owned()))
}

/// Other names of fields in Istio's default log.
const OTHER_NAMES: [(&str, &str); 4] = [
    ("sni", "requested_server_name"),
    ("tls", "downstream_tls_version"),
    ("authority", ":authority"),
    ("path", ":path"),
];

/// Fields of Istio's default log that have a header.
const HEADERS: [(&str, &str); 3] =
    [("user_agent", "user-agent"), ("x_forwarded_for", "x-forwarded-for"), ("request_id", "x-request-id")];

/// Returns the request of a line.
pub fn request(line: &Map<String, Value>, fields: &Fields) -> Result<NamedRequest, String> {
    let method = value(line, fields, "method").ok_or("the line has no method")?;
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
    let given = fields.log_header.iter().map(|(field, header)| (field.as_str(), header.as_str()));
    for (field, header) in HEADERS.into_iter().chain(given) {
        if let Some(value) = text(line, field) {
            add_header(&mut request, (header.as_bytes().to_vec(), value.as_bytes().to_vec()));
        }
    }
    let scheme = if tls { "https" } else { "http" };
    let url = format!("{scheme}://{}{}", authority.unwrap_or_default(), path.unwrap_or_default());
    Ok(NamedRequest { text: format!("{method} {url}"), request })
}

/// Returns a value of a line, by the name of the flag or a default name.
fn value<'l>(line: &'l Map<String, Value>, fields: &Fields, what: &str) -> Option<&'l str> {
    let given = fields.log_field.iter().find(|(name, _)| name == what);
    if let Some((_, field)) = given {
        return text(line, field);
    }
    let other = OTHER_NAMES.iter().find(|(name, _)| *name == what).map(|(_, other)| *other);
    text(line, what).or_else(|| text(line, other?))
}

/// Returns the text of a field; Envoy writes `-` or null for a missing value.
fn text<'l>(line: &'l Map<String, Value>, field: &str) -> Option<&'l str> {
    line.get(field).and_then(Value::as_str).filter(|text| !matches!(*text, "" | "-"))
}

//! The request file: named tokens, and cases in the format of the project's case files. `{NAME}` in a header value is replaced
//! with the token of that name.

use super::world::{HOST, World};
use crate::keys;
use anyhow::{Context, Result};
use cases::{Case, Protocol, Row};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Requests {
    tokens: BTreeMap<String, Token>,
    cases: Vec<Case>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Token {
    /// The claims. The issuer adds missing `iss`, `iat` and `exp`.
    claims: Value,
    /// Whether the token is signed with a key that is not the issuer's.
    #[serde(default)]
    forged: bool,
}

impl Requests {
    /// Sends every case over each of its protocols. Protocols with the same result share a row.
    pub(crate) fn send(&self, world: &World) -> Result<Vec<Row>> {
        let mut tokens = BTreeMap::new();
        for (name, token) in &self.tokens {
            tokens.insert(format!("{{{name}}}"), keys::token(world.keys, &token.claims, token.forged)?);
        }
        let mut rows: Vec<Row> = Vec::new();
        for case in &self.cases {
            for (index, protocol) in case.protocols.iter().enumerate() {
                let mut row = send(world, case, *protocol, &tokens).with_context(|| case.name.clone())?;
                let before = rows.last_mut().filter(|before| index > 0 && alike(before, &row));
                let version = if *protocol == Protocol::Http2 { "2" } else { "1" };
                match before.and_then(|before| before.cells.get_mut(OVER)) {
                    Some(over) => *over = format!("{over}, {version}"),
                    None => {
                        row.cells.insert(OVER, version.to_owned());
                        rows.push(row);
                    }
                }
            }
        }
        Ok(rows)
    }
}

/// The column of the protocol.
const OVER: usize = 1;

/// The maximum length of a request in the table.
const WIDTH: usize = 72;

/// Returns true if two rows are equal except for the protocol, which the second does not have yet.
fn alike(before: &Row, row: &Row) -> bool {
    let cells = before.cells.iter().enumerate().filter(|(column, _)| *column != OVER).map(|(_, cell)| cell);
    cells.eq(&row.cells) && before.differences == row.differences
}

fn send(world: &World, case: &Case, protocol: Protocol, tokens: &BTreeMap<String, String>) -> Result<Row> {
    let mut request = testkit::case::request(case, protocol).map_err(anyhow::Error::msg)?;
    for (_, value) in &mut request.lines {
        *value = filled(value, tokens);
    }
    let response = match protocol {
        Protocol::Http2 => testkit::http::http2(world.ingress, &request),
        _ => testkit::http::http1(world.ingress, &request),
    };
    // Without a response, the row has none of these.
    let response = response.ok();
    let by = response.as_ref().map(|response| response.text("x-proxy") + &response.text("x-service"));
    let by = by.unwrap_or_default();
    let observed = response.map(|response| testkit::case::observed(&request, response)).unwrap_or_default();
    let decided = cases::deciding_rule(&observed, observed.rule.as_ref().and_then(Option::as_deref));
    let mut row = Row::new(case, &observed, format!("{by}, {decided}"));
    // An allowed request has no single deciding policy: show the service that responded, and what it saw.
    if let (true, [_, _, decided, seen]) = (observed.upstream.is_some(), row.cells.as_mut_slice()) {
        *seen = format!("{by}: {seen}");
        *decided = "allowed".to_owned();
    }
    if let Some(request) = row.cells.first_mut() {
        *request = short(request);
    }
    Ok(row)
}

/// Shortens a request for the table: without the usual host, and truncated.
fn short(request: &str) -> String {
    let request = request.replacen(&format!(" {HOST}/"), " /", 1);
    if request.chars().count() <= WIDTH {
        return request;
    }
    request.chars().take(WIDTH - 1).chain(['…']).collect()
}

/// Replaces the names of tokens in a header value.
fn filled(value: &[u8], tokens: &BTreeMap<String, String>) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(value) else { return value.to_vec() };
    let fill = |text: String, (name, token): (&String, &String)| text.replace(name, token);
    tokens.iter().fold(text.to_owned(), fill).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::{Requests, Row, alike, filled};
    use crate::client::document;
    use std::collections::BTreeMap;

    #[test]
    fn names_in_braces_are_replaced_with_tokens() {
        let tokens = BTreeMap::from([("{kim}".to_owned(), "a.b.c".to_owned())]);
        assert_eq!(filled(b"Bearer {kim}", &tokens), b"Bearer a.b.c");
        assert_eq!(filled(b"Bearer {lee} \xff{kim}", &tokens), b"Bearer {lee} \xff{kim}");
    }

    #[test]
    fn rows_are_alike_if_only_the_protocol_differs() {
        let row = |cells: &[&str]| Row {
            cells: cells.iter().map(ToString::to_string).collect(),
            differences: Vec::new(),
        };
        assert!(alike(&row(&["GET /", "1", "200"]), &row(&["GET /", "200"])));
        assert!(!alike(&row(&["GET /", "1", "200"]), &row(&["GET /", "403"])));
    }

    #[test]
    fn the_requests_of_the_example_are_valid() {
        let requests = document::parse::<Requests>(include_str!("../../../requests.yaml")).unwrap();
        assert!(requests.cases.len() >= 40);
        for case in &requests.cases {
            assert!(case.lines().is_ok() && case.target().is_ok(), "{}", case.name);
        }
    }
}

//! The matrix as JSON.

use super::rows::{Matrix, Row};
use crate::ports::{PortRange, Ports};
use crate::reach::Name;
use serde::{Serialize, Serializer};
use serde_json::json;
use std::collections::BTreeMap;

/// Returns the matrix as JSON: `connections`, sorted by their text, and `groups` if its rows are of groups. It is serialized
/// row by row, since there may be a million rows.
pub fn json(matrix: &Matrix) -> impl Serialize {
    Json { connections: json_rows(matrix), groups: &matrix.groups }
}

/// Returns the rows in the order of JSON, sorted by their text.
pub fn json_rows(matrix: &Matrix) -> Vec<&Row> {
    let mut rows: Vec<&Row> = matrix.rows.iter().collect();
    rows.sort_by(|a, b| a.from.text().cmp(&b.from.text()).then_with(|| a.to.text().cmp(&b.to.text())));
    rows
}

#[derive(Serialize)]
struct Json<'m> {
    connections: Vec<&'m Row>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    groups: &'m BTreeMap<Name, Vec<String>>,
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl Serialize for Ports {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value = |PortRange { protocol, first, last }| json!({"protocol": protocol.name(), "first": first, "last": last});
        serializer.collect_seq(self.iter().map(value))
    }
}

//! The matrix as JSON.

use super::rows::{Matrix, Row};
use crate::ports::{PortRange, Ports};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Value, json};

/// Returns the matrix as JSON: `connections`, sorted by their text, and `groups` if its rows are of groups. It is serialized
/// row by row, since there may be a million rows.
pub fn json(matrix: &Matrix) -> impl Serialize {
    Json(matrix)
}

/// Returns the rows as JSON.
pub fn json_rows(matrix: &Matrix) -> impl Serialize {
    Rows(matrix)
}

struct Json<'m>(&'m Matrix);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("connections", &Rows(self.0))?;
        if !self.0.groups.is_empty() {
            let groups = self.0.groups.iter().map(|(name, members)| (name.to_string(), members));
            map.serialize_entry("groups", &groups.collect::<std::collections::BTreeMap<_, _>>())?;
        }
        map.end()
    }
}

struct Rows<'m>(&'m Matrix);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows: Vec<&Row> = self.0.rows.iter().collect();
        rows.sort_by(|a, b| a.from.text().cmp(&b.from.text()).then_with(|| a.to.text().cmp(&b.to.text())));
        serializer.collect_seq(rows.into_iter().map(Connection))
    }
}

struct Connection<'m>(&'m Row);

impl Serialize for Connection<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("from", &self.0.from.text())?;
        map.serialize_entry("to", &self.0.to.text())?;
        map.serialize_entry("ports", &ports(&self.0.ports))?;
        map.end()
    }
}

fn ports(ports: &Ports) -> Value {
    let range = |range: PortRange| json!({"protocol": range.protocol.name(), "first": range.first, "last": range.last});
    ports.iter().map(range).collect()
}

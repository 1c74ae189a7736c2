//! For programs.

use super::Matrix;
use crate::ports::Ports;
use serde_json::{Value, json};

/// The matrix as JSON: `connections`, and `groups` where its rows are of groups.
pub fn json(matrix: &Matrix) -> Value {
    let mut rows: Vec<_> =
        matrix.rows.iter().map(|row| (row.from.to_string(), row.to.to_string(), &row.ports)).collect();
    // By their text, as a program would sort them.
    rows.sort();
    let connections =
        rows.into_iter().map(|(from, to, of)| json!({"from": from, "to": to, "ports": ports(of)}));
    let mut value = json!({"connections": connections.collect::<Vec<_>>()});
    if let (false, Value::Object(fields)) = (matrix.groups.is_empty(), &mut value) {
        let groups = matrix.groups.iter().map(|(name, members)| (name.to_string(), json!(members)));
        fields.insert("groups".to_owned(), Value::Object(groups.collect()));
    }
    value
}

/// Ports as JSON.
pub fn ports(ports: &Ports) -> Value {
    let range = |range: crate::ports::PortRange| json!({"protocol": range.protocol.name(), "first": range.first, "last": range.last});
    ports.iter().map(range).collect()
}

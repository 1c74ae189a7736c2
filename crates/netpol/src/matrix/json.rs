//! For programs.

use super::Matrix;
use crate::ports::Ports;
use serde_json::{Value, json};

/// The matrix as JSON: `connections`, and `groups` where its rows are of groups.
pub fn json(matrix: &Matrix) -> Value {
    let connection = |row: &super::Row| json!({"from": row.from.to_string(), "to": row.to.to_string(), "ports": ports(&row.ports)});
    let mut value = json!({"connections": matrix.rows.iter().map(connection).collect::<Vec<_>>()});
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

//! The colours.

/// An allowed edge.
pub(super) const ALLOWED: &str = "#1e293b";
/// An allowed edge of the infrastructure: to or from frames outside the main flow.
pub(super) const PLUMBING: &str = "#94a3b8";
/// An edge that bypasses the L7 policy, and its cell.
pub(super) const BYPASS: &str = "#dc2626";
/// The colours of edges.
pub(super) const EDGES: [&str; 3] = [ALLOWED, PLUMBING, BYPASS];

/// The cell of an allowed pair.
pub(super) const ALLOWED_CELL: &str = "#16a34a";
/// The cell of a closed pair.
pub(super) const CLOSED_CELL: &str = "#e2e8f0";

pub(super) const WHITE: &str = "#ffffff";
/// A frame.
pub(super) const FRAME: &str = "#f8fafc";
pub(super) const FRAME_BORDER: &str = "#cbd5e1";
/// The borders of items by their part in the mesh.
pub(super) const GATEWAY: &str = "#0f766e";
pub(super) const IN_MESH: &str = "#2563eb";
pub(super) const OUTSIDE_MESH: &str = "#64748b";
/// A warning at an item.
pub(super) const WARNING: &str = "#fef3c7";
pub(super) const WARNING_BORDER: &str = "#d97706";

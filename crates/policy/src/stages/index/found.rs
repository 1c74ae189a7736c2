//! The result of a look-up.

/// The result of a look-up.
#[derive(Debug, Default)]
pub(in crate::stages) struct Found {
    /// The indexes of the rules.
    pub(in crate::stages) rules: Vec<usize>,
    /// The number of steps that the look-up took.
    pub(in crate::stages) steps: usize,
}

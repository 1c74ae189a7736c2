//! The filters.

named! {
    /// A filter. The order is that in which a request passes the filters.
    pub enum Filter {
        /// The filter of virtual hosts.
        VhostPolicy = "vhost_policy",
        /// The filter of paths.
        PathPolicy = "path_policy",
        /// The filter of tokens.
        TokenValidation = "token_validation",
        /// The filter of headers.
        HeaderPolicy = "header_policy",
    }
}

/// A value for each filter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PerFilter<T>([T; Filter::ALL.len()]);

impl<T> PerFilter<T> {
    /// Returns the filters with their values.
    pub fn iter(&self) -> impl Iterator<Item = (Filter, &T)> {
        Filter::ALL.into_iter().zip(&self.0)
    }

    /// Returns the value of a filter.
    #[expect(clippy::indexing_slicing, reason = "the array has an item for each variant")]
    pub fn get_mut(&mut self, filter: Filter) -> &mut T {
        &mut self.0[filter as usize]
    }
}

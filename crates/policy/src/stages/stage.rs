//! The interface of the filters.

use super::token::key_ring::KeyRing;
use crate::decision::{Answer, Filter, Reason, Report, Trace};
use crate::document::{Document, Problem, read};
use crate::http::{Headers, Needs, Request};
use std::fmt::Debug;

/// A filter, compiled from its document.
pub trait Stage: Sized + Debug {
    /// The configuration of the filter.
    type Document: Document;
    /// The state of a request that the filter keeps for the response.
    type ResponseState: Default + Debug;

    /// Returns the filters of the stage, in the order in which a request passes them.
    fn filters(&self) -> Vec<Filter>;

    /// Compiles a document, which is valid: reading it reports every problem.
    fn compile(document: Self::Document) -> Self;

    /// Returns a denial that no policy decides and no mode changes, such as one of a malformed request.
    fn denial_without_policy(&self, reason: Reason) -> Answer {
        Answer::without_policy(self.filters().first().copied().unwrap_or(Filter::VhostPolicy), reason)
    }

    /// Returns what the filter needs besides the headers.
    fn needs(&self) -> Needs {
        Needs::default()
    }

    /// Returns the keys that verify tokens, if the filter does that.
    ///
    /// Inlined, so that modules without tokens contain no key code.
    #[inline]
    fn key_ring(&self) -> Option<&KeyRing> {
        None
    }

    /// Decides on a request, and edits it.
    ///
    /// # Errors
    /// Returns the denial or redirect that ends the request.
    fn on_request<'a, T: Trace>(
        &self,
        request: &mut Request<'a>,
        response_state: &mut Self::ResponseState,
        report: &mut Report<T>,
    ) -> Result<(), Box<Answer>>;

    /// Returns true if a trailer of the request with this name is removed: rules decide on headers, and some servers add
    /// trailers to the headers of a request (RFC 9110, section 6.5.1).
    fn removes_trailer(&self, _name: &[u8]) -> bool {
        false
    }

    /// Updates the state before [`Stage::on_response`] edits the headers of a local reply.
    fn on_answer(&self, _request: &Request<'_>, _response_state: &mut Self::ResponseState) {}

    /// Returns true if the filter edits the response.
    fn responds(&self, _response_state: &Self::ResponseState) -> bool {
        false
    }

    /// Edits the headers of the response.
    fn on_response(&self, _response_state: &Self::ResponseState, _headers: &mut Headers<'_>) {}
}

/// Loads a stage from its configuration.
///
/// # Errors
/// Returns every problem of the configuration.
pub fn load<S: Stage>(configuration: &[u8]) -> Result<S, Vec<Problem>> {
    read(configuration).map(S::compile)
}

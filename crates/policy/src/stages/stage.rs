//! What the filters have in common.

use crate::decision::{Answer, Filter, Reason, Report, Trace};
use crate::document::{Document, Problem, read};
use crate::http::{Headers, Request};
use crate::stages::KeyRing;
use std::fmt::Debug;

/// A filter: compiled from a document, asked about each request and each response.
pub trait Stage: Sized + Debug {
    /// What it is compiled from.
    type Document: Document;
    /// What it keeps of a request for the response.
    type ResponseState: Default + Debug;

    /// Returns the keys that verify tokens, if the filter does that.
    ///
    /// A module whose filter has none carries no code for keys: this is inlined.
    #[inline]
    fn key_ring(&self) -> Option<&KeyRing> {
        None
    }

    /// Compiles the document; whatever could be wrong with it was found when it was read.
    fn compile(document: Self::Document) -> Self;

    /// The filters that it is, in the order in which a request passes them.
    fn filters(&self) -> Vec<Filter>;

    /// Returns a denial that no policy decides and no mode changes, such as one of a malformed request.
    fn denial_without_policy(&self, reason: Reason) -> Answer {
        Answer::without_policy(self.filters().first().copied().unwrap_or(Filter::VhostPolicy), reason)
    }

    /// What it asks of the connection.
    fn needs(&self) -> Needs {
        Needs::default()
    }

    /// Decides about a request.
    ///
    /// # Errors
    /// What ends the request.
    fn on_request<'a, T: Trace>(
        &self,
        request: &mut Request<'a>,
        response_state: &mut Self::ResponseState,
        report: &mut Report<T>,
    ) -> Result<(), Box<Answer>>;

    /// Learns that the client gets an answer from here, whose headers [`Stage::on_response`] will see.
    fn on_answer(&self, _request: &Request<'_>, _response_state: &mut Self::ResponseState) {}

    /// Whether there is anything to change about the response.
    fn responds(&self, _response_state: &Self::ResponseState) -> bool {
        false
    }

    /// Changes the headers of the response.
    fn on_response(&self, _response_state: &Self::ResponseState, _headers: &mut Headers<'_>) {}
}

/// What a stage asks besides the headers; each costs a call out of the VM.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Needs {
    /// Whether it is TLS.
    pub tls: bool,
    /// Its server name.
    pub sni: bool,
    /// The digest of the client's certificate.
    pub certificate: bool,
    /// What time it is.
    pub time: bool,
}

impl Needs {
    /// What either asks.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            tls: self.tls || other.tls,
            sni: self.sni || other.sni,
            certificate: self.certificate || other.certificate,
            time: self.time || other.time,
        }
    }
}

/// Loads a stage from its configuration.
///
/// # Errors
/// Every problem of the configuration.
pub fn load<S: Stage>(configuration: &[u8]) -> Result<S, Vec<Problem>> {
    read(configuration).map(S::compile)
}

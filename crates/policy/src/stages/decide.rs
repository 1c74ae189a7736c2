//! The decision on one request.

use super::Stage;
use crate::decision::{Answer, Report, Trace};
use crate::http::{Connection, Request};

/// The decision on one request.
#[derive(Debug)]
pub struct Outcome<'a, S: Stage, T> {
    /// The denial or redirect; absent if the request is allowed.
    pub answer: Option<Box<Answer>>,
    /// The request as the upstream receives it; absent if its headers are malformed.
    pub request: Option<Request<'a>>,
    /// The state that the stage keeps for the response.
    pub response_state: S::ResponseState,
    /// Diagnostics of the decision.
    pub report: Report<T>,
}

/// Decides on a request.
///
/// `lines` are the lines of its headers, pseudo-headers included; `now` is the time in seconds since 1970.
pub fn decide<'a, S: Stage, T: Trace + Default>(
    stage: &S,
    lines: impl Iterator<Item = (&'a [u8], &'a [u8])>,
    connection: Connection<'a>,
    now: u64,
) -> Outcome<'a, S, T> {
    let mut report = Report::default();
    let mut response_state = S::ResponseState::default();
    let mut request = match Request::new(lines, connection, now) {
        Ok(request) => request,
        Err(reason) => {
            let answer = stage.denial_without_policy(reason);
            report.enter(answer.filter);
            return Outcome { answer: Some(Box::new(answer)), request: None, response_state, report };
        }
    };
    let answer = stage.on_request(&mut request, &mut response_state, &mut report).err();
    if answer.is_some() {
        stage.on_answer(&request, &mut response_state);
    }
    Outcome { answer, request: Some(request), response_state, report }
}

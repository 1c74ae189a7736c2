//! From the lines of a request to what comes of it.

use super::{Answer, Report, Trace};
use crate::http::{Connection, Request};
use crate::stages::Stage;

/// What came of a request.
#[derive(Debug)]
pub struct Outcome<'a, S: Stage, T> {
    /// What ended it, if something did.
    pub answer: Option<Box<Answer>>,
    /// The request as the upstream would get it.
    pub request: Option<Request<'a>>,
    /// What the stage keeps for the response.
    pub response_state: S::ResponseState,
    /// What else the stage has to say.
    pub report: Report<T>,
}

/// Takes a request, given by the lines of its headers with the pseudo-headers, through a stage; `now` is in seconds
/// since 1970.
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
            let answer = Answer::without_policy(stage, 400, reason);
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

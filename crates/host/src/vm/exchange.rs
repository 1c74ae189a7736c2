//! A request and its response.

use super::ffi::{self, Map};
use super::headers::{send_local_reply, write_changes};
use super::instance::{Failure, PluginInstance, Settled, StreamAction};
use crate::pairs;
use crate::waiting_queue::Later;
use policy::decision::LocalReply;
use policy::http::Headers;
use policy::stages::Stage;
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;
use std::rc::Rc;

/// A request and its response.
pub(crate) struct Exchange<S: Stage> {
    /// `None` only if the host runs a module that it did not configure.
    instance: Option<Rc<PluginInstance<S>>>,
    context: u32,
    /// True once the policy has let the request continue without a wait.
    continues: bool,
    response_state: S::ResponseState,
    /// The decision in place of `continues` and `response_state`, if the request had to wait.
    later: Option<Later<Settled<S::ResponseState>>>,
}

impl<S: Stage> Exchange<S> {
    /// Creates an exchange of this context.
    pub(crate) fn new(instance: Option<Rc<PluginInstance<S>>>, context: u32) -> Self {
        Self { instance, context, continues: false, response_state: S::ResponseState::default(), later: None }
    }

    fn on_request(&mut self) -> Result<Action, Failure> {
        let instance = self.instance.as_ref().ok_or(Failure("no policy"))?;
        match instance.decide(instance.has_room_to_wait())? {
            StreamAction::Continue(response_state) => {
                self.response_state = response_state;
                self.continues = true;
                return Ok(Action::Continue);
            }
            StreamAction::Answered(response_state) => self.response_state = response_state,
            StreamAction::Wait(wanted) => self.later = Some(instance.wait(self.context, &wanted)),
        }
        Ok(Action::Pause)
    }

    /// Removes the trailers that no server may take for headers.
    fn remove_trailers(&self) -> Result<(), Failure> {
        let instance = self.instance.as_ref().ok_or(Failure("no policy"))?;
        let bytes = ffi::headers(Map::RequestTrailers).map_err(|_| Failure("request trailers"))?;
        let lines = pairs::decode(&bytes).ok_or(Failure("request trailers"))?;
        let mut trailers = Headers::new(lines);
        trailers.remove(|name| instance.stage.removes_trailer(name));
        write_changes(Map::RequestTrailers, &trailers).map_err(|_| Failure("changed request trailers"))
    }

    /// Denies the request because the host failed on it.
    fn deny_failure(&self, failure: &Failure) -> Action {
        match &self.instance {
            Some(instance) => instance.answer_failure(failure),
            None => {
                failure.log();
                let _ = send_local_reply(&LocalReply::denied(500, None, false), "ringfence_no_policy");
            }
        }
        Action::Pause
    }

    fn settled(&self) -> Option<&Settled<S::ResponseState>> {
        self.later.as_ref().and_then(|later| later.get())
    }

    /// Returns the action for what follows the headers of the request: its body and its trailers.
    ///
    /// INVARIANT: nothing continues before the policy has let the request continue. Envoy stops at the headers of a
    /// paused request by itself, except with `allow_on_headers_stop_iteration`: what follows would release it.
    fn on_rest_of_request(&self) -> Action {
        let continues = self.continues || self.settled().is_some_and(|settled| settled.continues);
        if continues { Action::Continue } else { Action::Pause }
    }

    fn on_response(&self) -> Result<(), Failure> {
        let state = self.settled().map_or(&self.response_state, |settled| &settled.response_state);
        let Some(instance) = self.instance.as_ref().filter(|instance| instance.stage.responds(state)) else {
            return Ok(());
        };
        let bytes = ffi::headers(Map::Response).map_err(|_| Failure("response headers"))?;
        let lines = pairs::decode(&bytes).ok_or(Failure("response headers"))?;
        let mut headers = Headers::new(lines);
        instance.stage.on_response(state, &mut headers);
        write_changes(Map::Response, &headers).map_err(|_| Failure("changed response headers"))
    }
}

impl<S: Stage> Context for Exchange<S> {}

impl<S: Stage> HttpContext for Exchange<S> {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.on_request().unwrap_or_else(|failure| self.deny_failure(&failure))
    }

    fn on_http_request_trailers(&mut self, _: usize) -> Action {
        match self.remove_trailers() {
            Ok(()) => self.on_rest_of_request(),
            Err(failure) => self.deny_failure(&failure),
        }
    }

    fn on_http_request_body(&mut self, _: usize, _: bool) -> Action {
        self.on_rest_of_request()
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if let Err(failure) = self.on_response() {
            failure.log();
        }
        Action::Continue
    }
}

//! One request and its response.

use crate::clock;
use crate::ffi::{self, Level, Map, Status};
use crate::pairs;
use crate::root::PluginInstance;
use crate::waiting::Later;
use policy::decision::{Answer, Decision, KeysWanted, LocalReply, NoTrace, Reason};
use policy::http::{Change, Connection, Headers};
use policy::stages::{Needs, Stage};
use policy::vocabulary::Mode;
use policy::{Outcome, decide};
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;
use std::rc::Rc;

/// One request and its response.
pub(crate) struct Exchange<S: Stage> {
    /// Absent only where the host runs a module that it did not configure.
    loaded: Option<Rc<PluginInstance<S>>>,
    context: u32,
    response_state: S::ResponseState,
    /// In the place of `response_state`, where the request had to wait.
    later: Option<Later<S::ResponseState>>,
}

/// What becomes of a request.
pub(crate) enum StreamAction<M> {
    /// It goes on.
    Continue(M),
    /// It has its answer.
    Answered(M),
    /// It could do with other keys.
    Wait(Vec<KeysWanted>),
}

impl<S: Stage> Exchange<S> {
    pub(crate) fn new(loaded: Option<Rc<PluginInstance<S>>>, context: u32) -> Self {
        Self { loaded, context, response_state: S::ResponseState::default(), later: None }
    }

    fn on_request(&mut self) -> Result<Action, Failure> {
        let loaded = self.loaded.as_ref().ok_or(Failure("no policy"))?;
        match loaded.decide(loaded.stage.key_ring().is_some() && !loaded.waiting.is_full())? {
            StreamAction::Continue(response_state) => {
                self.response_state = response_state;
                return Ok(Action::Continue);
            }
            StreamAction::Answered(response_state) => self.response_state = response_state,
            StreamAction::Wait(wanted) => self.later = Some(loaded.wait(self.context, &wanted)),
        }
        Ok(Action::Pause)
    }

    fn on_response(&self) -> Result<(), Failure> {
        let response_state =
            self.later.as_ref().and_then(|later| later.get()).unwrap_or(&self.response_state);
        let Some(loaded) = self.loaded.as_ref().filter(|loaded| loaded.stage.responds(response_state)) else {
            return Ok(());
        };
        let bytes = ffi::headers(Map::Response).map_err(|_| Failure("response headers"))?;
        let lines = pairs::decode(&bytes).ok_or(Failure("response headers"))?;
        let mut headers = Headers::new(lines);
        loaded.stage.on_response(response_state, &mut headers);
        write(Map::Response, &headers).map_err(|_| Failure("changed response headers"))
    }
}

impl<S: Stage> PluginInstance<S> {
    /// Decides about the request whose context it is; `may_wait`: keys that are on their way may change the decision.
    pub(crate) fn decide(&self, may_wait: bool) -> Result<StreamAction<S::ResponseState>, Failure> {
        let bytes = ffi::headers(Map::Request).map_err(|_| Failure("request headers"))?;
        let lines = pairs::decode(&bytes).ok_or(Failure("request headers"))?;
        let facts = Facts::ask(self.stage.needs()).map_err(|_| Failure("connection"))?;
        let Outcome { answer, request, response_state, report } =
            decide::<S, NoTrace>(&self.stage, lines.into_iter(), facts.connection(), facts.now);
        self.counters.tokens(&report.tokens);
        if self.stage.key_ring().is_some() && !report.tokens.keys_wanted.is_empty() {
            let soon = self.keys.want(&report.tokens.keys_wanted);
            self.hurry();
            if soon && may_wait && report.tokens.awaits_keys {
                return Ok(StreamAction::Wait(report.tokens.keys_wanted));
            }
        }
        self.counters.request(&report);
        for withheld in &report.shadowed {
            self.record(withheld);
        }
        if let Some(answer) = answer {
            self.record(&answer);
            respond(&answer.reply, &answer.details()).map_err(|_| Failure("local response"))?;
            return Ok(StreamAction::Answered(response_state));
        }
        if let Some(request) = request {
            write(Map::Request, &request.headers).map_err(|_| Failure("changed request headers"))?;
        }
        Ok(StreamAction::Continue(response_state))
    }

    /// Denies a request because the host failed on it.
    pub(crate) fn answer_failure(&self, failure: &Failure) {
        failure.log();
        let answer = self.stage.denial_without_policy(Reason::INTERNAL_ERROR);
        self.record(&answer);
        // Where not even this can be said, the request stays where it is: it never goes on.
        let _ = respond(&answer.reply, &answer.details());
    }
}

impl<S: Stage> Context for Exchange<S> {}

impl<S: Stage> HttpContext for Exchange<S> {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        self.on_request().unwrap_or_else(|failure| {
            match &self.loaded {
                Some(loaded) => loaded.answer_failure(&failure),
                None => {
                    failure.log();
                    let _ = respond(&LocalReply::denied(500, None, false), "ringfence_no_policy");
                }
            }
            Action::Pause
        })
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if let Err(failure) = self.on_response() {
            failure.log();
        }
        Action::Continue
    }
}

/// What the host did not do.
pub(crate) struct Failure(&'static str);

impl Failure {
    fn log(&self) {
        ffi::log(Level::Error, &format!("the host failed: {}", self.0));
    }
}

impl<S: Stage> PluginInstance<S> {
    /// Counts, logs and leaves to other filters what ended a request, or would have.
    fn record(&self, answer: &Answer) {
        let what = match (answer.decision, answer.mode) {
            (Decision::Redirect, Mode::Enforce) => "redirected",
            (Decision::Redirect, _) => "shadow_redirected",
            (_, Mode::Enforce) => "denied",
            _ => "shadow_denied",
        };
        self.counters.count(answer.filter, what);
        if let Some(rule) = answer.rule.as_ref().filter(|_| answer.mode == Mode::Enforce) {
            self.counters.count(answer.filter, &format!("rule_{rule}_{what}"));
        }
        ffi::log(Level::Info, &answer.to_string());
        let state = format!("ringfence.{}", answer.filter.name());
        if ffi::set_filter_state(&state, &answer.state()).is_err() {
            ffi::log(Level::Error, "the host takes no filter state");
        }
    }
}

/// What the host says about the time and the connection.
#[derive(Default)]
struct Facts {
    now: u64,
    tls: bool,
    sni: Option<Vec<u8>>,
    certificate: Option<Vec<u8>>,
}

impl Facts {
    fn ask(needs: Needs) -> Result<Self, Status> {
        let mut facts = Self::default();
        if needs.time {
            facts.now = clock::seconds();
        }
        if needs.tls {
            facts.tls = ffi::property("connection\0tls_version")?.is_some_and(|version| !version.is_empty());
        }
        if needs.sni && facts.tls {
            facts.sni = ffi::property("connection\0requested_server_name")?;
        }
        if needs.certificate {
            facts.certificate = ffi::property("connection\0sha256_peer_certificate_digest")?;
        }
        Ok(facts)
    }

    fn connection(&self) -> Connection<'_> {
        Connection { tls: self.tls, sni: self.sni.as_deref(), certificate: self.certificate.as_deref() }
    }
}

/// Answers in place of the upstream. For gRPC the host makes the trailers-only response.
fn respond(reply: &LocalReply, details: &str) -> Result<(), Status> {
    let headers =
        pairs::encode(reply.headers.iter().map(|(name, value)| (name.as_bytes(), value.as_slice())));
    let grpc = reply.grpc.map_or(-1, i32::from);
    ffi::respond(u32::from(reply.status), details, &reply.body, &headers, grpc)
}

/// The most changes that are written one by one. To replace all headers, the host takes each of them off and adds it
/// again: that costs as much as some few calls.
const MAX_SINGLE_WRITES: usize = 4;

/// Writes what was changed: few changes one by one, many at once.
fn write(map: Map, headers: &Headers<'_>) -> Result<(), Status> {
    let changes = headers.changes();
    if changes.len() > MAX_SINGLE_WRITES || changes.contains(&Change::Lines) {
        return ffi::set_headers(map, &pairs::encode(headers.lines()));
    }
    changes.iter().try_for_each(|change| match change {
        Change::Set(name, value) => ffi::set_header(map, name.as_bytes(), value),
        Change::Add(name, value) => ffi::add_header(map, name.as_bytes(), value),
        Change::Remove(name) => ffi::remove_header(map, name),
        Change::Lines => Ok(()),
    })
}

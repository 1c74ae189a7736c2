//! A configured policy: decisions, the timer, and the requests that wait.

use super::clock;
use super::connection::ConnectionFacts;
use super::fetch;
use super::ffi::{self, Envoy, Map};
use super::headers::{send_local_reply, write_changes};
use crate::counters::Counters;
use crate::host::{Host, Level};
use crate::key_schedule::KeySchedule;
use crate::pairs;
use crate::waiting_queue::{Later, WaitingQueue};
use jose::HostBacked;
use policy::decision::{Answer, Decision, KeysWanted, NoTrace, Reason};
use policy::stages::{Needs, Stage};
use policy::vocabulary::Mode;
use policy::{Outcome, decide};
use std::cell::Cell;

/// The period of the timer, in milliseconds: counters are written and keys are looked up.
const TICK: u32 = 1000;

/// The period of the timer while keys are expected.
const FAST_TICK: u32 = 25;

/// The size of a page of WebAssembly memory, in bytes.
const PAGE: u64 = 64 * 1024;

/// A policy with the state that its requests share.
#[derive(Debug)]
pub(crate) struct PluginInstance<S: Stage> {
    /// The root context.
    context: u32,
    pub(crate) stage: S,
    /// What the stage needs of the connection.
    needs: Needs,
    counters: Counters,
    keys: KeySchedule,
    waiting: WaitingQueue<Settled<S::ResponseState>>,
    /// The current period of the timer, in milliseconds.
    tick: Cell<u32>,
    /// When counters were last written, in milliseconds since 1970.
    written: Cell<u64>,
}

/// What happens to a request.
pub(crate) enum StreamAction<M> {
    /// The request continues.
    Continue(M),
    /// The request was answered.
    Answered(M),
    /// The request waits for keys.
    Wait(Vec<KeysWanted>),
}

/// The decision on a request that waited.
#[derive(Debug)]
pub(crate) struct Settled<M> {
    /// False if the request was answered.
    pub(crate) continues: bool,
    pub(crate) response_state: M,
}

/// A failed call of the host.
pub(crate) struct Failure(pub(crate) &'static str);

impl Failure {
    /// Logs the failure.
    pub(crate) fn log(&self) {
        Envoy.log(Level::Error, &format!("the host failed: {}", self.0));
    }
}

impl<S: Stage> PluginInstance<S> {
    /// Creates an instance for a policy, and starts its timer.
    pub(crate) fn new(context: u32, stage: S) -> Self {
        let counters = Counters::new(&stage.filters(), &Envoy);
        let mut keys = KeySchedule::default();
        if let Some(ring) = stage.key_ring() {
            ring.verify_with(Box::new(HostBacked::probed(Envoy)));
            ring.warnings().iter().for_each(|line| Envoy.log(Level::Info, line));
            keys = KeySchedule::new(ring, &Envoy);
        }
        let waiting = WaitingQueue::new();
        let instance = Self {
            context,
            needs: stage.needs(),
            stage,
            counters,
            keys,
            waiting,
            tick: Cell::new(0),
            written: Cell::new(0),
        };
        // Envoy also configures a context only to validate the policy, so the timer starts the first fetch.
        instance.adapt_tick();
        instance
    }

    /// Returns true if a further request can wait for keys.
    pub(crate) fn has_room_to_wait(&self) -> bool {
        self.stage.key_ring().is_some() && !self.waiting.is_full()
    }

    /// Decides on the request of the effective context. `may_wait`: the request waits if keys that are expected may
    /// change the decision.
    pub(crate) fn decide(&self, may_wait: bool) -> Result<StreamAction<S::ResponseState>, Failure> {
        let bytes = ffi::headers(Map::Request).map_err(|_| Failure("request headers"))?;
        let lines = pairs::decode(&bytes).ok_or(Failure("request headers"))?;
        let facts = ConnectionFacts::read(self.needs).map_err(|_| Failure("connection"))?;
        let Outcome { answer, request, response_state, report } =
            decide::<S, NoTrace>(&self.stage, lines.into_iter(), facts.connection(), facts.now);
        self.counters.add_tokens(&report.tokens);
        if self.stage.key_ring().is_some() && !report.tokens.keys_wanted.is_empty() {
            let soon = self.keys.request(&report.tokens.keys_wanted, clock::milliseconds(), &Envoy);
            self.set_tick(FAST_TICK);
            if soon && may_wait && report.tokens.awaits_keys {
                return Ok(StreamAction::Wait(report.tokens.keys_wanted));
            }
        }
        self.counters.add_request(&report);
        for shadowed in &report.shadowed {
            self.record(shadowed);
        }
        if let Some(answer) = answer {
            self.record(&answer);
            send_local_reply(&answer.reply, &answer.details()).map_err(|_| Failure("local reply"))?;
            return Ok(StreamAction::Answered(response_state));
        }
        if let Some(request) = request {
            write_changes(Map::Request, &request.headers).map_err(|_| Failure("changed request headers"))?;
        }
        Ok(StreamAction::Continue(response_state))
    }

    /// Denies the request of the effective context because the host failed on it.
    pub(crate) fn answer_failure(&self, failure: &Failure) {
        failure.log();
        let answer = self.stage.denial_without_policy(Reason::INTERNAL_ERROR);
        self.record(&answer);
        // If the local reply fails, the stream stays paused.
        let _ = send_local_reply(&answer.reply, &answer.details());
    }

    /// Counts and logs a denial or redirect, which may be shadowed, and sets it as filter state.
    fn record(&self, answer: &Answer) {
        let what = match (answer.decision, answer.mode) {
            (Decision::Redirect, Mode::Enforce) => "redirected",
            (Decision::Redirect, _) => "shadow_redirected",
            (_, Mode::Enforce) => "denied",
            _ => "shadow_denied",
        };
        self.counters.increment(answer.filter, what);
        if let Some(rule) = answer.rule.as_ref().filter(|_| answer.mode == Mode::Enforce) {
            self.counters.increment(answer.filter, &format!("rule_{rule}_{what}"));
        }
        Envoy.log(Level::Info, &answer.to_string());
        let state = format!("ringfence.{}", answer.filter.name());
        if ffi::set_filter_state(&state, &answer.state()).is_err() {
            Envoy.log(Level::Error, "the host does not set filter state");
        }
    }

    /// Adds a request to those that wait for keys.
    pub(crate) fn wait(&self, context: u32, wanted: &[KeysWanted]) -> Later<Settled<S::ResponseState>> {
        let until = clock::milliseconds().saturating_add(self.keys.max_wait(wanted));
        self.set_tick(FAST_TICK);
        self.waiting.push(context, until)
    }

    /// Writes counters and looks up keys.
    pub(crate) fn on_tick(&self) {
        let now = clock::milliseconds();
        if now.saturating_sub(self.written.get()) >= u64::from(TICK) {
            self.written.set(now);
            self.write_counters();
        }
        if let Some(ring) = self.stage.key_ring().filter(|_| !self.keys.is_empty()) {
            let keys_changed = self.keys.catch_up(ring, &Envoy);
            fetch::fetch_due(&self.keys, &self.counters);
            self.settle_waiting(keys_changed);
            self.adapt_tick();
        }
    }

    /// Takes the response to a fetch, given by the number of its headers and the size of its body.
    pub(crate) fn on_call_response(&self, call: u32, headers: usize, size: usize) {
        if let Some(ring) = self.stage.key_ring() {
            fetch::on_response(&self.keys, call, headers, size, ring, &self.counters);
            // Another provider may share the set.
            self.keys.catch_up(ring, &Envoy);
            self.settle_waiting(true);
        }
    }

    /// Decides again on the waiting requests that are due.
    fn settle_waiting(&self, keys_changed: bool) {
        self.waiting.settle(keys_changed, clock::milliseconds(), |context, later, may_wait| {
            self.settle(context, later, may_wait)
        });
        if ffi::set_effective_context(self.context).is_err() {
            Envoy.log(Level::Error, "the host does not return to the root context");
        }
    }

    /// Decides on a waiting request. Returns false if it keeps waiting.
    fn settle(&self, context: u32, later: &Later<Settled<S::ResponseState>>, may_wait: bool) -> bool {
        if ffi::set_effective_context(context).is_err() {
            return true;
        }
        let (response_state, continues) = match self.decide(may_wait) {
            Ok(StreamAction::Wait(_)) => return false,
            Ok(StreamAction::Continue(response_state)) => (response_state, true),
            Ok(StreamAction::Answered(response_state)) => (response_state, false),
            Err(failure) => {
                self.answer_failure(&failure);
                return true;
            }
        };
        // Set once: a request is settled only once.
        let _ = later.set(Settled { continues, response_state });
        if continues && ffi::resume_request().is_err() {
            Envoy.log(Level::Error, "the host does not resume a request");
        }
        true
    }

    /// Sets the period of the timer: short while requests wait, or the first keys are expected.
    fn adapt_tick(&self) {
        let fast = !self.waiting.is_empty() || self.keys.is_starting(clock::milliseconds());
        self.set_tick(if fast { FAST_TICK } else { TICK });
    }

    fn set_tick(&self, milliseconds: u32) {
        if self.tick.replace(milliseconds) != milliseconds && ffi::set_tick_period(milliseconds).is_err() {
            let line = "the host has no timer: keys are not fetched, counters are written when the policy is \
                        removed";
            Envoy.log(Level::Error, line);
        }
    }

    fn write_counters(&self) {
        self.counters.write(core::arch::wasm32::memory_size(0) as u64 * PAGE, &Envoy);
    }
}

/// Writes the last counts when the policy is removed.
impl<S: Stage> Drop for PluginInstance<S> {
    fn drop(&mut self) {
        self.write_counters();
    }
}

//! Requests that wait for keys.

use crate::clock;
use crate::exchange::StreamAction;
use crate::ffi::{self, Level};
use crate::root::PluginInstance;
use policy::decision::KeysWanted;
use policy::stages::Stage;
use std::cell::{OnceCell, RefCell};
use std::rc::{Rc, Weak};

/// The most requests that wait at a time, in one worker; the others are answered at once.
const MAX_WAITING: usize = 1024;

/// The most requests that are decided about in one call into the VM. Envoy answers them behind it, each answer with calls
/// of its own into the VM, one inside the other: the stack is not to grow with those who wait.
const MAX_SETTLED: usize = 32;

/// What a request that waited is to keep for its response, once it was decided about.
pub(crate) type Later<M> = Rc<OnceCell<M>>;

/// The requests that wait.
#[derive(Debug)]
pub(crate) struct Waiting<M>(RefCell<Vec<Waiter<M>>>);

#[derive(Debug)]
struct Waiter<M> {
    /// The request's context.
    context: u32,
    /// Until when it waits, in milliseconds since 1970.
    until: u64,
    /// Whether keys have changed since it was last decided about.
    due: bool,
    /// Gone with the request.
    later: Weak<OnceCell<M>>,
}

impl<M> Waiting<M> {
    /// Nobody.
    pub(crate) fn new() -> Self {
        Self(RefCell::new(Vec::new()))
    }

    /// Whether nobody waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// Whether no more can wait.
    pub(crate) fn is_full(&self) -> bool {
        self.0.borrow().len() >= MAX_WAITING
    }
}

impl<S: Stage> PluginInstance<S> {
    /// Lets a request wait for keys.
    pub(crate) fn wait(&self, context: u32, wanted: &[KeysWanted]) -> Later<S::ResponseState> {
        let later = Later::default();
        let until = clock::milliseconds().saturating_add(self.keys.patience(wanted));
        self.waiting.0.borrow_mut().push(Waiter { context, until, due: false, later: Rc::downgrade(&later) });
        self.hurry();
        later
    }

    /// Decides anew about requests that wait: where keys have changed all of them, otherwise those whose time is over; a
    /// few now, and the others at the next ticks.
    pub(crate) fn reconsider(&self, changed: bool) {
        let now = clock::milliseconds();
        let (mut settled, mut waiting) = (0, Vec::new());
        for mut waiter in self.waiting.0.take() {
            let Some(later) = waiter.later.upgrade() else { continue };
            waiter.due |= changed;
            if settled < MAX_SETTLED && (waiter.due || now >= waiter.until) {
                waiter.due = false;
                if self.settle(waiter.context, &later, now < waiter.until) {
                    settled += 1;
                    continue;
                }
            }
            waiting.push(waiter);
        }
        self.waiting.0.replace(waiting);
        if ffi::set_effective_context(self.context).is_err() {
            ffi::log(Level::Error, "the host lost the context of the module");
        }
    }

    /// Decides about one; false where it is to wait on.
    fn settle(&self, context: u32, later: &Later<S::ResponseState>, may_wait: bool) -> bool {
        if ffi::set_effective_context(context).is_err() {
            return true;
        }
        let (response_state, goes_on) = match self.decide(may_wait) {
            Ok(StreamAction::Wait(_)) => return false,
            Ok(StreamAction::Continue(response_state)) => (response_state, true),
            Ok(StreamAction::Answered(response_state)) => (response_state, false),
            Err(failure) => {
                self.answer_failure(&failure);
                return true;
            }
        };
        // It was empty: a request is settled once.
        let _ = later.set(response_state);
        if goes_on && ffi::resume_request().is_err() {
            ffi::log(Level::Error, "the host does not resume a request");
        }
        true
    }
}

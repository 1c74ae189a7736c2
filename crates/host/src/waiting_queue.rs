//! The requests that wait for keys.

use std::cell::{OnceCell, RefCell};
use std::rc::{Rc, Weak};

/// The maximum number of waiting requests in one worker; further requests are answered at once.
const MAX_WAITING: usize = 1024;

/// The maximum number of requests that one call into the VM settles. Envoy answers them after the call; each answer
/// calls into the VM again, inside the previous one, so that the stack grows with their number.
const MAX_SETTLED: usize = 32;

/// The response state of a request that waited; empty until the request is settled.
pub(crate) type Later<M> = Rc<OnceCell<M>>;

/// A queue of waiting requests.
#[derive(Debug)]
pub(crate) struct WaitingQueue<M>(RefCell<Vec<Waiter<M>>>);

#[derive(Debug)]
struct Waiter<M> {
    /// The context of the request.
    context: u32,
    /// When the wait ends, in milliseconds since 1970.
    until: u64,
    /// True if keys have changed since the last decision.
    due: bool,
    /// Dropped with the request.
    later: Weak<OnceCell<M>>,
}

impl<M> WaitingQueue<M> {
    /// Creates an empty queue.
    pub(crate) fn new() -> Self {
        Self(RefCell::new(Vec::new()))
    }

    /// Returns true if no request is waiting.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// Returns true if no further request can wait.
    pub(crate) fn is_full(&self) -> bool {
        self.0.borrow().len() >= MAX_WAITING
    }

    /// Adds a request.
    pub(crate) fn push(&self, context: u32, until: u64) -> Later<M> {
        let later = Later::default();
        self.0.borrow_mut().push(Waiter { context, until, due: false, later: Rc::downgrade(&later) });
        later
    }

    /// Settles the requests whose wait is over, or all if keys have changed: a bounded number now, the others in the
    /// next calls.
    ///
    /// `settle` takes the context of a request, the place for its response state, and true if the request may still
    /// wait. It returns false if the request does wait.
    pub(crate) fn settle(
        &self,
        keys_changed: bool,
        now: u64,
        mut settle: impl FnMut(u32, &Later<M>, bool) -> bool,
    ) {
        let (mut settled, mut waiting) = (0, Vec::new());
        for mut waiter in self.0.take() {
            let Some(later) = waiter.later.upgrade() else { continue };
            waiter.due |= keys_changed;
            if settled < MAX_SETTLED && (waiter.due || now >= waiter.until) {
                waiter.due = false;
                if settle(waiter.context, &later, now < waiter.until) {
                    settled += 1;
                    continue;
                }
            }
            waiting.push(waiter);
        }
        // Requests may arrive while others are settled.
        waiting.append(&mut self.0.take());
        self.0.replace(waiting);
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_SETTLED, MAX_WAITING, WaitingQueue};

    const NOW: u64 = 1_000_000;

    /// Settles all requests as answered; returns the contexts and whether each could still wait.
    fn settle(queue: &WaitingQueue<()>, keys_changed: bool, now: u64) -> Vec<(u32, bool)> {
        let mut settled = Vec::new();
        queue.settle(keys_changed, now, |context, _, may_wait| {
            settled.push((context, may_wait));
            true
        });
        settled
    }

    #[test]
    fn a_request_is_settled_when_keys_change_or_its_wait_is_over() {
        let queue = WaitingQueue::new();
        let (_first, _second) = (queue.push(1, NOW + 10), queue.push(2, NOW + 20));
        assert_eq!(settle(&queue, false, NOW + 9), []);
        assert_eq!(settle(&queue, false, NOW + 10), [(1, false)]);
        assert_eq!(settle(&queue, true, NOW + 11), [(2, true)]);
        assert!(queue.is_empty());
    }

    #[test]
    fn a_request_that_is_gone_is_dropped() {
        let queue = WaitingQueue::new();
        drop(queue.push(1, NOW));
        assert_eq!(settle(&queue, true, NOW), []);
        assert!(queue.is_empty());
    }

    #[test]
    fn a_request_may_wait_again() {
        let queue = WaitingQueue::<()>::new();
        let _later = queue.push(1, NOW + 10);
        queue.settle(true, NOW, |_, _, _| false);
        assert!(!queue.is_empty());
        // It is due again when keys change again, not before.
        assert_eq!(settle(&queue, false, NOW + 1), []);
        assert_eq!(settle(&queue, true, NOW + 1), [(1, true)]);
    }

    #[test]
    fn the_number_settled_in_one_call_is_bounded() {
        let queue = WaitingQueue::new();
        let all: Vec<_> = (0..70).map(|context| queue.push(context, NOW + 10)).collect();
        assert_eq!(settle(&queue, true, NOW).len(), MAX_SETTLED);
        // The others are due although keys have not changed again.
        assert_eq!(settle(&queue, false, NOW).len(), MAX_SETTLED);
        assert_eq!(settle(&queue, false, NOW).len(), all.len() - 2 * MAX_SETTLED);
        assert!(queue.is_empty());
    }

    #[test]
    fn the_number_waiting_is_bounded() {
        let queue = WaitingQueue::<()>::new();
        for context in 0..MAX_WAITING {
            assert!(!queue.is_full());
            let _ = queue.push(context as u32, NOW);
        }
        assert!(queue.is_full());
    }

    #[test]
    fn a_request_that_arrives_during_settling_is_kept() {
        let queue = WaitingQueue::<()>::new();
        let _first = queue.push(1, NOW);
        let mut second = None;
        queue.settle(false, NOW, |_, _, _| {
            second = Some(queue.push(2, NOW + 10));
            true
        });
        assert_eq!(settle(&queue, true, NOW), [(2, true)]);
    }

    #[test]
    fn the_response_state_reaches_the_request() {
        let queue = WaitingQueue::new();
        let later = queue.push(1, NOW);
        queue.settle(false, NOW, |_, later, _| later.set("state").is_ok());
        assert_eq!(later.get(), Some(&"state"));
    }
}

//! Counters: collected here, written to the host on the timer.

use crate::ffi::{self, Metric};
use policy::decision::{Filter, PerFilter, Report, TokenReport};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// The counters of a module.
///
/// INVARIANT: names come from the filters and from the names of rules, so that there is a bound on them; a count is
/// dropped here only when the host has it.
#[derive(Debug, Default)]
pub(crate) struct Counters(RefCell<State>);

#[derive(Debug, Default)]
struct State {
    requests: PerFilter<u64>,
    others: BTreeMap<String, u64>,
    ids: BTreeMap<String, u32>,
    /// The gauge of the VM's memory, and what it was last set to, in pages of 64 KiB.
    memory: Option<(u32, usize)>,
}

const PAGE: u64 = 64 * 1024;

impl Counters {
    /// The counters of these filters, at 0.
    pub(crate) fn new(filters: &[Filter]) -> Self {
        let memory = ffi::define(Metric::Gauge, "ringfence_vm_memory_bytes").ok().map(|gauge| (gauge, 0));
        let mut state = State { memory, ..State::default() };
        for filter in filters {
            for what in ["requests_total", "denied_total", "shadow_denied_total"] {
                state.id(&format!("ringfence_{}_{what}", filter.name()));
            }
        }
        Self(RefCell::new(state))
    }

    /// Counts a request for each filter that saw it, and what was withheld in shadow.
    pub(crate) fn request<T>(&self, report: &Report<T>) {
        let mut state = self.0.borrow_mut();
        for (filter, entered) in report.entered.iter() {
            *state.requests.get_mut(filter) += u64::from(*entered);
        }
        for (filter, rule) in &report.matched_in_shadow {
            state.add(*filter, &format!("rule_{rule}_shadow_matched"), 1);
        }
    }

    /// Counts what tokens cost.
    pub(crate) fn tokens(&self, report: &TokenReport) {
        let counts = [("signature_checks", report.signature_checks), ("cache_hits", report.cache_hits)];
        for (what, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
            self.0.borrow_mut().add(Filter::TokenValidation, what, count);
        }
    }

    /// Counts under the name `ringfence_<filter>_<what>_total`.
    pub(crate) fn count(&self, filter: Filter, what: &str) {
        self.0.borrow_mut().add(filter, what, 1);
    }

    /// Writes what was counted since.
    pub(crate) fn write(&self) {
        let state = &mut *self.0.borrow_mut();
        let pages = core::arch::wasm32::memory_size(0);
        if let Some((gauge, last)) = &mut state.memory
            && *last != pages
            && ffi::record(*gauge, pages as u64 * PAGE).is_ok()
        {
            *last = pages;
        }
        for (filter, count) in std::mem::take(&mut state.requests).iter() {
            if *count > 0 {
                state.add(filter, "requests", *count);
            }
        }
        for (name, count) in std::mem::take(&mut state.others) {
            let written = state.id(&name).is_some_and(|id| ffi::increment(id, count).is_ok());
            if !written {
                state.others.insert(name, count);
            }
        }
    }
}

impl State {
    fn add(&mut self, filter: Filter, what: &str, count: u64) {
        let name = format!("ringfence_{}_{what}_total", filter.name());
        *self.others.entry(name).or_default() += count;
    }

    fn id(&mut self, name: &str) -> Option<u32> {
        if let Some(id) = self.ids.get(name) {
            return Some(*id);
        }
        let id = ffi::define(Metric::Counter, name).ok()?;
        self.ids.insert(name.to_owned(), id);
        Some(id)
    }
}

/// What the last second brought is written when the policy goes.
impl Drop for Counters {
    fn drop(&mut self) {
        self.write();
    }
}

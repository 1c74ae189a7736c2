//! The metrics of a module: counted in the VM, written to the host once a second.

use crate::host::{Host, Metric};
use policy::decision::{Filter, PerFilter, Report, TokenReport};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// The counters of a module.
///
/// INVARIANT: names come from the filters and from the names of rules, so that their number is bounded; a count is removed
/// only after the host has it.
#[derive(Debug, Default)]
pub(crate) struct Counters(RefCell<State>);

#[derive(Debug, Default)]
struct State {
    requests: PerFilter<u64>,
    signature_checks: u64,
    cache_hits: u64,
    others: BTreeMap<String, u64>,
    ids: BTreeMap<String, u32>,
    /// The gauge of the VM's memory, and its last value in bytes.
    memory: Option<(u32, u64)>,
}

impl Counters {
    /// Creates the counters of these filters, at 0.
    pub(crate) fn new(filters: &[Filter], host: &impl Host) -> Self {
        let memory = host.define_metric(Metric::Gauge, "ringfence_vm_memory_bytes").ok();
        let mut state = State { memory: memory.map(|gauge| (gauge, 0)), ..State::default() };
        for filter in filters {
            for what in ["requests_total", "denied_total", "shadow_denied_total"] {
                state.id(&format!("ringfence_{}_{what}", filter.name()), host);
            }
        }
        Self(RefCell::new(state))
    }

    /// Counts a request for each filter that it entered, and the matches of rules in shadow.
    pub(crate) fn add_request<T>(&self, report: &Report<T>) {
        let mut state = self.0.borrow_mut();
        for (filter, entered) in report.entered.iter() {
            *state.requests.get_mut(filter) += u64::from(*entered);
        }
        for (filter, rule) in &report.matched_in_shadow {
            state.add(*filter, &format!("rule_{rule}_shadow_matched"), 1);
        }
    }

    /// Counts the signature checks and cache hits of a request's tokens.
    pub(crate) fn add_tokens(&self, report: &TokenReport) {
        let mut state = self.0.borrow_mut();
        state.signature_checks += report.signature_checks;
        state.cache_hits += report.cache_hits;
    }

    /// Adds 1 to `ringfence_<filter>_<what>_total`.
    pub(crate) fn increment(&self, filter: Filter, what: &str) {
        self.0.borrow_mut().add(filter, what, 1);
    }

    /// Writes the counts since the last call, and the size of the VM's memory.
    pub(crate) fn write(&self, memory_bytes: u64, host: &impl Host) {
        let state = &mut *self.0.borrow_mut();
        if let Some((gauge, last)) = &mut state.memory
            && *last != memory_bytes
            && host.record_metric(*gauge, memory_bytes).is_ok()
        {
            *last = memory_bytes;
        }
        let requests = std::mem::take(&mut state.requests);
        let requests = requests.iter().map(|(filter, count)| (filter, "requests", *count));
        let tokens = [
            ("signature_checks", std::mem::take(&mut state.signature_checks)),
            ("cache_hits", std::mem::take(&mut state.cache_hits)),
        ];
        let tokens = tokens.map(|(what, count)| (Filter::TokenValidation, what, count));
        for (filter, what, count) in requests.chain(tokens).filter(|(_, _, count)| *count > 0) {
            state.add(filter, what, count);
        }
        for (name, count) in std::mem::take(&mut state.others) {
            let id = state.id(&name, host);
            if id.is_none_or(|id| host.increment_metric(id, count).is_err()) {
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

    fn id(&mut self, name: &str, host: &impl Host) -> Option<u32> {
        if let Some(id) = self.ids.get(name) {
            return Some(*id);
        }
        let id = host.define_metric(Metric::Counter, name).ok()?;
        self.ids.insert(name.to_owned(), id);
        Some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::Counters;
    use crate::tests::FakeHost;
    use policy::decision::{Filter, Report, TokenReport};

    #[test]
    fn the_counters_of_the_filters_start_at_0() {
        let host = FakeHost::default();
        Counters::new(&[Filter::PathPolicy], &host);
        for what in ["requests", "denied", "shadow_denied"] {
            assert_eq!(host.metric(&format!("ringfence_path_policy_{what}_total")), Some(0), "{what}");
        }
        assert_eq!(host.metric("ringfence_vhost_policy_requests_total"), None);
    }

    #[test]
    fn every_filter_counts_its_requests() {
        let (host, mut report) = (FakeHost::default(), Report::<()>::default());
        let counters = Counters::new(&Filter::ALL, &host);
        for filter in Filter::ALL {
            *report.entered.get_mut(filter) = true;
            counters.add_request(&report);
        }
        counters.write(0, &host);
        let requests =
            Filter::ALL.map(|filter| host.metric(&format!("ringfence_{}_requests_total", filter.name())));
        let expected: Vec<_> = (1..=Filter::ALL.len() as u64).rev().map(Some).collect();
        assert_eq!(requests.to_vec(), expected);
    }

    #[test]
    fn counts_are_written_once() {
        let host = FakeHost::default();
        let counters = Counters::new(&[Filter::TokenValidation], &host);
        let checked = TokenReport { signature_checks: 3, ..TokenReport::default() };
        counters.add_tokens(&checked);
        counters.increment(Filter::TokenValidation, "denied");
        for memory in [65_536, 131_072] {
            counters.write(memory, &host);
            assert_eq!(host.metric("ringfence_token_validation_signature_checks_total"), Some(3));
            assert_eq!(host.metric("ringfence_token_validation_cache_hits_total"), None);
            assert_eq!(host.metric("ringfence_token_validation_denied_total"), Some(1));
            assert_eq!(host.metric("ringfence_vm_memory_bytes"), Some(memory));
        }
    }

    #[test]
    fn counts_are_kept_until_the_host_has_them() {
        let host = FakeHost::default();
        let counters = Counters::new(&[Filter::PathPolicy], &host);
        counters.increment(Filter::PathPolicy, "denied");
        counters.increment(Filter::PathPolicy, "rule_a_denied");
        host.fails.set(true);
        counters.write(65_536, &host);
        host.fails.set(false);
        counters.increment(Filter::PathPolicy, "denied");
        counters.write(65_536, &host);
        assert_eq!(host.metric("ringfence_path_policy_denied_total"), Some(2));
        assert_eq!(host.metric("ringfence_path_policy_rule_a_denied_total"), Some(1));
        assert_eq!(host.metric("ringfence_vm_memory_bytes"), Some(65_536));
    }
}

//! A host in memory, for the tests of this crate.

use crate::host::{CallFailed, Host, Level, Metric};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// A host in memory.
#[derive(Debug, Default)]
pub(crate) struct FakeHost {
    /// Makes every call but `log` fail.
    pub(crate) fails: Cell<bool>,
    pub(crate) lines: RefCell<Vec<(Level, String)>>,
    pub(crate) metrics: RefCell<Vec<(String, u64)>>,
    shared: RefCell<BTreeMap<String, (Vec<u8>, u32)>>,
}

impl FakeHost {
    /// Returns the value of a metric, if it was defined.
    pub(crate) fn metric(&self, name: &str) -> Option<u64> {
        self.metrics.borrow().iter().find(|(other, _)| other == name).map(|(_, value)| *value)
    }

    /// Returns true if a line of the log contains this text.
    pub(crate) fn has_logged(&self, text: &str) -> bool {
        self.lines.borrow().iter().any(|(_, line)| line.contains(text))
    }

    fn check(&self) -> Result<(), CallFailed> {
        if self.fails.get() { Err(CallFailed(1)) } else { Ok(()) }
    }
}

impl Host for FakeHost {
    fn log(&self, level: Level, line: &str) {
        self.lines.borrow_mut().push((level, line.to_owned()));
    }

    fn shared_data(&self, key: &str) -> Option<(Vec<u8>, u32)> {
        self.check().ok()?;
        self.shared.borrow().get(key).cloned()
    }

    fn set_shared_data(&self, key: &str, value: &[u8], cas: u32) -> Result<(), CallFailed> {
        self.check()?;
        let mut shared = self.shared.borrow_mut();
        let version = shared.get(key).map_or(0, |(_, version)| *version);
        if cas != 0 && cas != version {
            return Err(CallFailed(1));
        }
        shared.insert(key.to_owned(), (value.to_vec(), version + 1));
        Ok(())
    }

    fn define_metric(&self, _: Metric, name: &str) -> Result<u32, CallFailed> {
        self.check()?;
        let mut metrics = self.metrics.borrow_mut();
        metrics.push((name.to_owned(), 0));
        Ok(metrics.len() as u32 - 1)
    }

    fn record_metric(&self, gauge: u32, value: u64) -> Result<(), CallFailed> {
        self.check()?;
        self.metrics.borrow_mut()[gauge as usize].1 = value;
        Ok(())
    }

    fn increment_metric(&self, counter: u32, by: u64) -> Result<(), CallFailed> {
        self.check()?;
        self.metrics.borrow_mut()[counter as usize].1 += by;
        Ok(())
    }
}

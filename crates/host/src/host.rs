//! The host calls of the pure modules.

/// The level of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Level {
    /// Information for operators.
    Info = 2,
    /// A transient failure.
    Warn = 3,
    /// A failure that an operator has to fix.
    Error = 4,
}

/// The kind of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Metric {
    /// A number that only grows.
    Counter = 0,
    /// A current value.
    Gauge = 1,
}

/// The host call failed with this status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CallFailed(pub(crate) u32);

/// The calls of the host that the pure modules make.
pub(crate) trait Host {
    /// Writes a line to the log.
    fn log(&self, level: Level, line: &str);

    /// Returns the shared data under a key, and the number of its version.
    fn shared_data(&self, key: &str) -> Option<(Vec<u8>, u32)>;

    /// Stores shared data under a key if the version is still `cas`; 0 means any version.
    fn set_shared_data(&self, key: &str, value: &[u8], cas: u32) -> Result<(), CallFailed>;

    /// Returns the number of the metric with this name.
    fn define_metric(&self, metric: Metric, name: &str) -> Result<u32, CallFailed>;

    /// Sets a gauge.
    fn record_metric(&self, gauge: u32, value: u64) -> Result<(), CallFailed>;

    /// Adds to a counter.
    fn increment_metric(&self, counter: u32, by: u64) -> Result<(), CallFailed>;
}

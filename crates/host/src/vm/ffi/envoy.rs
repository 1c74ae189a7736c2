//! The host calls of the pure modules, made through the ABI.

use super::calls::{Status, check, returned};
use super::sys;
use crate::host::{CallFailed, Host, Level, Metric};

/// The host that runs the module.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Envoy;

impl From<Status> for CallFailed {
    fn from(_: Status) -> Self {
        Self
    }
}

impl Host for Envoy {
    fn log(&self, level: Level, line: &str) {
        // SAFETY: the host reads the line during the call. There is no way to report a failure.
        let _ = unsafe { sys::proxy_log(level as u32, line.as_ptr(), line.len()) };
    }

    fn shared_data(&self, key: &str) -> Option<(Vec<u8>, u32)> {
        let mut cas = 0;
        // SAFETY: `returned` passes two places that live during the call, as does the number; the host reads the key
        // during the call.
        let value = returned(|data, size| unsafe {
            sys::proxy_get_shared_data(key.as_ptr(), key.len(), data, size, &raw mut cas)
        });
        Some((value.ok()?, cas))
    }

    fn set_shared_data(&self, key: &str, value: &[u8], cas: u32) -> Result<(), CallFailed> {
        // SAFETY: the host reads the bytes during the call.
        let status =
            unsafe { sys::proxy_set_shared_data(key.as_ptr(), key.len(), value.as_ptr(), value.len(), cas) };
        Ok(check(status)?)
    }

    fn define_metric(&self, metric: Metric, name: &str) -> Result<u32, CallFailed> {
        let mut id = 0;
        // SAFETY: the host reads the name and writes the number during the call.
        check(unsafe { sys::proxy_define_metric(metric as u32, name.as_ptr(), name.len(), &raw mut id) })?;
        Ok(id)
    }

    fn record_metric(&self, gauge: u32, value: u64) -> Result<(), CallFailed> {
        // SAFETY: no memory is passed.
        Ok(check(unsafe { sys::proxy_record_metric(gauge, value) })?)
    }

    fn increment_metric(&self, counter: u32, by: u64) -> Result<(), CallFailed> {
        let by = i64::try_from(by).unwrap_or(i64::MAX);
        // SAFETY: no memory is passed.
        Ok(check(unsafe { sys::proxy_increment_metric(counter, by) })?)
    }
}

//! The host calls of the pure modules, made through the ABI.

use super::calls::{check, returned};
use super::sys;
use crate::host::{CallFailed, Host, Level, Metric};
use jose::{HostUnavailable, HostVerify, decode_result, encode_request};

/// The host that runs the module.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Envoy;

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
        check(unsafe {
            sys::proxy_set_shared_data(key.as_ptr(), key.len(), value.as_ptr(), value.len(), cas)
        })
    }

    fn define_metric(&self, metric: Metric, name: &str) -> Result<u32, CallFailed> {
        let mut id = 0;
        // SAFETY: the host reads the name and writes the number during the call.
        check(unsafe { sys::proxy_define_metric(metric as u32, name.as_ptr(), name.len(), &raw mut id) })?;
        Ok(id)
    }

    fn record_metric(&self, gauge: u32, value: u64) -> Result<(), CallFailed> {
        // SAFETY: no memory is passed.
        check(unsafe { sys::proxy_record_metric(gauge, value) })
    }

    fn increment_metric(&self, counter: u32, by: u64) -> Result<(), CallFailed> {
        let by = i64::try_from(by).unwrap_or(i64::MAX);
        // SAFETY: no memory is passed.
        check(unsafe { sys::proxy_increment_metric(counter, by) })
    }
}

/// Envoy's foreign function `verify_signature` (since 1.30).
impl HostVerify for Envoy {
    fn verify_signature(
        &self,
        hash: &str,
        spki: &[u8],
        signature: &[u8],
        message: &[u8],
    ) -> Result<bool, HostUnavailable> {
        let (name, argument) = ("verify_signature", encode_request(hash, spki, signature, message));
        // SAFETY: `returned` passes two places that live during the call; the host reads the bytes during the call.
        let result = returned(|data, size| unsafe {
            let (argument, length) = (argument.as_ptr(), argument.len());
            sys::proxy_call_foreign_function(name.as_ptr(), name.len(), argument, length, data, size)
        });
        // A successful call does not imply a valid signature: the result does.
        decode_result(&result.map_err(|_| HostUnavailable)?).ok_or(HostUnavailable)
    }
}

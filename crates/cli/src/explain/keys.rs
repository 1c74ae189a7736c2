//! Keys that a module would fetch.

use crate::exit::Failure;
use cases::Policy;

/// Gives the policy the keys of files in place of those that are fetched; says what an operator should know.
pub fn take(policy: &Policy, given: &[String], now: u64) -> Result<Vec<String>, Failure> {
    let remote = policy.remote_keys();
    let mut notes = Vec::new();
    let mut open: Vec<&str> = remote.iter().map(|keys| keys.provider.as_str()).collect();
    for text in given {
        let (provider, file) = match text.split_once('=') {
            Some((provider, file)) => (Some(provider), file),
            None => (None, text.as_str()),
        };
        let places = remote.iter().filter(|keys| provider.is_none_or(|name| keys.provider == name));
        let places: Vec<_> = places.collect();
        if places.is_empty() {
            return Err(Failure::call(format_args!("--jwks {text}: no such provider fetches keys")));
        }
        let set = std::fs::read(file).map_err(|error| Failure::call(format_args!("{file}: {error}")))?;
        for keys in places {
            let left_out = policy
                .take_keys(keys.provider_index, &set, now)
                .map_err(|error| Failure::call(format_args!("{file}: {error}")))?;
            notes.extend(left_out.iter().map(|key| format!("keys of provider `{}`: {key}", keys.provider)));
            open.retain(|name| *name != keys.provider);
        }
    }
    notes.extend(policy.warnings().into_iter().filter(|remark| !notes.contains(remark)).collect::<Vec<_>>());
    let missing = |name: &str| {
        format!(
            "provider `{name}` fetches its keys, and there are none here: give them by --jwks {name}=FILE"
        )
    };
    notes.extend(open.into_iter().map(missing));
    Ok(notes)
}

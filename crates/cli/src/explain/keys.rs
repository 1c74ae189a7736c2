//! Key sets in place of those that a module fetches.

use crate::exit::Failure;
use diagnostics::did_you_mean;
use inspect::Policy;
use policy::stages::{KeyRing, RemoteKeys};

/// Stores the given key sets in the policy; returns notes about skipped keys and missing key sets.
pub fn take(policy: &dyn Policy, given: &[String], now: u64) -> Result<Vec<String>, Failure> {
    let key_ring = policy.key_ring();
    let remote = key_ring.map(KeyRing::remote_keys).unwrap_or_default();
    let mut notes = Vec::new();
    let mut missing: Vec<&str> = remote.iter().map(|keys| keys.provider.as_str()).collect();
    for text in given {
        let (provider, file) =
            text.split_once('=').map_or((None, text.as_str()), |(provider, file)| (Some(provider), file));
        let failure =
            |error: &dyn std::fmt::Display| Failure::usage(format_args!("`--jwks {text}`: {file}: {error}"));
        let set = std::fs::read(file).map_err(|error| failure(&error))?;
        let mut found = false;
        for keys in remote.iter().filter(|keys| provider.is_none_or(|name| keys.provider == name)) {
            let Some(key_ring) = key_ring else { continue };
            found = true;
            let skipped =
                key_ring.take_keys(keys.provider_index, &set, now).map_err(|error| failure(&error))?;
            notes.extend(skipped.iter().map(|key| format!("keys of provider `{}`: {key}", keys.provider)));
            missing.retain(|name| *name != keys.provider);
        }
        if !found {
            return Err(Failure::usage(format_args!("`--jwks {text}`: {}", not_found(provider, &remote))));
        }
    }
    let warnings = key_ring.map(KeyRing::warnings).unwrap_or_default();
    let new: Vec<_> = warnings.into_iter().filter(|warning| !notes.contains(warning)).collect();
    notes.extend(new);
    notes.extend(missing.into_iter().map(|name| {
        format!("provider `{name}` fetches its keys, which are not available here; add `--jwks {name}=FILE`")
    }));
    Ok(notes)
}

/// Returns why no provider takes a key set.
fn not_found(provider: Option<&str>, remote: &[RemoteKeys]) -> String {
    let Some(name) = provider else { return "no provider of the policy fetches keys".to_owned() };
    let message = format!("unknown provider `{name}`, or its keys are inline");
    let help = did_you_mean(name, remote.iter().map(|keys| keys.provider.as_str()));
    if help.is_empty() { message } else { format!("{message}; {help}") }
}

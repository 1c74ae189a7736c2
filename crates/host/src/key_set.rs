//! One worker's view of a remote key set.

use crate::host::{CallFailed, Host, Level};
use jose::FetchState;
use policy::decision::MissingKeys;
use policy::stages::{KeyRing, RemoteKeys};
use std::cell::Cell;

/// A remote key set: its state, which the workers of the process share, and this worker's copy.
#[derive(Debug)]
pub(crate) struct RemoteKeySet {
    pub(crate) keys: RemoteKeys,
    /// The key of the shared data that holds the [`FetchState`].
    state_key: String,
    /// The key of the shared data that holds the set.
    set_key: String,
    /// The state that this worker last read.
    known: Cell<FetchState>,
    /// The digest of the set that this worker uses.
    used: Cell<Option<[u8; 32]>>,
    /// The digest of the last set that this worker rejected.
    rejected: Cell<Option<[u8; 32]>>,
    /// True if a token has a `kid` that is not in the set.
    kid_missing: Cell<bool>,
    /// The call with which this worker fetches the set.
    pub(crate) call: Cell<Option<u32>>,
}

impl RemoteKeySet {
    /// Creates a key set, with its initial state in the shared data.
    pub(crate) fn new(keys: RemoteKeys, host: &impl Host) -> Self {
        let RemoteKeys { cluster, uri, algorithms, .. } = &keys;
        // With the algorithms: a set may have keys for some of them and none for others.
        let algorithms: Vec<&str> = algorithms.iter().map(|algorithm| algorithm.name()).collect();
        let state_key =
            format!("ringfence.jwks {cluster} {}{} {}", uri.authority, uri.target, algorithms.join(","));
        let set = Self {
            set_key: format!("{state_key} set"),
            state_key,
            keys,
            known: Cell::default(),
            used: Cell::default(),
            rejected: Cell::default(),
            kid_missing: Cell::default(),
            call: Cell::default(),
        };
        // Compare-and-swap needs an initial value. If two workers start at the same time, both may fetch.
        if set.read(host).is_none() && set.store(FetchState::default(), 0, host).is_err() {
            host.log(Level::Error, "the host does not share data: keys cannot be fetched");
        }
        set
    }

    /// Returns true if the first set is being fetched, or is due.
    pub(crate) fn is_starting(&self, now: u64) -> bool {
        let (known, policy) = (self.known.get(), self.keys.refresh);
        known.set.is_none() && (known.is_in_progress(now, policy) || known.is_due_within(0, now, policy))
    }

    /// Takes the state and the set that another worker stored. Returns true if the state has changed.
    pub(crate) fn catch_up(&self, ring: &KeyRing, host: &impl Host) -> bool {
        let Some((state, _)) = self.read(host) else { return false };
        if self.lacks(state) {
            // Another set may be stored between the two reads: the next call takes it.
            let stored = host.shared_data(&self.set_key);
            let stored = stored.filter(|(set, _)| Some(jose::sha256(set)) == state.set);
            if let Some((set, _)) = stored
                && let Err(why) = self.use_set(&set, state.fetched_at, ring, host)
            {
                self.log(host, Level::Warn, &why);
            }
        } else if state.set == self.used.get() {
            ring.confirm_keys(self.keys.provider_index, state.fetched_at / 1000);
        }
        self.known.replace(state) != state
    }

    /// Records that a request lacks keys. Returns true if they may arrive soon.
    pub(crate) fn request(&self, missing: MissingKeys, now: u64, host: &impl Host) -> bool {
        let Some((state, _)) = self.read(host) else { return false };
        let policy = self.keys.refresh;
        let due = match missing {
            MissingKeys::Keys => state.is_due_within(policy.timeout, now, policy),
            MissingKeys::Kid => {
                let allowed = state.is_forced_fetch_allowed(now, policy);
                self.kid_missing.set(self.kid_missing.get() || allowed);
                allowed
            }
        };
        due || state.is_in_progress(now, policy) || self.lacks(state)
    }

    /// Claims a fetch for this worker. Returns false if none is due, or another worker has the claim.
    pub(crate) fn claim(&self, now: u64, host: &impl Host) -> bool {
        let Some((state, cas)) = self.read(host) else { return false };
        let claim = state.claim(now, self.keys.refresh, self.kid_missing.replace(false));
        claim.is_some_and(|claim| self.store(claim, cas, host).is_ok())
    }

    /// Takes a set that the issuer returned, and shares it with the other workers.
    ///
    /// # Errors
    /// Returns the reason if the set is invalid or the host does not share it.
    pub(crate) fn accept(
        &self,
        set: &[u8],
        now: u64,
        random: u64,
        ring: &KeyRing,
        host: &impl Host,
    ) -> Result<(), String> {
        let digest = jose::sha256(set);
        if self.used.get() == Some(digest) {
            ring.confirm_keys(self.keys.provider_index, now / 1000);
        } else {
            // Before the other workers see it: an invalid set is not shared.
            self.use_set(set, now, ring, host)?;
            self.log(host, Level::Info, "a new key set was fetched");
        }
        host.set_shared_data(&self.set_key, set, 0).map_err(|_| "the host does not share the key set")?;
        let state = self.update(host, |state| state.succeeded(now, self.keys.refresh, random, digest));
        self.known.set(state.ok_or("the host does not share the time of the fetch")?);
        Ok(())
    }

    /// Records and logs a failed fetch.
    pub(crate) fn fail(&self, why: &str, now: u64, random: u64, host: &impl Host) {
        let state = self.update(host, |state| state.failed(now, self.keys.refresh, random));
        let serving = match state {
            Some(FetchState { set: Some(_), fetched_at, .. }) => {
                format!("the keys of {} s ago stay in use", now.saturating_sub(fetched_at) / 1000)
            }
            _ => "there are no keys yet".to_owned(),
        };
        self.log(host, Level::Warn, &format!("cannot be fetched: {why}; {serving}"));
    }

    fn read(&self, host: &impl Host) -> Option<(FetchState, u32)> {
        let (bytes, cas) = host.shared_data(&self.state_key)?;
        Some((FetchState::decode(&bytes), cas))
    }

    fn store(&self, state: FetchState, cas: u32, host: &impl Host) -> Result<(), CallFailed> {
        host.set_shared_data(&self.state_key, &state.encode(), cas)
    }

    /// Changes the state, which other workers may change at the same time.
    fn update(&self, host: &impl Host, change: impl Fn(FetchState) -> FetchState) -> Option<FetchState> {
        for _ in 0..10 {
            let (state, cas) = self.read(host)?;
            let changed = change(state);
            if self.store(changed, cas, host).is_ok() {
                return Some(changed);
            }
        }
        None
    }

    /// Returns true if the process has a set that this worker has not read.
    fn lacks(&self, state: FetchState) -> bool {
        state.set.is_some() && state.set != self.used.get() && state.set != self.rejected.get()
    }

    fn use_set(&self, set: &[u8], at: u64, ring: &KeyRing, host: &impl Host) -> Result<(), String> {
        let digest = jose::sha256(set);
        match ring.take_keys(self.keys.provider_index, set, at / 1000) {
            Ok(skipped) => {
                self.used.set(Some(digest));
                skipped.iter().for_each(|key| self.log(host, Level::Info, &key.to_string()));
                Ok(())
            }
            Err(why) => {
                self.rejected.set(Some(digest));
                Err(why)
            }
        }
    }

    /// Writes a line to the log. Logs key IDs, nothing else from the response.
    fn log(&self, host: &impl Host, level: Level, line: &str) {
        let RemoteKeys { provider, cluster, .. } = &self.keys;
        host.log(level, &format!("keys of provider `{provider}` from cluster `{cluster}`: {line}"));
    }
}

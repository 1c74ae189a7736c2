//! Sets of keys that are fetched: by one worker for the whole process, through an Envoy cluster.

use crate::clock;
use crate::counters::Counters;
use crate::ffi::{self, Level, Map};
use crate::pairs;
use jose::{Fetching, MAX_SET_BYTES};
use policy::decision::{Filter, KeysWanted, MissingKeys};
use policy::stages::{KeyRing, RemoteKeys};
use proxy_wasm::types::Status;
use std::cell::Cell;
use std::time::Duration;

/// The sets of keys of a policy that are fetched.
#[derive(Debug, Default)]
pub(crate) struct RemoteSets(Vec<RemoteSet>);

#[derive(Debug)]
struct RemoteSet {
    keys: RemoteKeys,
    /// The key of the shared data that says what the process knows of it.
    shared_key: String,
    /// What the process knew when this worker last looked.
    known: Cell<Fetching>,
    /// The digest of the set that this worker holds.
    held: Cell<Option<[u8; 32]>>,
    /// The digest of the last set that it could not use.
    refused: Cell<Option<[u8; 32]>>,
    /// Whether a token has a `kid` that is not in it.
    wanted: Cell<bool>,
    /// The call that this worker made for it.
    call: Cell<Option<u32>>,
}

impl RemoteSets {
    /// Those of a policy, with the keys that the process has already.
    pub(crate) fn of(ring: &KeyRing) -> Self {
        let sets = Self(ring.remote_keys().into_iter().map(RemoteSet::new).collect());
        for set in &sets.0 {
            // There is no swap without something to swap: where two start at the same time, both may fetch.
            if set.read().is_none() && ffi::share(&set.shared_key, &Fetching::default().encode(), 0).is_err()
            {
                ffi::log(Level::Error, "the host shares no data: keys cannot be fetched");
            }
        }
        sets.catch_up(ring);
        sets
    }

    /// Whether there is any.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the first keys of one are on their way.
    pub(crate) fn is_starting(&self) -> bool {
        let now = clock::milliseconds();
        self.0.iter().map(|set| (set.known.get(), set.keys.refresh)).any(|(known, pace)| {
            known.set.is_none() && (known.is_under_way(now, pace) || known.is_due_within(0, now, pace))
        })
    }

    /// Takes what other workers have fetched; says whether anything has changed since.
    pub(crate) fn catch_up(&self, ring: &KeyRing) -> bool {
        let changed = |set: &RemoteSet| set.read().is_some_and(|(shared, _)| set.adopt(ring, shared));
        self.0.iter().filter(|set| changed(set)).count() > 0
    }

    /// Fetches what it is time for, unless another worker does.
    pub(crate) fn fetch_due(&self, counters: &Counters) {
        self.0.iter().for_each(|set| set.fetch_if_due(counters));
    }

    /// Notes that requests could do with other keys; says whether they may be on their way soon.
    pub(crate) fn want(&self, wanted: &[KeysWanted]) -> bool {
        let now = clock::milliseconds();
        let mut soon = false;
        for KeysWanted { provider_index, missing } in wanted {
            let Some(set) = self.0.iter().find(|set| set.keys.provider_index == *provider_index) else {
                continue;
            };
            let Some((shared, _)) = set.read() else { continue };
            let pace = set.keys.refresh;
            soon |= shared.is_under_way(now, pace) || set.lacks(shared);
            soon |= match missing {
                MissingKeys::Keys => shared.is_due_within(pace.timeout, now, pace),
                MissingKeys::Kid => {
                    let forced = shared.may_be_forced(now, pace);
                    set.wanted.set(set.wanted.get() || forced);
                    forced
                }
            };
        }
        soon
    }

    /// How long a request may wait for these, in milliseconds.
    pub(crate) fn patience(&self, wanted: &[KeysWanted]) -> u64 {
        let is_wanted =
            |set: &&RemoteSet| wanted.iter().any(|wanted| wanted.provider_index == set.keys.provider_index);
        self.0.iter().filter(is_wanted).map(|set| set.keys.refresh.timeout).max().unwrap_or_default()
    }

    /// Takes the answer to a call.
    pub(crate) fn answered(
        &self,
        call: u32,
        headers: usize,
        size: usize,
        ring: &KeyRing,
        counters: &Counters,
    ) {
        if let Some(set) = self.0.iter().find(|set| set.call.get() == Some(call)) {
            set.call.set(None);
            match answer(headers, size).and_then(|body| set.accept(&body, ring)) {
                Ok(()) => {}
                Err(why) => set.fail(&why, counters),
            }
        }
    }
}

impl RemoteSet {
    fn new(keys: RemoteKeys) -> Self {
        let RemoteKeys { cluster, uri, algorithms, .. } = &keys;
        // With the algorithms: a set may have keys for some of them and none for others.
        let algorithms: Vec<&str> = algorithms.iter().map(|algorithm| algorithm.name()).collect();
        let shared_key =
            format!("ringfence.jwks {cluster} {}{} {}", uri.authority, uri.target, algorithms.join(","));
        Self {
            keys,
            shared_key,
            known: Cell::default(),
            held: Cell::default(),
            refused: Cell::default(),
            wanted: Cell::default(),
            call: Cell::default(),
        }
    }

    /// The key of the shared data that the set itself stands under.
    fn set_key(&self) -> String {
        format!("{} set", self.shared_key)
    }

    /// What the process knows, with the number to swap it by.
    fn read(&self) -> Option<(Fetching, u32)> {
        let (bytes, cas) = ffi::shared(&self.shared_key).ok()??;
        Some((Fetching::decode(&bytes), cas))
    }

    /// Changes what the process knows; others may do so at the same time.
    fn update(&self, change: impl Fn(Fetching) -> Fetching) -> Option<Fetching> {
        for _ in 0..10 {
            let (shared, cas) = self.read()?;
            let changed = change(shared);
            if ffi::share(&self.shared_key, &changed.encode(), cas).is_ok() {
                return Some(changed);
            }
        }
        None
    }

    /// Whether the process has a set that this worker has not looked at.
    fn lacks(&self, shared: Fetching) -> bool {
        shared.set.is_some() && shared.set != self.held.get() && shared.set != self.refused.get()
    }

    /// Takes what the process knows now, the set where it is another; says whether anything has changed.
    fn adopt(&self, ring: &KeyRing, shared: Fetching) -> bool {
        if self.lacks(shared) {
            // Between the two reads another may come: the next look takes that.
            let stored = ffi::shared(&self.set_key()).ok().flatten();
            let stored = stored.filter(|(set, _)| Some(jose::sha256(set)) == shared.set);
            if let Some((set, _)) = stored
                && let Err(why) = self.take(&set, shared.fetched_at, ring)
            {
                self.log(Level::Warn, &why);
            }
        } else if shared.set == self.held.get() {
            ring.confirm_keys(self.keys.provider_index, shared.fetched_at / 1000);
        }
        self.known.replace(shared) != shared
    }

    fn take(&self, set: &[u8], fetched_at: u64, ring: &KeyRing) -> Result<(), String> {
        let digest = jose::sha256(set);
        match ring.take_keys(self.keys.provider_index, set, fetched_at / 1000) {
            Ok(left_out) => {
                self.held.set(Some(digest));
                left_out.iter().for_each(|left_out| self.log(Level::Info, &left_out.to_string()));
                Ok(())
            }
            Err(why) => {
                self.refused.set(Some(digest));
                Err(why)
            }
        }
    }

    fn fetch_if_due(&self, counters: &Counters) {
        let Some((shared, cas)) = self.read() else { return };
        let forced = self.wanted.replace(false);
        let Some(claim) = shared.claim(clock::milliseconds(), self.keys.refresh, forced) else { return };
        // Where another was quicker, it fetches.
        if ffi::share(&self.shared_key, &claim.encode(), cas).is_err() {
            return;
        }
        counters.count(Filter::TokenValidation, "jwks_fetches");
        let headers = vec![
            (":method", "GET"),
            (":path", &self.keys.uri.target),
            (":authority", &self.keys.uri.authority),
            ("accept", "application/jwk-set+json, application/json"),
        ];
        let timeout = Duration::from_millis(self.keys.refresh.timeout);
        // The SDK's own call: its dispatcher has to know which context the answer is for.
        match proxy_wasm::hostcalls::dispatch_http_call(
            &self.keys.cluster,
            headers,
            None,
            Vec::new(),
            timeout,
        ) {
            Ok(call) => self.call.set(Some(call)),
            Err(Status::BadArgument) => self.fail("Envoy has no such cluster", counters),
            Err(_) => self.fail("Envoy does not send the request", counters),
        }
    }

    /// Takes a set that the issuer gave, and leaves it to the other workers.
    fn accept(&self, set: &[u8], ring: &KeyRing) -> Result<(), String> {
        let (now, random, digest) = (clock::milliseconds(), clock::any_number(), jose::sha256(set));
        if self.held.get() == Some(digest) {
            ring.confirm_keys(self.keys.provider_index, now / 1000);
        } else {
            // Whatever is wrong with it is found before the others see it.
            self.take(set, now, ring)?;
            self.log(Level::Info, "a new set was fetched");
        }
        ffi::share(&self.set_key(), set, 0).map_err(|_| "the host does not share it".to_owned())?;
        let shared = self.update(|shared| shared.succeeded(now, self.keys.refresh, random, digest));
        self.known.set(shared.ok_or_else(|| "the host does not share when it was fetched".to_owned())?);
        Ok(())
    }

    fn fail(&self, why: &str, counters: &Counters) {
        counters.count(Filter::TokenValidation, "jwks_fetch_failures");
        let (now, random) = (clock::milliseconds(), clock::any_number());
        let shared = self.update(|shared| shared.failed(now, self.keys.refresh, random));
        let serving = match shared {
            Some(Fetching { set: Some(_), fetched_at, .. }) => {
                format!("those of {} s ago serve on", now.saturating_sub(fetched_at) / 1000)
            }
            _ => "there are none yet".to_owned(),
        };
        self.log(Level::Warn, &format!("cannot be fetched: {why}; {serving}"));
    }

    /// What came of a fetch: the provider and the cluster stand in the configuration, the rest of the line is the
    /// project's own.
    fn log(&self, level: Level, line: &str) {
        let RemoteKeys { provider, cluster, .. } = &self.keys;
        ffi::log(level, &format!("keys of provider `{provider}` from cluster `{cluster}`: {line}"));
    }
}

/// The body of an answer of 200; what is wrong with it.
fn answer(headers: usize, size: usize) -> Result<Vec<u8>, String> {
    // An answer that breaks off has none.
    if headers == 0 {
        return Err("the answer broke off".to_owned());
    }
    let lines = ffi::headers(Map::CallResponse).map_err(|_| "the host does not hand it over".to_owned())?;
    let lines = pairs::decode(&lines).unwrap_or_default();
    let status = lines.iter().find(|(name, _)| *name == b":status").map(|(_, value)| *value);
    match status {
        Some(b"200") if size > MAX_SET_BYTES => {
            Err(format!("the answer has {size} bytes; {MAX_SET_BYTES} are the limit"))
        }
        Some(b"200") => {
            ffi::call_response_body(size).map_err(|_| "the host does not hand it over".to_owned())
        }
        status => Err(format!("status {}", status.unwrap_or_default().escape_ascii())),
    }
}

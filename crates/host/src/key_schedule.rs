//! When the key sets of a policy are fetched: one worker fetches for all workers of the process.

use crate::host::Host;
use crate::key_set::RemoteKeySet;
use policy::decision::KeysWanted;
use policy::stages::KeyRing;

/// The key sets of a policy that are fetched.
#[derive(Debug, Default)]
pub(crate) struct KeySchedule(Vec<RemoteKeySet>);

impl KeySchedule {
    /// Creates the schedule of a policy, with the keys that the process already has.
    pub(crate) fn new(ring: &KeyRing, host: &impl Host) -> Self {
        let sets = ring.remote_keys().into_iter().map(|keys| RemoteKeySet::new(keys, host));
        let schedule = Self(sets.collect());
        schedule.catch_up(ring, host);
        schedule
    }

    /// Returns true if no key set is fetched.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns true if the first keys of a set are being fetched, or are due.
    pub(crate) fn is_starting(&self, now: u64) -> bool {
        self.0.iter().any(|set| set.is_starting(now))
    }

    /// Takes the sets that other workers have fetched. Returns true if any state has changed since the last call.
    pub(crate) fn catch_up(&self, ring: &KeyRing, host: &impl Host) -> bool {
        // Every set, also after one that has changed.
        self.0.iter().filter(|set| set.catch_up(ring, host)).count() > 0
    }

    /// Claims the fetches that are due, and returns their sets.
    pub(crate) fn claim_due<'a>(
        &'a self,
        now: u64,
        host: &'a impl Host,
    ) -> impl Iterator<Item = &'a RemoteKeySet> {
        self.0.iter().filter(move |set| set.claim(now, host))
    }

    /// Records that a request lacks keys. Returns true if some of them may arrive soon.
    pub(crate) fn request(&self, wanted: &[KeysWanted], now: u64, host: &impl Host) -> bool {
        let soon = |wanted: &&KeysWanted| {
            let set = self.0.iter().find(|set| set.keys.provider_index == wanted.provider_index);
            set.is_some_and(|set| set.request(wanted.missing, now, host))
        };
        wanted.iter().filter(soon).count() > 0
    }

    /// Returns the maximum time that a request waits for these keys, in milliseconds.
    pub(crate) fn max_wait(&self, wanted: &[KeysWanted]) -> u64 {
        let is_wanted = |set: &&RemoteKeySet| {
            wanted.iter().any(|wanted| wanted.provider_index == set.keys.provider_index)
        };
        self.0.iter().filter(is_wanted).map(|set| set.keys.refresh.timeout).max().unwrap_or_default()
    }

    /// Returns the set that this worker fetches with a call, which is over now.
    pub(crate) fn take_call(&self, call: u32) -> Option<&RemoteKeySet> {
        let set = self.0.iter().find(|set| set.call.get() == Some(call))?;
        set.call.set(None);
        Some(set)
    }
}

#[cfg(test)]
mod tests {
    use super::KeySchedule;
    use crate::tests::FakeHost;
    use policy::Stage;
    use policy::decision::{KeysWanted, MissingKeys};
    use policy::stages::{KeyRing, TokenStage};

    const NOW: u64 = 1_800_000_000_000;
    const TIMEOUT: u64 = 5000;

    const KEYS: [KeysWanted; 1] = [KeysWanted { provider_index: 0, missing: MissingKeys::Keys }];
    const KID: [KeysWanted; 1] = [KeysWanted { provider_index: 0, missing: MissingKeys::Kid }];

    const SET: &[u8] =
        br#"{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},{"kty":"oct","kid":"bad","k":""}]}"#;

    /// A worker with a policy of one provider.
    struct Worker {
        stage: TokenStage,
        schedule: KeySchedule,
    }

    impl Worker {
        fn start(host: &FakeHost) -> Self {
            let policy =
                br#"{"realm": "shop", "providers": {"corporate": {"issuer": "https://issuer.example/",
                "algorithms": ["ES256"], "jwks": {"remote": {"cluster": "issuer",
                "uri": "https://issuer.example/jwks.json"}}}}, "rules": [{"name": "all", "match": {"paths":
                [{"prefix": "/"}]}, "require": {"provider": "corporate"}}]}"#;
            let stage = policy::load::<TokenStage>(policy)
                .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>())
                .unwrap();
            let schedule = KeySchedule::new(stage.key_ring().unwrap(), host);
            Self { stage, schedule }
        }

        fn ring(&self) -> &KeyRing {
            self.stage.key_ring().unwrap()
        }

        fn catch_up(&self, host: &FakeHost) -> bool {
            self.schedule.catch_up(self.ring(), host)
        }

        /// Claims what is due; returns the number of fetches.
        fn fetches(&self, now: u64, host: &FakeHost) -> usize {
            self.schedule.claim_due(now, host).count()
        }

        /// Fetches what is due; the issuer returns this set.
        fn fetch(&self, set: &[u8], now: u64, host: &FakeHost) -> Vec<Result<(), String>> {
            let due = self.schedule.claim_due(now, host);
            due.map(|remote| remote.accept(set, now, 0, self.ring(), host)).collect()
        }
    }

    #[test]
    fn one_worker_fetches_for_all() {
        let host = FakeHost::default();
        let (first, second) = (Worker::start(&host), Worker::start(&host));
        assert!(first.schedule.is_starting(NOW) && second.schedule.is_starting(NOW));
        assert_eq!(first.fetch(SET, NOW, &host), [Ok(())]);
        assert!(
            host.has_logged("keys of provider `corporate` from cluster `issuer`: a new key set was fetched")
        );
        assert!(host.has_logged("key 1 (`bad`) is skipped: "));
        assert_eq!(second.fetches(NOW, &host), 0);
        assert!(second.catch_up(&host) && !second.catch_up(&host));
        assert!(!first.schedule.is_starting(NOW) && !second.schedule.is_starting(NOW));
        // A worker that starts later has the keys at once.
        assert!(!Worker::start(&host).schedule.is_starting(NOW));
    }

    #[test]
    fn requests_wait_while_keys_may_arrive() {
        let host = FakeHost::default();
        let worker = Worker::start(&host);
        assert!(worker.schedule.request(&KEYS, NOW, &host));
        assert_eq!(worker.schedule.max_wait(&KEYS), TIMEOUT);
        assert_eq!(worker.fetches(NOW, &host), 1);
        assert!(worker.schedule.request(&KEYS, NOW + 1, &host));
        let [set] = worker.schedule.0.as_slice() else { panic!("one set") };
        // The delay doubles until it exceeds the time that a request would wait.
        for _ in 0..5 {
            set.fail("status 503", NOW + 1, u64::MAX, &host);
        }
        assert!(host.has_logged("cannot be fetched: status 503; there are no keys yet"));
        assert!(!worker.schedule.request(&KEYS, NOW + 2, &host));
        let unknown = [KeysWanted { provider_index: 7, missing: MissingKeys::Keys }];
        assert!(!worker.schedule.request(&unknown, NOW, &host));
        assert_eq!(worker.schedule.max_wait(&unknown), 0);
    }

    #[test]
    fn an_unknown_kid_fetches_again() {
        let host = FakeHost::default();
        let worker = Worker::start(&host);
        worker.fetch(SET, NOW, &host);
        assert_eq!(worker.fetches(NOW + 1, &host), 0);
        assert!(worker.schedule.request(&KID, NOW + 1, &host));
        assert_eq!(worker.fetch(SET, NOW + 1, &host), [Ok(())]);
        // Within the cooldown.
        assert!(!worker.schedule.request(&KID, NOW + 2, &host));
        assert_eq!(worker.fetches(NOW + 2, &host), 0);
    }

    #[test]
    fn an_invalid_set_is_not_shared() {
        let host = FakeHost::default();
        let (first, second) = (Worker::start(&host), Worker::start(&host));
        assert_eq!(first.fetch(b"{}", NOW, &host), [Err("the key set has no array `keys`".to_owned())]);
        second.catch_up(&host);
        assert!(first.schedule.is_starting(NOW) && second.schedule.is_starting(NOW));
    }

    #[test]
    fn the_keys_stay_in_use_if_a_fetch_fails() {
        let host = FakeHost::default();
        let worker = Worker::start(&host);
        worker.fetch(SET, NOW, &host);
        let [set] = worker.schedule.0.as_slice() else { panic!("one set") };
        set.fail("status 503", NOW + 9000, 0, &host);
        assert!(host.has_logged("cannot be fetched: status 503; the keys of 9 s ago stay in use"));
        assert!(!worker.schedule.is_starting(NOW + 9000));
    }

    #[test]
    fn a_host_without_shared_data_fetches_nothing() {
        let host = FakeHost::default();
        host.fails.set(true);
        let worker = Worker::start(&host);
        assert!(host.has_logged("the host does not share data: keys cannot be fetched"));
        assert!(!worker.catch_up(&host) && !worker.schedule.request(&KEYS, NOW, &host));
        assert_eq!(worker.fetches(NOW, &host), 0);
    }

    #[test]
    fn an_answer_belongs_to_the_set_of_its_call() {
        let host = FakeHost::default();
        let worker = Worker::start(&host);
        assert!(worker.schedule.take_call(7).is_none());
        worker.schedule.claim_due(NOW, &host).for_each(|set| set.call.set(Some(7)));
        assert!(worker.schedule.take_call(8).is_none() && worker.schedule.take_call(7).is_some());
        assert!(worker.schedule.take_call(7).is_none());
    }
}

//! A module's life: its configuration, its timer, and an exchange for each request.

use crate::clock;
use crate::counters::Counters;
use crate::exchange::Exchange;
use crate::ffi::{self, Level};
use crate::keys::RemoteSets;
use crate::signatures::Envoy;
use crate::waiting::Waiting;
use jose::HostBacked;
use policy::stages::Stage;
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::ContextType;
use std::cell::Cell;
use std::rc::Rc;

/// How often counters are written and keys are looked after, in milliseconds.
const TICK: u32 = 1000;

/// How often while somebody waits for keys.
const HURRIED_TICK: u32 = 25;

/// Runs the stage in this module.
pub fn start<S: Stage + 'static>() {
    proxy_wasm::set_root_context(|context| Box::new(Root::<S> { context, loaded: None }));
}

/// A policy, with what its requests share.
#[derive(Debug)]
pub(crate) struct PluginInstance<S: Stage> {
    /// The context of the module itself.
    pub(crate) context: u32,
    pub(crate) stage: S,
    pub(crate) counters: Counters,
    pub(crate) keys: RemoteSets,
    pub(crate) waiting: Waiting<S::ResponseState>,
    tick: Cell<u32>,
    /// When counters were last written, in milliseconds since 1970.
    written: Cell<u64>,
}

struct Root<S: Stage> {
    context: u32,
    loaded: Option<Rc<PluginInstance<S>>>,
}

impl<S: Stage> PluginInstance<S> {
    fn new(context: u32, stage: S) -> Self {
        let counters = Counters::new(&stage.filters());
        let mut keys = RemoteSets::default();
        if let Some(ring) = stage.key_ring() {
            ring.verify_with(Box::new(HostBacked::probed(Envoy)));
            ring.warnings().iter().for_each(|line| ffi::log(Level::Info, line));
            keys = RemoteSets::of(ring);
        }
        let waiting = Waiting::new();
        Self { context, stage, counters, keys, waiting, tick: Cell::new(0), written: Cell::new(0) }
    }

    /// Looks after keys more often for a while.
    pub(crate) fn hurry(&self) {
        self.tick_every(HURRIED_TICK);
    }

    fn tick_every(&self, milliseconds: u32) {
        if self.tick.replace(milliseconds) != milliseconds && ffi::set_tick_period(milliseconds).is_err() {
            let line =
                "the host gives no timer: keys are not fetched, counters are written when the policy goes";
            ffi::log(Level::Error, line);
        }
    }

    fn on_tick(&self) {
        let now = clock::milliseconds();
        if now.saturating_sub(self.written.get()) >= u64::from(TICK) {
            self.written.set(now);
            self.counters.write();
        }
        if let Some(ring) = self.stage.key_ring().filter(|_| !self.keys.is_empty()) {
            let changed = self.keys.catch_up(ring);
            self.keys.fetch_due(&self.counters);
            self.reconsider(changed);
            let hurried = !self.waiting.is_empty() || self.keys.is_starting();
            self.tick_every(if hurried { HURRIED_TICK } else { TICK });
        }
    }
}

impl<S: Stage + 'static> Context for Root<S> {
    fn on_http_call_response(&mut self, call: u32, headers: usize, size: usize, _: usize) {
        if let Some(loaded) = &self.loaded
            && let Some(ring) = loaded.stage.key_ring()
        {
            loaded.keys.answered(call, headers, size, ring, &loaded.counters);
            // Another provider may share the set.
            loaded.keys.catch_up(ring);
            loaded.reconsider(true);
        }
    }
}

impl<S: Stage + 'static> RootContext for Root<S> {
    fn on_configure(&mut self, _: usize) -> bool {
        let Ok(configuration) = ffi::configuration() else {
            ffi::log(Level::Error, "the host does not hand over the configuration");
            return false;
        };
        match policy::load::<S>(&configuration) {
            Ok(stage) => {
                let loaded = PluginInstance::new(self.context, stage);
                // The first fetch is the timer's: the host throws away the context that it tries a policy in.
                loaded.tick_every(if loaded.keys.is_starting() { HURRIED_TICK } else { TICK });
                self.loaded = Some(Rc::new(loaded));
                true
            }
            Err(problems) => {
                for problem in problems {
                    ffi::log(Level::Error, &problem.to_string());
                }
                false
            }
        }
    }

    fn on_tick(&mut self) {
        if let Some(loaded) = &self.loaded {
            loaded.on_tick();
        }
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, context: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Exchange::new(self.loaded.clone(), context)))
    }
}

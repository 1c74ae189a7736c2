//! A module's life: its configuration, its timer, and an exchange for each request.

use crate::counters::Counters;
use crate::exchange::Exchange;
use crate::ffi::{self, Level};
use crate::signatures::Envoy;
use jose::HostBacked;
use policy::stages::Stage;
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::ContextType;
use std::rc::Rc;

/// How often counters are written, in milliseconds.
const TICK: u32 = 1000;

/// Runs the stage in this module.
pub fn start<S: Stage + 'static>() {
    proxy_wasm::set_root_context(|_| Box::new(Root::<S> { loaded: None }));
}

/// A policy and its counters.
#[derive(Debug)]
pub(crate) struct Loaded<S> {
    pub(crate) stage: S,
    pub(crate) counters: Counters,
}

struct Root<S> {
    loaded: Option<Rc<Loaded<S>>>,
}

impl<S: Stage + 'static> Context for Root<S> {}

impl<S: Stage + 'static> RootContext for Root<S> {
    fn on_configure(&mut self, _: usize) -> bool {
        let Ok(configuration) = ffi::configuration() else {
            ffi::log(Level::Error, "the host does not hand over the configuration");
            return false;
        };
        match policy::load::<S>(&configuration) {
            Ok(mut stage) => {
                if S::CHECKS_SIGNATURES {
                    stage.check_signatures_by(|| Box::new(HostBacked::probed(Envoy)));
                }
                let counters = Counters::new(&stage.filters());
                self.loaded = Some(Rc::new(Loaded { stage, counters }));
                if ffi::set_tick_period(TICK).is_err() {
                    ffi::log(
                        Level::Error,
                        "the host gives no timer: counters are written when the policy goes",
                    );
                }
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
            loaded.counters.write();
        }
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Exchange::new(self.loaded.clone())))
    }
}

//! The root context of a module: its configuration and its callbacks.

use super::exchange::Exchange;
use super::ffi::{self, Envoy};
use super::instance::PluginInstance;
use crate::host::{Host, Level};
use policy::stages::Stage;
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::ContextType;
use std::rc::Rc;

/// Runs a stage in this module.
///
/// Without its clock no module can work. Envoy's `capability_restriction_config` bars what it does not list, which
/// includes the callbacks: Envoy would skip them, and every request would pass. The start is not among them, so the
/// module refuses to load here.
pub fn start<S: Stage + 'static>() {
    if !ffi::has_clock() {
        Envoy.log(Level::Error, "the host bars the clock: list all capabilities of the module, or none");
        core::arch::wasm32::unreachable();
    }
    proxy_wasm::set_root_context(|context| Box::new(Root::<S> { context, instance: None }));
}

struct Root<S: Stage> {
    context: u32,
    instance: Option<Rc<PluginInstance<S>>>,
}

impl<S: Stage + 'static> Context for Root<S> {
    fn on_http_call_response(&mut self, call: u32, headers: usize, size: usize, _: usize) {
        if let Some(instance) = &self.instance {
            instance.on_call_response(call, headers, size);
        }
    }
}

impl<S: Stage + 'static> RootContext for Root<S> {
    fn on_configure(&mut self, _: usize) -> bool {
        let Ok(configuration) = ffi::configuration() else {
            Envoy.log(Level::Error, "the host does not return the configuration");
            return false;
        };
        match policy::load::<S>(&configuration) {
            Ok(stage) => {
                self.instance = Some(Rc::new(PluginInstance::new(self.context, stage)));
                true
            }
            Err(problems) => {
                for problem in problems {
                    Envoy.log(Level::Error, &problem.to_string());
                }
                false
            }
        }
    }

    fn on_tick(&mut self) {
        if let Some(instance) = &self.instance {
            instance.on_tick();
        }
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, context: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Exchange::new(self.instance.clone(), context)))
    }
}

//! What web servers make of a path: no spelling of a denied file that a real server serves gets through Envoy with
//! path-policy, whatever Envoy itself does to paths.
//!
//! Each server is asked for the file directly, under thousands of spellings. Whatever one of them serves is then
//! sent to each of them through Envoy. A server that is not installed is left out, and named; with `RINGFENCE_ALL`
//! in the environment that is a failure.

mod connection;
mod gateway;
mod pieces;
mod servers;
mod site;
mod spellings;
mod trials;
mod world;

use libtest_mimic::{Arguments, Failed, Trial};
use servers::KINDS;
use std::sync::Arc;
use world::{State, World};

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::from_args();
    let wanted = |name: &str| arguments.filter.as_deref().is_none_or(|filter| name.contains(filter));
    let started = !arguments.list && names().iter().any(|name| wanted(name));
    let world = if started { Some(Arc::new(World::start()?)) } else { None };
    if let Some(world) = &world {
        name_left_out(world);
    }
    let trials = names().into_iter().map(|name| {
        let world = world.clone();
        Trial::test(name.clone(), move || run(&name, world.as_deref()))
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    drop(world);
    conclusion.exit()
}

/// The names of the trials.
fn names() -> Vec<String> {
    let setups = KINDS.iter().flat_map(|kind| kind.setups).map(|setup| format!("through Envoy to {setup}"));
    let passes = trials::PASSES.iter().map(|(target, _)| format!("passes: {target}"));
    setups.chain(["the engine".to_owned()]).chain(passes).collect()
}

fn run(name: &str, world: Option<&World>) -> Result<(), Failed> {
    let world = world.ok_or("nothing was started for this name")?;
    let outcome = match (name.strip_prefix("through Envoy to "), name.strip_prefix("passes: ")) {
        (Some(setup), _) => trials::nothing_gets_through(world, setup),
        (_, Some(target)) => trials::passes(world, target),
        _ => trials::the_engine_denies(world),
    };
    outcome.map_err(|error| Failed::from(format!("{error:#}")))
}

/// Says which servers are not installed, and how to install them.
fn name_left_out(world: &World) {
    for kind in KINDS {
        if kind.setups.iter().any(|setup| matches!(world.states.get(setup), Some(State::LeftOut))) {
            println!("left out: readings/{}: {}", kind.name, kind.install);
        }
    }
}

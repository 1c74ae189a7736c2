//! For every path that a real server maps to a denied file, path-policy denies the request, whatever path normalization Envoy
//! applies.
//!
//! Each server is asked for the file directly, under thousands of spellings. Every spelling that one of them serves is then
//! sent to all of them through Envoy. The servers of the zoo are sent what Envoy forwards under policies that deny, allow and
//! rewrite. A server that is not installed is left out, and its trials are ignored; with `RINGFENCE_ALL` in the environment
//! that is a failure.

mod benign;
mod connection;
mod gateway;
mod pieces;
mod servers;
mod site;
mod spellings;
mod trials;
mod world;
mod zoo;

use libtest_mimic::{Arguments, Failed, Trial};
use servers::KINDS;
use std::sync::Arc;
use world::{State, World};

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::from_args();
    let mut trials = benign::trials();
    let is_wanted = |name: &str| {
        !arguments.list && arguments.filter.as_deref().is_none_or(|filter| name.contains(filter))
    };
    trials.extend(zoo::trials(is_wanted)?);
    let started = names().iter().any(|name| is_wanted(name));
    let world = if started { Some(Arc::new(World::start()?)) } else { None };
    if let Some(world) = &world {
        name_left_out(world)?;
    }
    trials.extend(names().into_iter().map(|name| {
        let world = world.clone();
        let setup = name.strip_prefix(THROUGH);
        let left_out =
            world.as_ref().is_some_and(|world| setup.is_some_and(|setup| is_left_out(world, setup)));
        Trial::test(name.clone(), move || run(&name, world.as_deref())).with_ignored_flag(left_out)
    }));
    let conclusion = libtest_mimic::run(&arguments, trials);
    drop(world);
    conclusion.exit()
}

/// The start of the names of trials with a server.
const THROUGH: &str = "through Envoy to ";

/// Returns the names of the trials.
fn names() -> Vec<String> {
    let setups = KINDS.iter().flat_map(|kind| kind.setups).map(|setup| format!("{THROUGH}{setup}"));
    let passes = trials::PASSES.iter().map(|(target, _)| format!("passes: {target}"));
    setups.chain(["the engine".to_owned()]).chain(passes).collect()
}

fn run(name: &str, world: Option<&World>) -> Result<(), Failed> {
    let world = world.ok_or("nothing was started for this name")?;
    let outcome = match (name.strip_prefix(THROUGH), name.strip_prefix("passes: ")) {
        (Some(setup), _) => trials::nothing_gets_through(world, setup),
        (_, Some(target)) => trials::passes(world, target),
        _ => trials::the_engine_denies(world),
    };
    outcome.map_err(|error| Failed::from(format!("{error:#}")))
}

fn is_left_out(world: &World, setup: &str) -> bool {
    matches!(world.states.get(setup), Some(State::LeftOut))
}

/// Prints the servers that are not installed, and how to install them.
fn name_left_out(world: &World) -> anyhow::Result<()> {
    for kind in KINDS.iter().filter(|kind| kind.setups.iter().any(|setup| is_left_out(world, setup))) {
        let part = format!("readings/{}: {}", kind.name, kind.install);
        anyhow::ensure!(std::env::var_os("RINGFENCE_ALL").is_none(), "{part}");
        println!("left out: {part}");
    }
    Ok(())
}

//! The zoo: real servers and frameworks behind policies that deny, allow and rewrite.
//!
//! Each server is one file in `servers/`. It serves the files of the site, answers two denied routes with the content of the
//! denied file, and answers every other request with the path that it was asked for. Envoy applies each policy to thousands of
//! requests; what it forwards is sent to each server.
//!
//! Environment: `RINGFENCE_ZOO` runs every server, `RINGFENCE_SPELLINGS` is the number of random requests, and
//! `RINGFENCE_SEED` their seed.

mod answer;
mod description;
mod forwarded;
mod generator;
mod packages;
mod policies;
mod requests;
mod server;
mod trial;

use crate::site::Site;
use anyhow::{Context, Result, ensure};
use description::{Kind, kinds};
use forwarded::Forwarded;
use generator::Generator;
use libtest_mimic::{Failed, Trial};
use std::sync::Arc;

/// The number of random requests if none is set.
const SPELLINGS: usize = 2_000;

/// Returns the trials of the zoo, one for each set-up. Starts what they share if one of them is wanted.
pub fn trials(is_wanted: impl Fn(&str) -> bool) -> Result<Vec<Trial>> {
    let zoo = std::env::var_os("RINGFENCE_ZOO").is_some();
    let kinds = kinds()?.into_iter().filter(|kind| zoo || !kind.zoo_only).map(Arc::new);
    let mut setups: Vec<(String, Arc<Kind>, usize)> = Vec::new();
    for kind in kinds {
        let named = kind.setups.iter().enumerate();
        setups.extend(named.map(|(at, setup)| (format!("zoo: {}", setup.name), Arc::clone(&kind), at)));
    }
    let wanted = setups.iter().any(|(name, ..)| is_wanted(name));
    let world = if wanted { Some(Arc::new(World::start()?)) } else { None };
    let mut trials = Vec::new();
    for (name, kind, at) in setups {
        let left_out = is_wanted(&name) && !kind.is_installed()?;
        if left_out {
            let part = format!("readings/{}: {}", kind.name, kind.install);
            ensure!(std::env::var_os("RINGFENCE_ALL").is_none(), "{part}");
            println!("left out: {part}");
        }
        let world = world.clone();
        let trial = Trial::test(name, move || run(world.as_deref(), &kind, at));
        trials.push(trial.with_ignored_flag(left_out));
    }
    Ok(trials)
}

/// What all trials share.
struct World {
    site: Site,
    forwarded: Forwarded,
}

impl World {
    fn start() -> Result<Self> {
        let (spellings, seed) = (number("RINGFENCE_SPELLINGS")?, number("RINGFENCE_SEED")?);
        let (spellings, seed) = (spellings.unwrap_or(SPELLINGS as u64), seed.unwrap_or_default());
        let asks = Generator::new(seed).asks(usize::try_from(spellings)?);
        let forwarded = Forwarded::collect(&asks)?;
        println!(
            "zoo: {} requests, {spellings} of them random with the seed {seed}; {} reach the upstream",
            asks.len(),
            forwarded.requests.len()
        );
        Ok(Self { site: Site::create()?, forwarded })
    }
}

fn run(world: Option<&World>, kind: &Kind, at: usize) -> Result<(), Failed> {
    let world = world.ok_or("nothing was started for this name")?;
    let setup = kind.setups.get(at).ok_or("there is no such set-up")?;
    let outcome = trial::nothing_comes_back(&world.site, &world.forwarded, kind, setup);
    outcome.map_err(|error| Failed::from(format!("{error:#}")))
}

fn number(variable: &str) -> Result<Option<u64>> {
    let Ok(text) = std::env::var(variable) else { return Ok(None) };
    text.parse().map(Some).with_context(|| format!("{variable}: `{text}` is not a whole number"))
}

//! The assertions.

use crate::connection::Connection;
use crate::gateway::Combination;
use crate::site::PUBLIC;
use crate::spellings::Spelling;
use crate::world::{ECHO, State, World, has_marker};
use anyhow::{Result, anyhow, bail, ensure};
use policy::decision::NoTrace;
use policy::http::Connection as Peer;
use policy::stages::PathStage;
use policy::{Outcome, decide, load};
use testkit::http::Response;
use testkit::upstream;

/// Targets that are allowed in all readings, and the target at the upstream without Envoy's path normalization.
pub const PASSES: [(&str, &str); 5] = [
    ("/projects/group%2Fname", "/projects/group%2Fname"),
    ("/private-notes", "/private-notes"),
    ("/map;lat=1", "/map;lat=1"),
    ("/?next=/private", "/?next=/private"),
    ("/public/100%25", "/public/100%25"),
];

/// The minimum number of spellings that a server must serve.
const MIN_SPELLINGS: usize = 20;

/// Checks that no spelling that some server serves passes Envoy to this server.
pub fn nothing_gets_through(world: &World, setup: &str) -> Result<()> {
    let served = match world.states.get(setup) {
        Some(State::Serves(served)) => served,
        Some(State::Failed(why)) => bail!("{why}"),
        _ => bail!("not installed"),
    };
    ensure!(served.len() >= MIN_SPELLINGS, "{setup} serves the file under only {} spellings", served.len());
    let mut bare = Connection::new(world.gateway.bare(setup)?);
    let leaked = world.served.iter().filter(|spelling| leaks(&mut bare, spelling)).count();
    ensure!(leaked >= MIN_SPELLINGS, "without the filter only {leaked} spellings get through to {setup}");
    let mut through = Vec::new();
    for (combination, forwarded) in &world.forwarded {
        let mut connection = Connection::new(world.gateway.filtered(setup, *combination)?);
        let public = connection.get(b"/public/index.html");
        ensure!(public.is_some_and(|public| public.body == PUBLIC), "nothing at all passes: {combination}");
        let leaking = forwarded.iter().filter(|spelling| leaks(&mut connection, spelling));
        through.extend(leaking.map(|spelling| format!("{}  ({combination})", spelling.escape_ascii())));
    }
    println!(
        "{setup}: serves {} of {} spellings; of the {} that some server serves {leaked} get through without the \
         filter, of all {} with it",
        served.len(),
        world.spellings.len(),
        world.served.len(),
        through.len()
    );
    ensure!(through.is_empty(), "{} get through:\n{}", through.len(), first_of(&through));
    Ok(())
}

/// Returns true if this spelling returns the file.
fn leaks(connection: &mut Connection, spelling: &[u8]) -> bool {
    connection.follow(spelling).is_some_and(|response| has_marker(&response))
}

/// Checks that the engine denies every spelling that some server serves.
pub fn the_engine_denies(world: &World) -> Result<()> {
    let stage: PathStage = load(world.policy.as_bytes()).map_err(|problems| anyhow!("{problems:?}"))?;
    let passes = |spelling: &&Spelling| {
        let lines =
            [(&b":method"[..], &b"GET"[..]), (b":authority", b"shop.example.com"), (b":path", spelling)];
        let outcome: Outcome<'_, PathStage, NoTrace> = decide(&stage, lines.into_iter(), Peer::default(), 0);
        outcome.answer.is_none()
    };
    let passing: Vec<_> =
        world.served.iter().filter(passes).map(|spelling| spelling.escape_ascii()).collect();
    ensure!(passing.is_empty(), "{} of {} pass:\n{}", passing.len(), world.served.len(), first_of(&passing));
    Ok(())
}

/// Checks that this target is forwarded as expected without path normalization, and not denied by the filter with it.
pub fn passes(world: &World, target: &str) -> Result<()> {
    let expected = PASSES.iter().find(|(other, _)| *other == target).map(|(_, expected)| *expected);
    let ask = |combination| -> Result<Response> {
        let mut connection = Connection::new(world.gateway.filtered(ECHO, combination)?);
        connection.get(target.as_bytes()).ok_or_else(|| anyhow!("no response: {combination}"))
    };
    let response = ask(Combination::OFF)?;
    let reached = upstream::parse_echo(&response.body).target;
    ensure!(response.status == 200, "{} of {}", response.status, response.text("x-details"));
    ensure!(Some(reached.as_slice()) == expected.map(str::as_bytes), "as {}", reached.escape_ascii());
    for combination in Combination::all() {
        let details = ask(combination)?.text("x-details");
        ensure!(!details.contains("ringfence"), "{details}: {combination}");
    }
    Ok(())
}

/// Returns the first ones, one per line.
fn first_of(lines: &[impl ToString]) -> String {
    lines.iter().take(40).map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

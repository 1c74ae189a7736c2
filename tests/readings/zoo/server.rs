//! Starting and asking a server.

use super::answer::Answer;
use super::description::{Kind, Setup};
use super::packages::find;
use super::requests::Ask;
use crate::connection::Connection;
use crate::site::{MARKER, PUBLIC, Site};
use crate::world::side_by_side;
use anyhow::{Context, Result, bail, ensure};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use testkit::process::{Background, free_port, run};

/// A running server.
#[derive(Debug)]
pub struct Server {
    processes: Vec<Background>,
    address: SocketAddr,
}

impl Server {
    /// Starts a server and waits until it serves the site.
    pub fn start(site: &Site, kind: &Kind, setup: &Setup) -> Result<Self> {
        let mut texts = kind.tools()?.context("not installed")?;
        let (port, inner) = (free_port()?, free_port()?);
        let folder =
            site.folder.join(setup.name.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-"));
        std::fs::create_dir_all(&folder)?;
        let mut add = |name: &str, text: String| texts.push((name.to_owned(), text));
        add("port", port.to_string());
        add("inner", inner.to_string());
        add("folder", folder.display().to_string());
        add("documents", site.documents.display().to_string());
        add("marker", String::from_utf8_lossy(MARKER).into_owned());
        add("user", std::env::var("USER").unwrap_or_else(|_| "root".to_owned()));
        // The last ones are replaced first: they may name the others.
        texts.extend(setup.texts.iter().cloned());
        for (name, text) in &kind.files {
            std::fs::write(folder.join(name), filled(text, &texts))?;
        }
        if let Some(build) = &kind.build {
            run(&mut command(build, &texts, &folder)?)?;
        }
        let mut server = Self { processes: Vec::new(), address: SocketAddr::from(([127, 0, 0, 1], port)) };
        for (index, line) in setup.start.iter().enumerate() {
            let log = folder.join(format!("{index}.log"));
            server.processes.push(Background::start(&mut command(line, &texts, &folder)?, &log)?);
        }
        let (mut connection, mut state) = (Connection::new(server.address), Ok(()));
        let process = server.processes.last_mut().context("there is no command")?;
        let ready = process.wait_for(&setup.name, || {
            state = check_health(&mut connection);
            state.is_ok().then_some(())
        });
        match (ready, state) {
            (Err(error), Err(state)) => Err(error.context(state)),
            (ready, _) => ready.map(|()| server),
        }
    }

    /// Checks that it serves the site as described.
    pub fn check_health(&self) -> Result<()> {
        check_health(&mut Connection::new(self.address))
    }

    /// Sends requests over several connections, because some servers wait for acknowledgements. An answer is `None` if there is
    /// no response.
    pub fn ask(&self, asks: &[&Ask]) -> Result<Vec<Option<Answer>>> {
        let parts: Vec<_> = asks.chunks(asks.len().div_ceil(CONNECTIONS).max(1)).collect();
        let answers = side_by_side(&parts, |part| {
            let (mut connection, mut silent) = (Connection::new(self.address), 0_usize);
            let mut answers = Vec::new();
            for ask in *part {
                let answer = connection.send(&ask.request()).map(|response| Answer::of(&response));
                silent += usize::from(answer.is_none());
                ensure!(silent < SILENT, "no response to {ask}, the last of {SILENT}");
                answers.push(answer);
            }
            Ok(answers)
        });
        Ok(answers.into_iter().collect::<Result<Vec<_>>>()?.concat())
    }
}

/// The number of connections to a server.
const CONNECTIONS: usize = 4;

/// The number of requests without a response that ends a trial.
const SILENT: usize = 5;

fn check_health(connection: &mut Connection) -> Result<()> {
    for (path, expected) in [
        ("/public/page.html", PUBLIC),
        ("/private/secret.html", MARKER),
        ("/files/plan.txt", MARKER),
        ("/files/plan.bak", MARKER),
        ("/users/7/keys", MARKER),
        ("/admin", MARKER),
        ("/some/thing.x", b"asked: /some/thing.x"),
    ] {
        let body = connection.follow(path.as_bytes()).map(|response| response.body);
        let right = body.as_ref().is_some_and(|body| body.trim_ascii_end() == expected);
        ensure!(right, "{path}: {:?}", body.map(|body| body.escape_ascii().to_string()));
    }
    Ok(())
}

/// Returns a command of a description.
fn command(line: &str, texts: &[(String, String)], folder: &Path) -> Result<Command> {
    let mut words = line.split_whitespace().map(|word| filled(word, texts));
    let name = words.next().context("an empty command")?;
    let Some(program) = find(&name) else { bail!("{name} is not installed") };
    let mut command = Command::new(program);
    command.args(words).current_dir(folder);
    Ok(command)
}

/// Replaces `@name@` by its text.
fn filled(text: &str, texts: &[(String, String)]) -> String {
    texts
        .iter()
        .rev()
        .fold(text.to_owned(), |filled, (name, text)| filled.replace(&format!("@{name}@"), text))
}

//! Proof in the kernel: the NetworkPolicies of examples/bookinfo and of network-policies/, as rules of nftables, on
//! connections that are real.
//!
//! Each pod is a network namespace, and so is the node between them, on which each pod has the other end of its cable.
//! There the policies are enforced, as a network plugin does it. At the gateway stock Envoy runs the filters.
//!
//! The program starts itself anew in each namespace: as the node, which runs the trials, and as each pod. Nothing of the
//! machine's own network is touched, and all of it goes with the processes. Root is not needed where a user may make
//! namespaces (`unshare -Urn`).
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "tests")]

mod ambient;
mod bookinfo;
mod cluster;
mod manifests;
mod nft;
mod node;
mod pod;
mod tree;
mod trials;

use anyhow::{Context, Result, bail};
use libtest_mimic::{Arguments, Trial};
use std::process::{Command, ExitCode, Stdio};

/// Says in which namespace a process of this program is.
const ROLE: &str = "RINGFENCE_KERNEL_ROLE";

/// How to get a network namespace: as root, else with a user namespace around it.
const WAYS: [&[&str]; 2] = [&["--net"], &["--map-root-user", "--net"]];

const INSTALL: &str = "install iproute2, nftables and util-linux (Debian: apt-get install iproute2 nftables)";

fn main() -> Result<ExitCode> {
    match std::env::var(ROLE).as_deref() {
        Ok("pod") => pod::run().map(|()| ExitCode::SUCCESS),
        Ok("node") => trials::run(&Arguments::from_args()),
        _ => enter(),
    }
}

/// Runs the trials in a namespace that plays the node.
fn enter() -> Result<ExitCode> {
    let arguments = Arguments::from_args();
    if arguments.list {
        return Ok(libtest_mimic::run(&arguments, trials::listed(false)).exit_code());
    }
    let Some(way) = way() else {
        return leave_out(&arguments);
    };
    let program = std::env::current_exe()?;
    let mut command = Command::new("unshare");
    command.args(way).arg("--").arg(program).args(std::env::args_os().skip(1)).env(ROLE, "node");
    let status = command.env("PATH", path()).status().context("cannot start unshare")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The first way on which rules can be written.
fn way() -> Option<&'static [&'static str]> {
    let works = |way: &&&[&str]| {
        let script = "ip link set lo up && nft list ruleset && echo 1 >/proc/sys/net/ipv4/ip_forward";
        let mut command = Command::new("unshare");
        command.args(**way).args(["--", "sh", "-ec", script]).env("PATH", path());
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        quiet.status().is_ok_and(|status| status.success())
    };
    WAYS.iter().find(works).copied()
}

/// The PATH with the folders in which `ip` and `nft` are, which not every user has on it.
fn path() -> String {
    format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default())
}

fn leave_out(arguments: &Arguments) -> Result<ExitCode> {
    if std::env::var_os("RINGFENCE_ALL").is_some() {
        bail!("kernel: no namespaces can be made here, and RINGFENCE_ALL is set: {INSTALL}, or run as root");
    }
    println!("left out: kernel: network namespaces: {INSTALL}, or run as root");
    Ok(libtest_mimic::run(arguments, trials::listed(true)).exit_code())
}

/// A trial that does nothing.
fn empty(name: &str, ignored: bool) -> Trial {
    Trial::test(name, || Ok(())).with_ignored_flag(ignored)
}

//! The NetworkPolicies of examples/bookinfo and network-policies/, as nftables rules, on real
//! connections.
//!
//! Each pod is a network namespace, connected by a veth pair to a namespace that is the node.
//! The node enforces the policies, as a network plugin does. The gateway is stock Envoy with the filters.
//!
//! The program starts itself again in each namespace: as the node, which runs the trials, and as each pod. The network of
//! the machine is not changed, and the namespaces end with the processes. Root is not needed if users may create
//! namespaces (`unshare -Urn`).
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "tests")]

mod ambient;
mod bookinfo;
mod cluster;
mod manifests;
mod nft;
mod node;
mod place;
mod pod;
mod tree;
mod trials;

use anyhow::{Context, Result, bail};
use libtest_mimic::Arguments;
use pod::ROLE;
use std::process::{Command, ExitCode, Stdio};

/// The options of `unshare`: as root, or with a user namespace.
const WAYS: [&[&str]; 2] = [&["--net"], &["--map-root-user", "--net"]];

const INSTALL: &str = "install iproute2, nftables and util-linux (Debian: apt-get install iproute2 nftables)";

fn main() -> Result<ExitCode> {
    match std::env::var(ROLE).as_deref() {
        Ok("pod") => pod::run().map(|()| ExitCode::SUCCESS),
        Ok("node") => trials::run(&Arguments::from_args()),
        _ => enter(),
    }
}

/// Runs the trials in the namespace of the node.
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

/// Returns the first options that allow rules to be written.
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

/// Returns the `PATH` with the folders of `ip` and `nft`.
fn path() -> String {
    format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default())
}

fn leave_out(arguments: &Arguments) -> Result<ExitCode> {
    if std::env::var_os("RINGFENCE_ALL").is_some() {
        bail!("kernel: cannot create namespaces, and RINGFENCE_ALL is set; {INSTALL}, or run as root");
    }
    println!("left out: kernel: network namespaces: {INSTALL}, or run as root");
    Ok(libtest_mimic::run(arguments, trials::listed(true)).exit_code())
}

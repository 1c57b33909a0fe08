//! Installs Debian packages through apt-get, with sudo where we are not root.

use std::io::IsTerminal as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::command::{find_program, shown};
use crate::context::step;

/// The command that a person can give to get these packages.
pub fn by_hand(packages: &[&str]) -> String {
    let sudo = if is_root() || find_program("sudo").is_none() { "" } else { "sudo " };
    format!("{sudo}apt-get install --no-install-recommends {}", packages.join(" "))
}

/// Installs the packages and what they need. Nothing that is installed is ever removed for it.
///
/// # Errors
/// Where there is no apt-get, no right to use it, no network, or a conflict; each says which
/// command the person can give.
pub fn install(packages: &[&str]) -> Result<()> {
    let command = by_hand(packages);
    if find_program("apt-get").is_none() {
        bail!(
            "this machine has no apt-get; install it by the machine's own means. Debian 12 calls it: {}",
            packages.join(" ")
        );
    }
    if !is_root() && find_program("sudo").is_none() {
        bail!("installing it needs root, and there is no sudo; as root: {command}");
    }
    step(&format!("installing: {}", packages.join(" ")));
    let mut install = vec!["install", "--yes", "--no-install-recommends", "--no-remove"];
    install.extend(packages);
    // A machine that was just made has no package lists, and old lists name files that are gone.
    if has_lists() && apt(&install).is_ok() {
        return Ok(());
    }
    step("fetching the package lists");
    apt(&["update"]).with_context(|| format!("once there is a network, give: {command}"))?;
    apt(&install).with_context(|| {
        format!(
            "the packages could not be installed; look at apt-get's message above, then give: \
             {command}"
        )
    })
}

fn apt(arguments: &[&str]) -> Result<()> {
    let mut command = if is_root() {
        Command::new("env")
    } else {
        let mut sudo = Command::new("sudo");
        // Without a terminal nobody can type a password: fail at once and say so.
        if !std::io::stdin().is_terminal() {
            sudo.arg("-n");
        }
        sudo.arg("env");
        sudo
    };
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]);
    // Another apt may be at work on the machine: wait for it.
    command.args(["-o", "DPkg::Lock::Timeout=600", "-o", "Dpkg::Use-Pty=0"]);
    command.args(arguments);
    // What this tool prints on standard output is for programs; apt's words are for the person.
    let status = command
        .stdout(Stdio::from(std::io::stderr()))
        .status()
        .with_context(|| format!("cannot start {}", shown(&command)))?;
    if !status.success() {
        bail!("{} failed ({status})", shown(&command));
    }
    Ok(())
}

fn has_lists() -> bool {
    let Ok(lists) = Path::new("/var/lib/apt/lists").read_dir() else { return false };
    lists.flatten().any(|list| list.file_name().to_string_lossy().contains("_Packages"))
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

//! `doctor`: shows what was found on this machine, and changes nothing.

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::arch::Arch;
use crate::command;
use crate::context::{self, Context, Toolchain};
use crate::kernel::{self, Flavour};
use crate::setup::{self, Install, apt, needs};
use crate::toolchain;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit code 0 where everything needed is there, 1 where something is missing; the message then names
the command that gets it.")]
pub struct Args {}

pub fn run(_: &Args) -> Result<ExitCode> {
    let root = context::find_root()?;
    let out = context::out(&root);
    row("clone", &root.display().to_string());
    let toolchain = toolchain::choose(&out, Install::Never);
    match &toolchain {
        Ok(toolchain) => show_toolchain(toolchain),
        Err(error) => row("rust", &format!("MISSING: {error:#}")),
    }
    let missing = show_needs();
    if let Ok(toolchain) = &toolchain {
        let ctx = Context { root, out, toolchain: toolchain.clone() };
        for arch in Arch::ALL {
            show_kernel(&ctx, arch);
        }
    }
    if !missing.is_empty() {
        println!("\nmissing; get it with\n  {}", apt::by_hand(&missing));
    }
    let fine = toolchain.is_ok() && missing.is_empty();
    println!("\n{}", if fine { "everything needed is here" } else { "something needed is missing" });
    Ok(if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn row(what: &str, found: &str) {
    println!("{what:32} {found}");
}

fn show_toolchain(toolchain: &Toolchain) {
    row("rust", &format!("{} ({})", toolchain.version, toolchain.rustc.display()));
    row("cargo", &toolchain.cargo.display().to_string());
    let rustlib = toolchain.sysroot.join("lib/rustlib");
    let core = if toolchain.build_std {
        format!("built from its source in {}", rustlib.join("src/rust/library").display())
    } else {
        format!("installed in {}", rustlib.display())
    };
    row("core library of the target", &core);
    let linker = toolchain.linker.as_deref().map_or("rustc's own rust-lld".into(), Path::to_string_lossy);
    row("linker of the target", &linker);
}

/// Returns the packages that are missing.
fn show_needs() -> Vec<&'static str> {
    let mut missing = Vec::new();
    for need in needs::needs(&Arch::ALL, setup::kernel_is_built_here()) {
        match need.found() {
            Some(path) => {
                let version = if need.is_program() { version(&path) } else { String::new() };
                row(need.what, format!("{} {version}", path.display()).trim_end());
            }
            None => {
                row(need.what, &format!("MISSING: Debian's package {}", need.package));
                missing.push(need.package);
            }
        }
    }
    missing.dedup();
    missing
}

fn version(program: &Path) -> String {
    let asked = command::output(Command::new(program).arg("--version"), "asking for the version");
    let first = asked.ok().and_then(|told| told.lines().next().map(str::to_owned));
    first.map(|line| format!("({line})")).unwrap_or_default()
}

fn show_kernel(ctx: &Context, arch: Arch) {
    for flavour in [Flavour::Release, Flavour::Debug] {
        let what = format!("kernel {} {}", arch.name(), flavour.name());
        match kernel::existing(ctx, arch, flavour) {
            Ok(Some(prefix)) => {
                let version = prefix.kernel_version().unwrap_or("of another build");
                row(&what, &format!("seL4 {version}, configuration {}", prefix.configuration_hash()));
                row("", &format!("prefix {}", prefix.path().display()));
                if !prefix.patches().is_empty() {
                    row("", &format!("patches {}", prefix.patches().join(", ")));
                }
            }
            Ok(None) => row(&what, "not built yet; the first run builds it"),
            Err(error) => row(&what, &format!("cannot be used: {error:#}")),
        }
    }
}

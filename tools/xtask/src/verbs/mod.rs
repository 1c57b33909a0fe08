//! What can be asked of the tool.

mod bench;
mod build;
mod clean;
mod doctor;
mod gdb;
mod lint;
mod mutants;
mod new;
mod push;
mod run;
mod soak;
mod sweep;
mod test;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

use crate::context::{self, Context};
use crate::setup::Install;
use crate::toolchain;

/// Shown under the list of verbs.
pub const AFTER_HELP: &str = "\
Every verb sets up what it needs (Rust for the bare-metal targets, QEMU, the kernel's compilers) and
says so while it does. `./escrow VERB` and `cargo xtask VERB` are the same.

Environment:
  SEL4_PREFIX    use this installed kernel instead of building ours
  ESCROW_CARGO   use this cargo (and the rustc beside it, or ESCROW_RUSTC) for the target
./escrow passes over CARGO_TARGET_DIR: everything is in the clone's folder target, which can be a link.
Exit codes: 0 done, 1 failed, 2 wrong command line, 141 nobody reads the output (as `head` after its lines).";

/// A verb with its arguments.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Boot the system and talk to its shell
    Run(run::Args),
    /// Run the tests: host tests, and scenarios in QEMU on both architectures
    Test(test::Args),
    /// Make a module crate to begin with: interface, server, client, tests
    New(new::Args),
    /// Send a module's ELF file into the running system: loaded, or in place of the running one
    Push(push::Args),
    /// Attach gdb to the running system
    Gdb(gdb::Args),
    /// Break the invariants one change at a time, and see a test go red by each
    Mutants(mutants::Args),
    /// Measure costs in guest instructions beside the raw kernel
    Bench(bench::Args),
    /// Kill modules at every moment of their work, and check what must hold
    Sweep(sweep::Args),
    /// Load, call, crash and unload many times, at random but repeatable moments
    Soak(soak::Args),
    /// Build the kernel, the programs and the image without booting them
    Build(build::Args),
    /// Check formatting, lints and documentation, as CI does
    Lint(lint::Args),
    /// Show what was found on this machine; changes nothing
    Doctor(doctor::Args),
    /// Delete what the verbs have built in this clone
    Clean(clean::Args),
}

impl Verb {
    /// Does it.
    ///
    /// # Errors
    /// Whatever keeps the verb from its work; the message says what to do.
    pub fn run(self) -> Result<ExitCode> {
        match self {
            Verb::Run(args) => run::run(&args),
            Verb::Test(args) => test::run(&args),
            Verb::New(args) => new::run(&args),
            Verb::Push(args) => push::run(&args),
            Verb::Gdb(args) => gdb::run(&args),
            Verb::Mutants(args) => mutants::run(&args),
            Verb::Bench(args) => bench::run(&args),
            Verb::Sweep(args) => sweep::run(&args),
            Verb::Soak(args) => soak::run(&args),
            Verb::Build(args) => build::run(&args),
            Verb::Lint(args) => lint::run(&args),
            Verb::Doctor(args) => doctor::run(&args),
            Verb::Clean(args) => clean::run(&args),
        }
    }
}

/// The context of a verb that builds: chooses the toolchain, and installs one where there is none.
fn context() -> Result<Context> {
    let root = context::find_root()?;
    let out = context::out(&root);
    let toolchain = toolchain::choose(&out, Install::Allowed)?;
    Ok(Context { root, out, toolchain })
}

//! Modules in a simulated system, on a machine that is no target: see the crate `simulation`, which is all here.

extern crate std;

use std::eprintln;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::process::ExitCode;

pub use simulation::*;

use crate::init::{Init, InitError};
use crate::serve::Server;
use crate::{Manifest, request, start};

/// A module that serves, for a simulated system: what its crate gives to [`crate::module`].
///
/// A simulated instance is a thread of this machine, and each begins with the same call of `init`.
pub fn module<S: Server>(
    manifest: Manifest,
    init: impl Fn(&mut Init) -> Result<S, InitError> + Send + Sync + 'static,
) -> Module {
    Module::new(manifest, move || until_it_ends(|| start::run_module(&init)))
}

/// A module that does its work and exits: what its crate gives to [`crate::program`].
pub fn program(
    manifest: Manifest,
    main: impl Fn(&mut Init) -> Result<(), InitError> + Send + Sync + 'static,
) -> Module {
    let flags = manifest.flags | ipc_proto::manifest::PROGRAM;
    Module::new(Manifest { flags, ..manifest }, move || until_it_ends(|| start::run_program(&main)))
}

/// A module's program runs until its instance is dead. What it panics with it tells the supervisor, as on the target.
fn until_it_ends(program: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(program)) {
        if payload.is::<calls::Ended>() {
            resume_unwind(payload);
        }
        request::panicked(format_args!("{}", panics::last()));
    }
}

/// What a module's crate does as a program of this machine: it says that it is none.
pub fn is_no_program(module: &Module) -> ExitCode {
    let name = module.name();
    eprintln!(
        "{name} is a module of Escrow, and no program of this machine: `./escrow run --module FOLDER` boots a system with \
         it, and `cargo test` runs it in a simulated one"
    );
    ExitCode::FAILURE
}

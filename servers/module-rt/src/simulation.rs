//! Modules in a simulated system, on a machine that is no target: see the crate `simulation`, which is all here.

extern crate std;

use std::borrow::ToOwned;
use std::eprintln;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::process::ExitCode;
use std::string::String;
use std::sync::{Arc, Mutex, PoisonError};

pub use simulation::*;

use crate::init::{Init, InitError};
use crate::serve::Server;
use crate::{Manifest, start};

/// A module that serves, for a simulated system: what its crate gives to [`crate::module`].
///
/// A simulated instance is a thread of this machine, and each begins with the same call of `init`.
pub fn module<S: Server>(
    manifest: Manifest,
    init: impl Fn(&mut Init) -> Result<S, InitError> + Send + Sync + 'static,
) -> Module {
    let manifest = start::manifest_of(manifest, &init);
    Module::new(manifest, move || until_it_ends(|| start::run_module(&manifest, &init)))
}

/// A module that does its work and exits: what its crate gives to [`crate::program`].
pub fn program(
    manifest: Manifest,
    main: impl Fn(&mut Init) -> Result<(), InitError> + Send + Sync + 'static,
) -> Module {
    let flags = manifest.flags | ipc_proto::manifest::PROGRAM;
    Module::new(Manifest { flags, ..manifest }, move || {
        until_it_ends(|| start::run_program(&manifest, &main))
    })
}

/// A module's program runs until its instance is dead: also by a panic.
fn until_it_ends(program: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(program)) {
        if payload.is::<calls::Ended>() {
            resume_unwind(payload);
        }
        calls::panicked(panics::last());
    }
}

/// A program of the test's own that was started, and what it returns when it has run.
#[derive(Clone, Debug)]
pub struct Program<T> {
    name: String,
    returned: Arc<Mutex<Option<T>>>,
}

impl<T> Program<T> {
    /// What it has returned.
    ///
    /// # Errors
    /// [`How`] it has ended instead: with an error, by a death that it was struck with. [`How::Unloaded`] also where it has
    /// not run.
    pub fn result(&self, system: &System) -> Result<T, How> {
        let returned = self.returned.lock().unwrap_or_else(PoisonError::into_inner).take();
        let died = || system.died().iter().rev().find(|died| died.module == self.name);
        returned.ok_or_else(|| died().map_or(How::Unloaded, |died| died.how.clone()))
    }
}

/// Programs of the test's own, in a [`System`].
pub trait Programs {
    /// Starts one: what it calls, and asserts, and what it returns. It runs at the next [`System::run`], beside all others.
    ///
    /// # Panics
    /// As [`System::load`].
    #[track_caller]
    fn start_program<T: Send + 'static>(
        &mut self,
        name: &str,
        main: impl FnOnce(&mut Init) -> Result<T, InitError> + Send + 'static,
    ) -> Program<T>;

    /// Starts one, and runs until it and all others have ended; gives what it returns.
    ///
    /// # Errors
    /// As [`Program::result`].
    ///
    /// # Panics
    /// As [`System::run`]: also where the program does, by one of its assertions.
    #[track_caller]
    fn run_program<T: Send + 'static>(
        &mut self,
        name: &str,
        main: impl FnOnce(&mut Init) -> Result<T, InitError> + Send + 'static,
    ) -> Result<T, How>;
}

impl Programs for System {
    #[track_caller]
    fn start_program<T: Send + 'static>(
        &mut self,
        name: &str,
        main: impl FnOnce(&mut Init) -> Result<T, InitError> + Send + 'static,
    ) -> Program<T> {
        let returned = Arc::new(Mutex::new(None));
        let (main, to) = (Mutex::new(Some(main)), Arc::clone(&returned));
        let once = move |init: &mut Init| {
            let main = main.lock().unwrap_or_else(PoisonError::into_inner).take();
            // It is never live, and so never started again.
            let main = main.ok_or_else(|| InitError::new(1, format_args!("a test's program runs once")))?;
            let value = main(init)?;
            *to.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
            Ok(())
        };
        self.load_of_test(program(Manifest::new(name), once));
        Program { name: name.to_owned(), returned }
    }

    #[track_caller]
    fn run_program<T: Send + 'static>(
        &mut self,
        name: &str,
        main: impl FnOnce(&mut Init) -> Result<T, InitError> + Send + 'static,
    ) -> Result<T, How> {
        let program = self.start_program(name, main);
        self.run();
        program.result(self)
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

//! From the first instruction to the module's init, and on to its serve loop or its exit.

use ipc_proto::ids::Instance;

use crate::init::{Init, InitError};
use crate::request;
use crate::serve::{self, Server};
use crate::sys;

/// Which instance this program is, as the supervisor told it at its start.
pub fn instance() -> Instance {
    sys::instance()
}

/// Runs init, publishes what it reserved, and serves. Called by [`crate::module`].
pub fn run_module<S: Server>(init: impl FnOnce(&mut Init) -> Result<S, InitError>) -> ! {
    match init(&mut Init::new()) {
        Ok(server) => {
            request::publish();
            serve::serve(server)
        }
        Err(error) => request::init_failed(&error),
    }
}

/// Runs a program that serves nobody, and exits with 0 when it returns. Called by [`crate::program`].
pub fn run_program(main: impl FnOnce(&mut Init) -> Result<(), InitError>) -> ! {
    match main(&mut Init::new()) {
        Ok(()) => request::exit(0),
        Err(error) => request::init_failed(&error),
    }
}

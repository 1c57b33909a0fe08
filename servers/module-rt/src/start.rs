//! From the first instruction to the module's init, and on to its serve loop or its exit.

use ipc_proto::ids::Instance;
use ipc_proto::manifest::DEPARTURES;

use crate::init::{Init, InitError};
use crate::serve::{self, Server};
use crate::sys;
use crate::{Manifest, deferred, request};

/// Which instance this program is, as the supervisor told it at its start.
pub fn instance() -> Instance {
    sys::instance()
}

/// Whether the server of an init answers calls later.
#[doc(hidden)]
pub const fn defers<S: Server, F: FnOnce(&mut Init) -> Result<S, InitError>>(_: &F) -> bool {
    S::DEFERS
}

/// The manifest of a module whose init gives that server: it is to be told of its clients' deaths if that one has a use for it.
#[doc(hidden)]
pub const fn manifest_of<S: Server, F: FnOnce(&mut Init) -> Result<S, InitError>>(
    manifest: Manifest,
    _: &F,
) -> Manifest {
    match S::DEPARTED {
        Some(_) => Manifest { flags: manifest.flags | DEPARTURES, ..manifest },
        None => manifest,
    }
}

/// Whether there is room for callers in a locker of 2^`bits` slots.
#[doc(hidden)]
pub const fn has_room_for_callers(bits: u8) -> bool {
    bits >= ipc_proto::deferred::MIN_LOCKER_BITS
}

/// Runs init, publishes what it reserved, and serves. Called by [`crate::module`].
pub fn run_module<S: Server>(manifest: &Manifest, init: impl FnOnce(&mut Init) -> Result<S, InitError>) -> ! {
    if S::DEFERS {
        deferred::set_up(manifest.locker_bits);
    }
    match init(&mut Init::new()) {
        Ok(server) => {
            request::publish();
            serve::serve(server)
        }
        Err(error) => request::init_failed(&error),
    }
}

/// Runs a program that serves nobody, and exits with 0 when it returns. Called by [`crate::program`].
pub fn run_program(_: &Manifest, main: impl FnOnce(&mut Init) -> Result<(), InitError>) -> ! {
    match main(&mut Init::new()) {
        Ok(()) => request::exit(0),
        Err(error) => request::init_failed(&error),
    }
}

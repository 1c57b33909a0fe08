//! Connections that have lost their server, for a module with `flags: OnLoss::Notify as u8` in its manifest, or with
//! `on_loss = "notify"` in its grants.
//!
//! A server has [`crate::Server::lost`] called, and asks with [`losses`] what it is. A program that serves nobody asks as well, or waits
//! with [`wait_for_losses`]. A notified client waits for the name to come back with one line, [`crate::lookup_waiting`]: while
//! the server is being started again, or after it was unloaded, it returns at the next publish.
//!
//! ```no_run
//! use core::time::Duration;
//!
//! use module_rt::ipc_proto::echo::{self, EchoClient};
//! use module_rt::ipc_proto::version::VersionRange;
//! use module_rt::{Connection, Init, InitError, Manifest, OnLoss, log, losses, lookup_waiting};
//!
//! module_rt::program! {
//!     manifest: Manifest { flags: OnLoss::Notify as u8, ..Manifest::new("watcher") },
//!     main: watch,
//! }
//!
//! fn watch(_: &mut Init) -> Result<(), InitError> {
//!     let versions = VersionRange::exactly(echo::VERSION);
//!     let mut echo = lookup_waiting(echo::NAME, versions, Duration::from_secs(5))?;
//!     loop {
//!         match EchoClient::new(echo).words([1, 2, 3, 4]) {
//!             Ok(words) => log!("{words:?}"),
//!             Err(error) => log!("no answer: {error}"),
//!         }
//!         if losses::wait_for_losses().any(|lost| lost.connection == echo) {
//!             echo = lookup_waiting(echo::NAME, versions, Duration::from_secs(5))?;
//!         }
//!     }
//! }
//! ```

use ipc_proto::losses::{LABEL, Losses, Request};
use ipc_proto::slots;

use crate::connection::Connection;
use crate::sys;

pub use ipc_proto::losses::Now;

/// A connection that has lost its server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The connection. Where it is gone, its slot can be that of a later lookup by now, which is one where this instance has had
    /// something in each of its slots (see [`Connection`]): compare it with what the module holds.
    pub connection: Connection,
    /// How the server is now; what was lost twice is told once.
    pub now: Now,
}

fn each(losses: Losses) -> impl Iterator<Item = Loss> {
    losses.iter().map(|(slot, now)| Loss { connection: Connection::in_slot(slot), now })
}

fn ask() -> Losses {
    Connection::in_slot(slots::SUPERVISOR).call(LABEL, &Request::Take).unwrap_or(Losses::NONE)
}

/// Which connections have lost their server since this was last asked.
pub fn losses() -> impl Iterator<Item = Loss> {
    each(ask())
}

/// The same; where there is none, waits until there is. For a program that serves nobody: a call that reaches it
/// meanwhile is not answered.
pub fn wait_for_losses() -> impl Iterator<Item = Loss> {
    loop {
        let losses = ask();
        if !losses.is_empty() {
            return each(losses);
        }
        // A signal ends this as a call would. What was signalled before is not lost: the kernel keeps it.
        let _ = sys::recv(slots::RECEIVE);
    }
}

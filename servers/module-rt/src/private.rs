//! Being called back during init, by one peer that this module names: see `ipc_proto::private`.
//!
//! A module in its init is seen by nobody. Where its init needs somebody who has to call it in turn (a disk, whose
//! partitions a scanner finds by reading from it), it opens a private endpoint to that one, asks it to begin, and serves
//! there until it has what it wants:
//!
//! ```no_run
//! # use core::time::Duration;
//! # use module_rt::ipc_proto::version::VersionRange;
//! # use module_rt::{Init, InitError, Server};
//! # const SCAN: u16 = 0x101;
//! # struct Disk { found: Option<u32> }
//! # impl Server for Disk {}
//! fn partitions_of(disk: &mut Disk, init: &mut Init) -> Result<u32, InitError> {
//!     let scanner = init.connect("partitions", VersionRange::ANY)?;
//!     let mut private = init.open_to(scanner, Duration::from_millis(100))?;
//!     let () = scanner.call(SCAN, &())?; // answered at once: whoever waits for an answer cannot be called back
//!     Ok(private.serve(disk, |disk| disk.found)?)
//! }
//! ```
//!
//! The peer's side, in its [`Server::message`]:
//!
//! ```no_run
//! # use module_rt::ipc_proto::label::Status;
//! # use module_rt::{Answer, Client, Connection, Request, Server, answer_first, call_back};
//! # struct Scanner;
//! # impl Scanner { fn scan(&mut self, disk: Connection) {} }
//! # impl Server for Scanner {
//! fn message(&mut self, client: Client, _: u16, _: Request) -> Result<Answer, Status> {
//!     let disk = call_back(client).map_err(|_| Status::Refused)?;
//!     let begun = answer_first(&())?; // from here on the caller waits at its private endpoint
//!     self.scan(disk); // calls of `disk`, the last of which says what was found
//!     Ok(begun)
//! }
//! # }
//! ```
//!
//! The endpoint ends with the init, and nothing has to be undone. A call of the peer's at that moment returns with an
//! error, as for any server that is gone.

use core::fmt;
use core::time::Duration;

use ipc_proto::badge::{PEER_GONE, SIGNAL};
use ipc_proto::label::Status;
use ipc_proto::private::{Answer, Ended, LABEL, PrivateRefusal, Request};
use ipc_proto::slots;

use crate::connection::Connection;
use crate::init::{Init, InitError};
use crate::serve::{Server, answer_to, signalled};
use crate::sys;
use ipc_proto::call_error::CallError;
use ipc_proto::interface::Client;

/// Why there is no call back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrivateError {
    /// The supervisor's reason why there is no private endpoint.
    Refused(PrivateRefusal),
    /// There was one, and nobody can call it any more: open it again, to the next instance or to another one, or fail.
    Ended(Ended),
    /// The supervisor could not be asked: one of the two is built from another version.
    Call(CallError),
}

impl fmt::Display for PrivateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PrivateError::Refused(why) => why.fmt(f),
            PrivateError::Ended(why) => why.fmt(f),
            PrivateError::Call(error) => write!(f, "the supervisor: {error}"),
        }
    }
}

impl core::error::Error for PrivateError {}

impl From<PrivateError> for InitError {
    fn from(error: PrivateError) -> InitError {
        InitError::new(3, format_args!("{error}"))
    }
}

impl From<PrivateError> for Status {
    /// What a peer answers to a caller that has opened nothing to it.
    fn from(_: PrivateError) -> Status {
        Status::Refused
    }
}

/// The private endpoint of this module, in its init.
#[derive(Debug)]
pub struct Private(());

fn ask(request: &Request) -> Result<Answer, PrivateError> {
    match Connection::in_slot(slots::SUPERVISOR).call(LABEL, request).map_err(PrivateError::Call)? {
        Answer::Refused(why) => Err(PrivateError::Refused(why)),
        answer => Ok(answer),
    }
}

impl Init {
    /// Opens a private endpoint to the module that serves `peer`, and to nobody else, for `longest` at the longest: one at
    /// a time. It has no name, and ends with this init.
    ///
    /// # Errors
    /// [`PrivateError`]; [`PrivateRefusal::TooLong`] where `longest` is more than the module's `wait_ms` in the system's
    /// manifest.
    pub fn open_to(&mut self, peer: Connection, longest: Duration) -> Result<Private, PrivateError> {
        let slot = u8::try_from(peer.slot()).map_err(|_| PrivateError::Refused(PrivateRefusal::NoPeer))?;
        // Rounded up: what is shorter than the unit is open, too.
        let micros = u64::try_from(longest.as_nanos().div_ceil(1000)).unwrap_or(u64::MAX);
        match ask(&Request::Open { slot, micros })? {
            Answer::Opened => Ok(Private(())),
            _ => Err(PrivateError::Call(CallError::BadAnswer)),
        }
    }
}

/// The connection to a client's private endpoint, which it has opened to this module; it is in its init. Lives as
/// long as that: after that every call says so.
///
/// # Errors
/// [`PrivateError`]; [`PrivateRefusal::NotOpened`] where it has opened none to this module, or not any more.
pub fn call_back(client: Client) -> Result<Connection, PrivateError> {
    match ask(&Request::Accept { client: client.badge() })? {
        Answer::Accepted { slot } => Ok(Connection::in_slot(u64::from(slot))),
        _ => Err(PrivateError::Call(CallError::BadAnswer)),
    }
}

impl Private {
    /// Answers the peer's calls until `done` has something: it is asked before the first call, and after each.
    ///
    /// # Errors
    /// [`PrivateError::Ended`] where the peer has died or was unloaded, its capability was taken back, or the time is over.
    pub fn serve<S: Server, T>(
        &mut self,
        server: &mut S,
        mut done: impl FnMut(&mut S) -> Option<T>,
    ) -> Result<T, PrivateError> {
        loop {
            if let Some(result) = done(server) {
                return Ok(result);
            }
            let call = sys::recv(slots::PRIVATE);
            if call.badge & SIGNAL != 0 {
                signalled(server, call.badge);
                // A signal can be one of an earlier peer.
                if call.badge & PEER_GONE == PEER_GONE
                    && let Answer::Ended(why) = ask(&Request::State)?
                {
                    return Err(PrivateError::Ended(why));
                }
            } else if let Some((info, words)) = answer_to(server, &call) {
                sys::reply(info, words);
            }
        }
    }
}

//! Interface `passing`: a module passes a connection of its own on to a server that it is connected to, on
//! [`crate::slots::SUPERVISOR`].
//!
//! No capability goes in a message. The giver puts its connection up ([`Request::PutUp`]) and sends the token; the server
//! asks for what its caller has put up for it ([`Request::Take`]), and gets a connection of its own: with its own badge, and
//! only to what it may look up itself. What is put up waits in the ledger, and reaches nobody until it is taken.

use core::fmt;

use heapless::Vec;
use serde::{Deserialize, Serialize};
use zerocopy::{Immutable, IntoBytes, TryFromBytes};

use crate::call_error::CallError;
use crate::registrar::Refusal;
use crate::version::{Version, VersionRange};

/// The label of every request of this interface. It is one of its own, so that modules that pass nothing do not carry it.
pub const LABEL: u16 = 0x10a;
/// How many connections one module can have put up at a time: what it passes in one call.
pub const MAX_PASSED: u8 = 4;

/// What stands for a connection in a message: good once, for the server that it was put up for, while it has been sent by
/// the module that has put it up. No number is given out twice.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, IntoBytes, TryFromBytes, Immutable,
)]
#[repr(transparent)]
pub struct Token(pub u64);

impl Token {
    /// That of the connection so many places behind this one's, where several were put up at once.
    #[must_use]
    pub const fn behind(self, places: u8) -> Token {
        Token(self.0.wrapping_add(places as u64))
    }
}

/// A request; the caller is known by the badge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Put these connections up for the server of another one, in place of everything that the caller has put up before: it
    /// makes one call at a time. Answer: [`Answer::PutUp`] or [`Answer::Refused`].
    PutUp {
        /// The connection slot of the caller's CSpace whose server may take them.
        to: u8,
        /// Those of the connections, each of which counts.
        slots: Vec<u8, { MAX_PASSED as usize }>,
    },
    /// Connect the caller to what a client of its has put up for it. Answer: [`Answer::Taken`]; after [`Answer::Refused`]
    /// it is still up.
    Take {
        /// The badge that came with the client's call.
        client: u64,
        /// What the client's message says.
        token: Token,
        /// The versions that the caller speaks of what it expects there.
        versions: VersionRange,
    },
}

/// The answer, with status `Ok`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// They are up: the first has this token, the others the numbers behind it.
    PutUp(Token),
    /// The connection is in the caller's CSpace; where it had one to the same service already, it is that.
    Taken {
        /// Which slot of it.
        slot: u8,
    },
    /// It cannot be done; nothing has changed.
    Refused(PassRefusal),
}

/// Why a connection is not passed on. Its text is the sentence that a person reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PassRefusal {
    /// There is no connection to another module in the slot whose server was to take it.
    NoPeer,
    /// There is no connection to a service in a slot that was to be passed. What was opened to one peer is not passed on.
    NotConnected,
    /// They are more than [`MAX_PASSED`].
    TooMany,
    /// The client has put nothing up for the caller under this token: it has died, has its connection no more, has put up
    /// others since; or it was taken already.
    NotPutUp,
    /// The service speaks that version of its interface, which the caller does not: the client is wrong, or hostile.
    OtherVersion(Version),
    /// The service cannot be reached now, or not by the caller.
    Service(Refusal),
}

impl fmt::Display for PassRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PassRefusal::NoPeer => "there is no server to take the connection",
            PassRefusal::NotConnected => "there is no connection to pass on",
            PassRefusal::TooMany => return write!(f, "{MAX_PASSED} connections can be passed at a time"),
            PassRefusal::NotPutUp => {
                "the caller has put up no such connection for this module, or has it no more"
            }
            PassRefusal::OtherVersion(version) => {
                return write!(
                    f,
                    "the service behind it has version {version}, which this module does not speak"
                );
            }
            PassRefusal::Service(Refusal::NotGranted) => {
                "the system's manifest does not let this module look that service up (uses)"
            }
            PassRefusal::Service(Refusal::NotLive) => "the service behind it is being restarted: try again",
            PassRefusal::Service(Refusal::Failed) => {
                "the service behind it has failed: `restart` brings its module back"
            }
            PassRefusal::Service(Refusal::TooManyConnections) => {
                "this module holds as many connections as its manifest asks for (connections)"
            }
            PassRefusal::Service(Refusal::TooManyClients) => {
                "the service behind it has as many clients as it is granted (clients)"
            }
            PassRefusal::Service(Refusal::Kernel) => "the kernel refused to make the capability",
            PassRefusal::Service(_) => "the service behind it is gone",
        })
    }
}

impl core::error::Error for PassRefusal {}

/// Why a server has no connection, though one was passed to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassError {
    /// The supervisor's reason.
    Refused(PassRefusal),
    /// The supervisor could not be asked: one of the two is built from another version.
    Call(CallError),
}

impl fmt::Display for PassError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PassError::Refused(why) => why.fmt(f),
            PassError::Call(error) => write!(f, "the supervisor: {error}"),
        }
    }
}

impl core::error::Error for PassError {}

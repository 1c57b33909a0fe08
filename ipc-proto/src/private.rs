//! Interface `private`: an endpoint before publish, for the one peer that has to call a module back during its init.
//!
//! The module in its init names the peer by its own connection to it ([`Request::Open`]). The peer, while it has a call
//! of the module's, asks with that call's badge for what the caller has opened to it ([`Request::Accept`]), and gets a
//! connection. The endpoint has no name and is in no list. It ends with the init: at publish, or at the module's death.

use core::fmt;

use serde::{Deserialize, Serialize};

/// The label of every request of this interface, which any module may make to the supervisor. It is one of its own, so
/// that modules without such an endpoint do not carry it.
pub const LABEL: u16 = 0x105;

/// A request; the caller is known by the badge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Open the caller's private endpoint to the server of a connection; the caller is in its init.
    /// Answer: [`Answer::Opened`] or [`Answer::Refused`].
    Open {
        /// A connection slot of the caller's CSpace.
        slot: u8,
        /// How long it is open at the longest, in microseconds.
        micros: u64,
    },
    /// Connect the caller to what a client of its has opened to it. Asked twice, it is the same connection.
    /// Answer: [`Answer::Accepted`] or [`Answer::Refused`].
    Accept {
        /// The badge that came with the client's call.
        client: u64,
    },
    /// Whether the peer can still call the caller's endpoint. Answer: [`Answer::Opened`] or [`Answer::Ended`].
    State,
}

/// The answer, with status `Ok`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// The endpoint is open: the peer can accept it, or has.
    Opened,
    /// The connection is in the caller's CSpace.
    Accepted {
        /// Which slot of it.
        slot: u8,
    },
    /// Nobody can call the endpoint any more.
    Ended(Ended),
    /// It cannot be done; nothing has changed.
    Refused(PrivateRefusal),
}

/// Why nobody can call a private endpoint any more, though its module is in its init. Its text is the sentence that a
/// person reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Ended {
    /// The peer has died or was unloaded, or its capability was taken back. Open it again to the next instance, or fail.
    PeerGone,
    /// It was open for as long as it was to be. Open it again, or fail.
    TimedOut,
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Ended::PeerGone => "the peer is gone that was to call back",
            Ended::TimedOut => "the peer has not called back in time",
        })
    }
}

/// Why there is no private endpoint. Its text is the sentence that a person reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PrivateRefusal {
    /// The module is not in its init: whoever has published is called by its names.
    NotInInit,
    /// There is no connection in that slot to another module that runs.
    NoPeer,
    /// One is open already, which is the most.
    OpenAlready,
    /// It would be open for longer than the module may wait.
    TooLong,
    /// The ledger's service table is full.
    TooManyServices,
    /// That client has opened nothing to the caller, or not any more.
    NotOpened,
    /// The caller's connection slots are used up.
    TooManyConnections,
    /// Memory is used up.
    OutOfMemory,
}

impl fmt::Display for PrivateRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PrivateRefusal::NotInInit => "a private endpoint is for a module in its init",
            PrivateRefusal::NoPeer => "there is no connection to a running peer",
            PrivateRefusal::OpenAlready => {
                "a private endpoint is open already, and a module can have one at a time"
            }
            PrivateRefusal::TooLong => "that is longer than this module may wait: grant it more `wait_ms`",
            PrivateRefusal::TooManyServices => "there are as many services as there can be",
            PrivateRefusal::NotOpened => "the caller has opened nothing to this module",
            PrivateRefusal::TooManyConnections => "this module's connection slots are used up",
            PrivateRefusal::OutOfMemory => "there is no memory left for a private endpoint",
        })
    }
}

impl core::error::Error for PrivateRefusal {}

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
use crate::ids::ServiceRef;
use crate::label::WORDS;
use crate::registrar::Refusal;
use crate::version::{Version, VersionRange};

/// The label of every request of this interface. It is one of its own, so that modules that pass nothing do not carry it.
pub const LABEL: u16 = 0x10a;
/// The label of [`Declaration`]: of four words, since every module that offers an interface sends it.
pub const DECLARE: u16 = 0x10b | WORDS;
/// How many connections one module can have put up at a time: what it passes in one call.
pub const MAX_PASSED: u8 = 4;
/// How much more often a module can have taken one connection than it has given it back.
pub const MAX_TAKEN: u8 = u8::MAX;

/// What stands for a connection in a message. It is good once, and for the service only on which the giver was going to call;
/// it is no secret. A module's numbers count up.
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

/// Says of which interface a service is that the caller has reserved and not yet published: so that what looks it up, or is
/// passed a connection to it, finds what it takes it for. A service of which nobody says so is found by everybody who speaks
/// its version, and is passed to those only who do not ask. The answer is four words of 0, or `Refused` where it is not the
/// caller's, or published. There is none where its clients know it as another interface: the caller ends, as by an init that
/// fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// The reservation.
    pub service: ServiceRef,
    /// [`crate::interface::Interface::HASH`].
    pub interface: u64,
}

impl Declaration {
    /// As a message.
    pub const fn to_words(self) -> [u64; 4] {
        [self.service.index as u64, self.service.epoch as u64, self.interface, 0]
    }

    /// Reads one; `None` for what is none.
    pub const fn from_words([index, epoch, interface, rest]: [u64; 4]) -> Option<Declaration> {
        if index > u16::MAX as u64 || epoch > u32::MAX as u64 || rest != 0 {
            return None;
        }
        let service = ServiceRef { index: index as u16, epoch: epoch as u32 };
        Some(Declaration { service, interface })
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
        /// Of which interface the service has to be, where that matters: its hash, see [`Declaration`].
        interface: Option<u64>,
    },
    /// The caller needs what it has taken into this slot no more: taken so often, it has to be given back as often. Until then
    /// the slot leads to that service, or to nothing. Answer: [`Answer::GivenBack`], also where it was not taken.
    GiveBack {
        /// The slot that [`Answer::Taken`] said.
        slot: u8,
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
    /// It is the caller's no more, or it is the caller's own: one that it has looked up itself.
    GivenBack,
    /// It cannot be done; nothing has changed.
    Refused(PassRefusal),
}

/// Why a connection is not passed on. Its text is the sentence that a person reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PassRefusal {
    /// There is no connection to another module in the slot whose server was to take it.
    NoPeer,
    /// There is no connection to a service in a slot that was to be passed, or it is one of the server's own. What was opened to
    /// one peer is not passed on.
    NotConnected,
    /// They are more than [`MAX_PASSED`].
    TooMany,
    /// The client has put nothing up for the caller under this token: it has died, has its connection no more, has put up
    /// others since; it was taken already; or the caller may not look that service up, which is then none for it.
    NotPutUp,
    /// The service speaks that version of its interface, which the caller does not: the client is wrong, or hostile.
    OtherVersion(Version),
    /// The service is of another interface than the caller has to have, or has not said of which: the same.
    OtherInterface,
    /// The service cannot be reached now, or not by the caller.
    Service(Refusal),
    /// The caller has taken that connection [`MAX_TAKEN`] times more often than it has given it back.
    NotGivenBack,
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
            PassRefusal::OtherInterface => {
                "the service behind it is of another interface, or does not say of which"
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
            PassRefusal::NotGivenBack => {
                return write!(
                    f,
                    "this module has taken that connection {MAX_TAKEN} times more often than it has given it back"
                );
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declaration_comes_back_and_nothing_else_is_one() {
        for (index, epoch, interface) in [(0, 0, 0), (u16::MAX, u32::MAX, u64::MAX), (3, 7, 9)] {
            let declaration = Declaration { service: ServiceRef { index, epoch }, interface };
            assert_eq!(Declaration::from_words(declaration.to_words()), Some(declaration));
        }
        for words in [[1 << 16, 0, 0, 0], [0, 1 << 32, 0, 0], [0, 0, 0, 1]] {
            assert_eq!(Declaration::from_words(words), None, "{words:?}");
        }
    }
}

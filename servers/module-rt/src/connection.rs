//! Calls to other modules, and what can go wrong with them.

use core::fmt;

use ipc_proto::ids::Generation;
use ipc_proto::label::{self, Reply, Status};
use ipc_proto::method::Method;
use ipc_proto::wire;
use sel4::{MessageInfoBuilder, with_ipc_buffer, with_ipc_buffer_mut};
use serde::{Serialize, de::DeserializeOwned};

use crate::clock;

/// A capability to a service, in a slot of this module's CSpace. Lives as long as the service; after that every
/// call says [`CallError::Gone`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection {
    slot: u64,
}

/// Why a call gave no result. Each says whether the server may have executed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallError {
    /// The service is gone: its module was unloaded, or this client's capability was taken back. If the call was
    /// still waiting to be received it was not executed. Look the service up again.
    Gone,
    /// The server died while it had the call, or it was taken from the server: at its deadline, or with the client's
    /// capability. The call may have been executed.
    /// Repeat it if that does no harm: where the module is restarted, the same capability reaches the next instance,
    /// and a call waits for it.
    Interrupted {
        /// The generation that had the call; [`Generation::NONE`] where a server passes on what happened to it.
        generation: Generation,
        /// The one that takes its place: the same where it lives and was only too slow; [`Generation::NONE`] where none
        /// will.
        next: Generation,
    },
    /// Nobody received the call: the server was unloaded, or did not come to it before the deadline. It was not
    /// executed.
    NotDelivered,
    /// The service's module has died too often, and is not started again before somebody sees to it. The call was not
    /// executed. The same connection reaches it again when it is back: try again later, or do without.
    Failed,
    /// This client's capability was taken back while the call waited to be received; it was not executed. A new lookup
    /// makes a new capability, where that is allowed.
    Revoked,
    /// The server could not read the request; it was not executed. One side is built from another version.
    BadMessage,
    /// The server has no such method; nothing was executed.
    UnknownMethod,
    /// The server does not permit it to this caller.
    Refused,
    /// The answer makes no sense: the server is broken, or built from another version.
    BadAnswer,
    /// The request is longer than a message can be. Nothing was sent.
    TooLong,
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallError::Gone => f.write_str("the service is gone: the old capability reaches nothing"),
            CallError::Interrupted { generation: Generation::NONE, .. } => f.write_str(
                "a call that the server made in its turn was interrupted; it may have been executed",
            ),
            CallError::Interrupted { generation, next }
                if generation == next && *next != Generation::NONE =>
            {
                write!(
                    f,
                    "the call was taken from the server (generation {generation}) before it was answered; it may have \
                     been executed"
                )
            }
            CallError::Interrupted { generation, .. } => {
                write!(
                    f,
                    "the server (generation {generation}) died while it had the call, which may have been executed"
                )
            }
            CallError::NotDelivered => f.write_str("nobody received the call; it was not executed"),
            CallError::Failed => f.write_str(
                "the service has failed: `restart` brings its module back; the call was not executed",
            ),
            CallError::Revoked => f.write_str(
                "the capability was taken back before anybody received the call; it was not executed",
            ),
            CallError::BadMessage => {
                f.write_str("the server could not read the request; it was not executed")
            }
            CallError::UnknownMethod => f.write_str("the server has no such method"),
            CallError::Refused => f.write_str("the server does not permit this"),
            CallError::BadAnswer => f.write_str("the server's answer makes no sense"),
            CallError::TooLong => f.write_str("the request is too long for a message; nothing was sent"),
        }
    }
}

impl core::error::Error for CallError {}

/// What the label of a reply says, if not `Ok`; `words` are the first of its message.
#[cold]
fn error_of(label: u64, words: [u64; 2]) -> CallError {
    match label::parse_reply(label) {
        Reply::Answer(Status::Interrupted) => {
            let (generation, next) = label::parse_interrupted(words);
            CallError::Interrupted { generation, next }
        }
        Reply::Answer(Status::NotDelivered) => CallError::NotDelivered,
        Reply::Answer(Status::Revoked) => CallError::Revoked,
        Reply::Answer(Status::Failed) => CallError::Failed,
        Reply::Answer(Status::BadMessage) => CallError::BadMessage,
        Reply::Answer(Status::UnknownMethod) => CallError::UnknownMethod,
        Reply::Answer(Status::Refused) => CallError::Refused,
        Reply::Kernel(_) => CallError::Gone,
        Reply::Answer(Status::Ok) | Reply::Foreign(_) => CallError::BadAnswer,
    }
}

/// What the supervisor finds in this thread's registers while a call lasts: when it began, and its deadline.
#[inline(always)]
fn notes(method: Method) -> [u64; 2] {
    [clock::ticks(), method.deadline.to_word()]
}

impl Connection {
    /// The connection in a slot of this module's CSpace, as the name server's answer gives it.
    pub const fn in_slot(slot: u64) -> Connection {
        Connection { slot }
    }

    /// The slot of this module's CSpace.
    pub const fn slot(self) -> u64 {
        self.slot
    }

    fn endpoint(self) -> sel4::cap::Endpoint {
        sel4::cap::Endpoint::from_bits(self.slot)
    }

    /// Calls a message method: `request` goes out as postcard, the answer comes back as `A`.
    ///
    /// # Errors
    /// [`CallError`] says whether the request may have been executed, and what to do.
    pub fn call<R: Serialize + ?Sized, A: DeserializeOwned>(
        self,
        method: impl Into<Method>,
        request: &R,
    ) -> Result<A, CallError> {
        let method = method.into();
        let length = with_ipc_buffer_mut(|buffer| {
            let words = buffer.msg_regs_mut();
            wire::encode(request, words.get_mut(..wire::MAX_WORDS).unwrap_or_default())
        })
        .map_err(|_| CallError::TooLong)?;
        let info = MessageInfoBuilder::default().label(u64::from(method.label)).length(length).build();
        let reply = self.endpoint().call_noted(info, notes(method));
        with_ipc_buffer(|buffer| {
            let words = buffer.msg_regs().get(..reply.length()).unwrap_or_default();
            if reply.label() != label::reply(Status::Ok) {
                return Err(error_of(reply.label(), words.first_chunk().copied().unwrap_or_default()));
            }
            wire::decode(words).map_err(|_| CallError::BadAnswer)
        })
    }

    /// Calls a four-word method. Request and answer stay in registers, on the kernel's fastpath.
    ///
    /// # Errors
    /// As [`Connection::call`].
    #[inline(always)]
    pub fn call_words(self, method: impl Into<Method>, words: [u64; 4]) -> Result<[u64; 4], CallError> {
        let method = method.into();
        let info = MessageInfoBuilder::default().label(u64::from(method.label)).length(4).build();
        let reply = self.endpoint().call_noted_with_mrs(info, words, notes(method));
        if reply.info.label() == label::reply(Status::Ok) && reply.info.length() == 4 {
            Ok(reply.msg)
        } else {
            let words = if reply.info.length() == 2 { [reply.msg[0], reply.msg[1]] } else { [0; 2] };
            Err(error_of(reply.info.label(), words))
        }
    }
}

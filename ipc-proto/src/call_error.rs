//! Why a call gave no result.

use core::fmt;

use crate::ids::Generation;
use crate::label::{self, Code, Reply, Status};

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
    /// The server keeps as many calls waiting for their answers as it can; this one was not executed. Try again later.
    Busy,
    /// The server has executed the method, which ends with an error of its own: what its interface's stub turns into that.
    Error(Code),
    /// The answer makes no sense: the server is broken, or built from another version; or its answer was too long for a
    /// message ([`MAX_BYTES`](crate::wire::MAX_BYTES)).
    BadAnswer,
    /// The request is longer than a message can be ([`MAX_BYTES`](crate::wire::MAX_BYTES)). Nothing was sent. An interface
    /// whose requests or answers can be too long does not compile: see [`room`](crate::interface::room).
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
            CallError::Busy => f.write_str("the server is busy; the call was not executed"),
            CallError::Error(code) => write!(f, "error {} of the method's own", code.get()),
            CallError::BadAnswer => {
                f.write_str("the server's answer makes no sense, or was too long for a message")
            }
            CallError::TooLong => f.write_str("the request is too long for a message; nothing was sent"),
        }
    }
}

impl core::error::Error for CallError {}

impl CallError {
    /// What the label of a reply says, if not `Ok`; `words` are the first of its message.
    #[cold]
    pub fn of(label: u64, words: [u64; 2]) -> CallError {
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
            Reply::Answer(Status::Busy) => CallError::Busy,
            Reply::Answer(Status::Error(code)) => CallError::Error(code),
            Reply::Kernel(_) => CallError::Gone,
            Reply::Answer(Status::Ok) | Reply::Foreign(_) => CallError::BadAnswer,
        }
    }

    /// The same, of any label.
    ///
    /// # Errors
    /// [`CallError`] where it does not say `Ok`.
    pub fn check(label: u64, words: [u64; 2]) -> Result<(), CallError> {
        if label == label::reply(Status::Ok) { Ok(()) } else { Err(CallError::of(label, words)) }
    }
}

//! Calls to other modules.

use ipc_proto::call_error::CallError;
use ipc_proto::interface::Call;
use ipc_proto::label::{self, Status};
use ipc_proto::method::Method;
use ipc_proto::wire;
use serde::{Serialize, de::DeserializeOwned};

use crate::clock;
use crate::sys;

/// A capability to a service, in a slot of this module's CSpace. Lives as long as the service; after that a call says
/// [`CallError::Gone`], as long as nothing else is in the slot.
///
/// A later lookup gets a slot in which this instance has never had anything, or where there is none left, the one that has been
/// empty for the longest time. From then on an old `Connection` with that slot reaches what is there now: who goes on to look
/// names up keeps none that is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection {
    slot: u64,
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
        let length = sys::message_mut(|words| {
            wire::encode(request, words.get_mut(..wire::MAX_WORDS).unwrap_or_default())
        })
        .map_err(|_| CallError::TooLong)?;
        let info = sys::info(u64::from(method.label), length);
        let reply = sys::call(self.slot, info, notes(method));
        sys::message(|words| {
            let words = words.get(..reply.length()).unwrap_or_default();
            if reply.label() != label::reply(Status::Ok) {
                return Err(CallError::of(reply.label(), words.first_chunk().copied().unwrap_or_default()));
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
        let info = sys::info(u64::from(method.label), 4);
        let reply = sys::call_words(self.slot, info, words, notes(method));
        if reply.info.label() == label::reply(Status::Ok) && reply.info.length() == 4 {
            Ok(reply.msg)
        } else {
            let words = if reply.info.length() == 2 { [reply.msg[0], reply.msg[1]] } else { [0; 2] };
            Err(CallError::of(reply.info.label(), words))
        }
    }
}

impl Call for Connection {
    fn call_message<R: Serialize + ?Sized, A: DeserializeOwned>(
        &self,
        method: Method,
        request: &R,
    ) -> Result<A, CallError> {
        (*self).call(method, request)
    }

    #[inline(always)]
    fn call_words(&self, method: Method, words: [u64; 4]) -> Result<[u64; 4], CallError> {
        Connection::call_words(*self, method, words)
    }
}

//! A call that is answered later: what a method with `#[method(deferred)]` is given instead of having to return.

use core::fmt;
use core::marker::PhantomData;

use serde::Serialize;

use super::WireError;
use crate::ids::Generation;
use crate::label::{self, Status};

/// Sends an answer on its way: whose it is, its label, and what writes its words and says how many they are. Gives whether
/// the caller still waited for it.
pub type Give = fn(place: u16, label: u64, write: &mut dyn FnMut(&mut [u64]) -> usize) -> bool;

/// A caller who was put aside. Dropped, it is told that its call was taken from the server.
pub struct Later {
    place: u16,
    server: Generation,
    give: Option<Give>,
}

impl Later {
    /// The caller in this place, of this instance of the server; and what answers it.
    pub const fn new(place: u16, server: Generation, give: Give) -> Later {
        Later { place, server, give: Some(give) }
    }

    fn answer(&mut self, status: Status, write: &mut dyn FnMut(&mut [u64]) -> usize) -> bool {
        self.give.take().is_some_and(|give| give(self.place, label::reply(status), write))
    }
}

impl Drop for Later {
    fn drop(&mut self) {
        let words = label::interrupted(self.server, self.server);
        self.answer(Status::Interrupted, &mut |message| {
            message.iter_mut().zip(words).for_each(|(to, word)| *to = word);
            words.len()
        });
    }
}

impl fmt::Debug for Later {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Later({})", self.place)
    }
}

/// The answer that a server owes: to be given from wherever it is known, an alarm, an interrupt or another call. Until then
/// the client waits, not longer than the method's deadline.
///
/// Dropped without an answer, the client reads that its call was taken from the server and may have been executed
/// ([`CallError::Interrupted`](crate::call_error::CallError::Interrupted), or the interface's own error that says so). Where the server dies, the supervisor tells it the same.
/// Where the client has died, or its call was taken back meanwhile, the answer reaches nobody.
#[derive(Debug)]
#[must_use = "dropped, it tells the client that its call was taken from the server"]
pub struct Reply<T, E> {
    later: Later,
    of: PhantomData<fn(T, E)>,
}

impl<T, E> Reply<T, E> {
    /// The answer owed to a caller who was put aside. Called by what the macro writes.
    #[doc(hidden)]
    pub const fn new(later: Later) -> Reply<T, E> {
        Reply { later, of: PhantomData }
    }
}

impl<T: Serialize, E: WireError> Reply<T, E> {
    /// Gives the answer. `false` where nobody waits for it any more: the client has died, or its call was taken back.
    ///
    /// An answer that is too long for a message becomes one without words, of which the client reads that it makes no sense.
    pub fn answer(mut self, result: Result<&T, E>) -> bool {
        match result {
            Ok(answer) => self
                .later
                .answer(Status::Ok, &mut |message| crate::wire::encode(answer, message).unwrap_or(0)),
            Err(error) => self.later.answer(Status::Error(error.code()), &mut |_| 0),
        }
    }
}

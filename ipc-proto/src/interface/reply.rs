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
/// Says whether the caller in this place still waits.
pub type Waits = fn(place: u16) -> bool;

/// A caller who was put aside. Dropped, it is told that its call was taken from the server.
pub struct Later {
    place: u16,
    server: Generation,
    give: Option<Give>,
    waits: Waits,
}

impl Later {
    /// The caller in this place, of this instance of the server; what answers it, and says whether it still waits.
    pub const fn new(place: u16, server: Generation, give: Give, waits: Waits) -> Later {
        Later { place, server, give: Some(give), waits }
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
/// Where the client has died, or its call was taken back meanwhile, the answer reaches nobody. [`Reply::is_awaited`] says so;
/// its place among those who wait, in the server and in its locker, is free when the reply is dropped.
///
/// # Before the deadline
///
/// At the method's deadline the supervisor takes the call back: its client is told that it may have been executed, and the
/// console that the server has not answered it. A server that has a client wait for what may not come (a long poll) therefore
/// answers by itself that there is nothing yet: by an alarm of its own, sooner than the deadline that the method has.
///
/// ```
/// use core::time::Duration;
///
/// use ipc_proto::interface::dispatch::Events;
/// use ipc_proto::interface::{Event, Reply, interface, wire_error};
/// use module_rt::alarm;
///
/// /// What can go wrong.
/// #[wire_error]
/// pub enum InboxError {
///     /// Nothing has come: ask again.
///     Nothing = 1,
///     /// Somebody waits already.
///     WaitsAlready = 2,
/// }
///
/// /// So long a client waits at most.
/// const PATIENCE: Duration = Duration::from_secs(5);
///
/// /// Gives letters to who waits for one.
/// #[interface(name = "inbox", version = 1, error = InboxError)]
/// pub trait Inbox {
///     /// Waits for a letter. The deadline is longer than the server's patience.
///     ///
///     /// # Request
///     /// Nothing.
///     /// # Preconditions
///     /// None.
///     /// # Response
///     /// The letter.
///     /// # Errors
///     /// `Nothing` where none has come, `WaitsAlready`.
///     #[method(idempotent, deferred, deadline_us = 6_000_000)]
///     fn receive(&mut self, reply: Reply<u64, InboxError>);
///
///     /// Leaves a letter.
///     ///
///     /// # Request
///     /// The letter.
///     /// # Preconditions
///     /// None.
///     /// # Response
///     /// Whether somebody has it.
///     /// # Errors
///     /// None.
///     #[method(idempotent)]
///     fn leave(&mut self, letter: u64) -> Result<bool, InboxError>;
/// }
///
/// #[derive(Default)]
/// struct State {
///     waits: Option<Reply<u64, InboxError>>,
/// }
///
/// impl Inbox for State {
///     fn receive(&mut self, reply: Reply<u64, InboxError>) {
///         if self.waits.as_ref().is_some_and(Reply::is_awaited) {
///             reply.answer(Err(InboxError::WaitsAlready));
///         } else if alarm::after(PATIENCE).is_err() {
///             reply.answer(Err(InboxError::Nothing));
///         } else {
///             // Whoever waited before has gone: dropped, that reply gives its place back.
///             self.waits = Some(reply);
///         }
///     }
///
///     fn leave(&mut self, letter: u64) -> Result<bool, InboxError> {
///         Ok(self.waits.take().is_some_and(|reply| reply.answer(Ok(&letter))))
///     }
/// }
///
/// impl Events for State {
///     fn event(&mut self, event: Event) {
///         if event == Event::Alarm
///             && let Some(reply) = self.waits.take()
///         {
///             reply.answer(Err(InboxError::Nothing));
///         }
///     }
/// }
/// #
/// # use module_rt::simulation::{Programs, System, module};
/// # use module_rt::{Connection, Init, Manifest};
/// # let mut system = System::new(1);
/// # system.load(module(Manifest { locker_bits: 2, ..Manifest::new("inbox") }, |init: &mut Init| {
/// #     init.offer::<InboxInterface>()?;
/// #     Ok(InboxServer(State::default()))
/// # }));
/// # let waits = system.start_program("waits", |init: &mut Init| {
/// #     let inbox: InboxClient<Connection> = init.client()?;
/// #     Ok([inbox.receive(), inbox.receive()])
/// # });
/// # let leaves = system.start_program("leaves", |init: &mut Init| {
/// #     alarm::sleep(PATIENCE + PATIENCE / 2)?;
/// #     let inbox: InboxClient<Connection> = init.client()?;
/// #     Ok([inbox.leave(7), inbox.leave(8)])
/// # });
/// # system.run();
/// # let nothing = ipc_proto::interface::Failure::Service(InboxError::Nothing);
/// # assert_eq!(waits.result(&system).unwrap(), [Err(nothing), Ok(7)]);
/// # assert_eq!(leaves.result(&system).unwrap(), [Ok(true), Ok(false)]);
/// ```
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

impl<T, E> Reply<T, E> {
    /// Whether the caller still waits for the answer. Not where it has died, its capability was taken back, or the call has
    /// lasted longer than the method may. It can be cut off in the next moment, too: what [`Reply::answer`] gives is the last word.
    ///
    /// This asks the supervisor, with a message that counts (`messages` in the system's manifest).
    pub fn is_awaited(&self) -> bool {
        self.later.give.is_some() && (self.later.waits)(self.later.place)
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

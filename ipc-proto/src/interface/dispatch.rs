//! The server's half: who calls, and the way from a message to a method.

use serde::{Serialize, de::DeserializeOwned};

use super::{Interface, Later, WireError};
use crate::badge::{self, Badge, Holder};
use crate::ids::Instance;
use crate::label::Status;

/// Who calls: decoded from the badge, which only the supervisor mints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client(u64);

impl Client {
    /// The caller with this badge.
    pub const fn of(badge: u64) -> Client {
        Client(badge)
    }

    /// The calling instance.
    pub fn holder(self) -> Option<Holder> {
        Badge::from_word(self.0).map(|badge| badge.holder)
    }

    /// Which of this module's services is called: the index of the reservation's `ServiceRef`.
    pub fn service(self) -> Option<u16> {
        Badge::from_word(self.0).map(|badge| badge.service)
    }

    /// The badge itself, for passing on to the supervisor.
    pub fn badge(self) -> u64 {
        self.0
    }
}

/// What a client sees of a method that ends with this error.
#[inline(always)]
pub fn status<I: Interface>(error: I::Errors) -> Status {
    Status::Error(error.code())
}

/// A request that goes as a message, and the place for its answer.
pub trait Message {
    /// An answer that was written.
    type Answer;

    /// Reads the request.
    ///
    /// # Errors
    /// [`Status::BadMessage`]; return it, and the client sees it.
    fn decode<T: DeserializeOwned>(&self) -> Result<T, Status>;

    /// Writes the answer. Calls that were made since the request was read have used the same place. What is too long for
    /// a message becomes one without words, of which the client reads that the answer makes no sense.
    ///
    /// # Errors
    /// What the client sees instead.
    fn answer<T: Serialize>(self, value: &T) -> Result<Self::Answer, Status>;

    /// Puts the caller aside, to be answered later. Gives it, and what says that there is no answer now.
    ///
    /// # Errors
    /// [`Status::Busy`] where as many are put aside as there is room for; return it, and the client sees it.
    fn defer(self) -> Result<(Later, Self::Answer), Status>;
}

/// What a server does with the calls that it receives, as [`interface`](super::interface) writes it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not take calls: what implements the trait `Counter` is served by `CounterServer(..)`"
)]
pub trait Dispatch {
    /// Whether any of its methods is answered later.
    const DEFERS: bool = false;
    /// What is done where a client has died: see [`Events::DEPARTED`].
    const DEPARTED: Option<fn(&mut Self, Instance)> = None;

    /// A method that goes as words.
    ///
    /// # Errors
    /// The status that the client sees instead of an answer.
    fn words(&mut self, client: Client, method: u16, words: [u64; 4]) -> Result<[u64; 4], Status>;

    /// A method that goes as a message.
    ///
    /// # Errors
    /// The status that the client sees instead of an answer.
    fn message<M: Message>(&mut self, client: Client, method: u16, message: M) -> Result<M::Answer, Status>;

    /// A server has died: see [`Events::lost`].
    fn lost(&mut self);

    /// Something has happened: see [`Events::event`].
    fn event(&mut self, event: Event);
}

/// What has happened that is no call, and is nobody's death.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The device that this module is granted has interrupted. The next interrupt comes when this one was acknowledged.
    Interrupt,
    /// The alarm that this module has set has gone off.
    Alarm,
    /// The line of the log has come that this operator follows.
    Logged,
    /// Bits of the module's notification that are none of these. Nobody signals them today.
    Signalled(u64),
}

impl Event {
    /// Those that a notification's badge says but for alarms, of which it only says that one may have gone off.
    pub fn each(badge: u64) -> impl Iterator<Item = Event> {
        let is = |bit: u64, event| (badge & bit == bit).then_some(event);
        let known = badge::INTERRUPT | badge::ALARM | badge::LOGGED;
        let others = badge & !known & !badge::SIGNAL;
        let others = (others != 0).then_some(Event::Signalled(others));
        [is(badge::INTERRUPT, Event::Interrupt), is(badge::LOGGED, Event::Logged), others]
            .into_iter()
            .flatten()
    }
}

/// What reaches a server beside calls. A server that wants none of it says `impl Events for MyServer {}`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say what it does with what is no call: `impl Events for {Self} {{}}` for nothing"
)]
pub trait Events {
    /// What is done where a client has died, and with it every earlier instance of its domain: drop what is kept for it. It
    /// is called before any later instance's call is received. `None`, the default: nothing, and the supervisor tells this
    /// module of no death. (Whether a module is to be told its manifest says; the runtime reads that from here.)
    ///
    /// ```
    /// use ipc_proto::ids::{DomainId, Instance};
    /// use ipc_proto::interface::dispatch::Events;
    ///
    /// struct Remembers(Vec<DomainId>);
    ///
    /// impl Events for Remembers {
    ///     const DEPARTED: Option<fn(&mut Self, Instance)> = Some(Remembers::forget);
    /// }
    ///
    /// impl Remembers {
    ///     fn forget(&mut self, client: Instance) {
    ///         self.0.retain(|known| *known != client.domain);
    ///     }
    /// }
    /// ```
    const DEPARTED: Option<fn(&mut Self, Instance)> = None;

    /// A server has died that this module is connected to, has failed, or was unloaded.
    fn lost(&mut self) {}

    /// Something has happened that is no call. The next call is received when this returns.
    fn event(&mut self, event: Event) {
        let _ = event;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::badge::{ALARM, INTERRUPT, LOGGED, SIGNAL};

    #[test]
    fn each_bit_is_one_event_and_what_is_unknown_is_told_as_it_is() {
        let each = |badge| Event::each(badge).collect::<Vec<_>>();
        assert_eq!(each(SIGNAL), []);
        assert_eq!(each(INTERRUPT), [Event::Interrupt]);
        assert_eq!(each(LOGGED), [Event::Logged]);
        assert_eq!(each(ALARM), [], "the supervisor is asked");
        assert_eq!(each(SIGNAL | 1 << 20), [Event::Signalled(1 << 20)]);
        let all = [Event::Interrupt, Event::Logged, Event::Signalled(1 << 20 | 1 << 7)];
        assert_eq!(each(INTERRUPT | LOGGED | ALARM | 1 << 20 | 1 << 7), all);
    }
}

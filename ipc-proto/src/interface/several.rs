//! Several interfaces in one module, with one state: which service is called says by whose dispatch the state is served.

use core::fmt;
use core::marker::PhantomData;

use super::dispatch::Events;
use super::{Client, Dispatch, Event, Interface, Message};
use crate::ids::{Instance, ServiceRef};
use crate::label::Status;

/// The dispatch of an interface, as [`interface`](super::interface) writes it, to a server that is somebody else's: `W` is where
/// its windows are, and anything where it has no bulk data.
#[diagnostic::on_unimplemented(
    message = "`{S}` does not serve `{Self}`: it has to implement that interface's trait, and to say where its windows are \
               where it has bulk data (`Several::sharing`)"
)]
pub trait Serves<S, W>: Interface {
    /// Whether a method of it is answered later: see [`Dispatch::DEFERS`].
    const DEFERS: bool;

    /// A method that goes as words.
    ///
    /// # Errors
    /// The status that the client sees instead of an answer.
    fn words(
        server: &mut S,
        windows: &W,
        client: Client,
        method: u16,
        words: [u64; 4],
    ) -> Result<[u64; 4], Status>;

    /// A method that goes as a message.
    ///
    /// # Errors
    /// The status that the client sees instead of an answer.
    fn message<M: Message>(
        server: &mut S,
        windows: &W,
        client: Client,
        method: u16,
        message: M,
    ) -> Result<M::Answer, Status>;
}

/// A service that a module offers, and of which interface it is.
pub struct Offered<I> {
    /// The service.
    pub service: ServiceRef,
    interface: PhantomData<I>,
}

impl<I: Interface> Offered<I> {
    /// That service is of this interface.
    pub const fn of(service: ServiceRef) -> Offered<I> {
        Offered { service, interface: PhantomData }
    }
}

impl<I> Clone for Offered<I> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<I> Copy for Offered<I> {}

impl<I: Interface> fmt::Debug for Offered<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} as {:?}", I::NAME, self.service)
    }
}

/// A server of several interfaces: `Several::of(state).with(init.offer::<A>()?).with(init.offer::<B>()?)`.
///
/// A call is served by the interface of the service that it came to, and by no other one, whatever its number is.
#[derive(Clone, Copy, Debug)]
pub struct Several<S, L = (), W = ()> {
    /// The server.
    pub server: S,
    services: L,
    windows: W,
}

/// A service, and those that were offered before.
#[derive(Clone, Copy, Debug)]
pub struct And<I: Interface, L> {
    last: Offered<I>,
    before: L,
}

impl<I: Interface, L> And<I, L> {
    /// Whether it is the last service that this call came to.
    fn is_called(&self, client: Client) -> bool {
        client.service() == Some(self.last.service.index)
    }
}

impl<S> Several<S> {
    /// A server that has no service yet.
    pub const fn of(server: S) -> Several<S> {
        Several { server, services: (), windows: () }
    }
}

impl<S, L, W> Several<S, L, W> {
    /// The same with another service.
    pub fn with<I: Interface>(self, service: Offered<I>) -> Several<S, And<I, L>, W> {
        let Several { server, services, windows } = self;
        Several { server, services: And { last: service, before: services }, windows }
    }

    /// The same with windows, for interfaces with bulk data.
    pub fn sharing<V>(self, windows: V) -> Several<S, L, V> {
        let Several { server, services, .. } = self;
        Several { server, services, windows }
    }
}

/// Services of which each has its dispatch: what [`Several`] goes through.
pub trait Services<S, W> {
    /// Whether a method of one of them is answered later.
    const DEFERS: bool;

    /// As [`Serves::words`] of the interface of the service that is called.
    ///
    /// # Errors
    /// As there; [`Status::UnknownMethod`] where it is none of them.
    fn words(
        &self,
        server: &mut S,
        windows: &W,
        client: Client,
        method: u16,
        words: [u64; 4],
    ) -> Result<[u64; 4], Status>;

    /// As [`Serves::message`] of the interface of the service that is called.
    ///
    /// # Errors
    /// As there; [`Status::UnknownMethod`] where it is none of them.
    fn message<M: Message>(
        &self,
        server: &mut S,
        windows: &W,
        client: Client,
        method: u16,
        message: M,
    ) -> Result<M::Answer, Status>;
}

impl<S, W> Services<S, W> for () {
    const DEFERS: bool = false;

    #[inline(always)]
    fn words(&self, _: &mut S, _: &W, _: Client, _: u16, _: [u64; 4]) -> Result<[u64; 4], Status> {
        Err(Status::UnknownMethod)
    }

    fn message<M: Message>(&self, _: &mut S, _: &W, _: Client, _: u16, _: M) -> Result<M::Answer, Status> {
        Err(Status::UnknownMethod)
    }
}

impl<S, W, I: Serves<S, W>, L: Services<S, W>> Services<S, W> for And<I, L> {
    const DEFERS: bool = I::DEFERS || L::DEFERS;

    #[inline(always)]
    fn words(
        &self,
        server: &mut S,
        windows: &W,
        client: Client,
        method: u16,
        words: [u64; 4],
    ) -> Result<[u64; 4], Status> {
        if self.is_called(client) {
            I::words(server, windows, client, method, words)
        } else {
            self.before.words(server, windows, client, method, words)
        }
    }

    fn message<M: Message>(
        &self,
        server: &mut S,
        windows: &W,
        client: Client,
        method: u16,
        message: M,
    ) -> Result<M::Answer, Status> {
        if self.is_called(client) {
            I::message(server, windows, client, method, message)
        } else {
            self.before.message(server, windows, client, method, message)
        }
    }
}

/// Tells the server of it.
fn departed<S: Events, L, W>(several: &mut Several<S, L, W>, client: Instance) {
    if let Some(departed) = S::DEPARTED {
        departed(&mut several.server, client);
    }
}

impl<S: Events, L: Services<S, W>, W> Dispatch for Several<S, L, W> {
    const DEFERS: bool = L::DEFERS;
    const DEPARTED: Option<fn(&mut Self, Instance)> = match S::DEPARTED {
        Some(_) => Some(departed),
        None => None,
    };

    #[inline(always)]
    fn words(&mut self, client: Client, method: u16, words: [u64; 4]) -> Result<[u64; 4], Status> {
        self.services.words(&mut self.server, &self.windows, client, method, words)
    }

    fn message<M: Message>(&mut self, client: Client, method: u16, message: M) -> Result<M::Answer, Status> {
        self.services.message(&mut self.server, &self.windows, client, method, message)
    }

    fn lost(&mut self) {
        self.server.lost();
    }

    fn event(&mut self, event: Event) {
        self.server.event(event);
    }
}

//! What a server keeps for each of its clients, and drops when the client has died.
//!
//! The module's manifest has `flags: DEPARTURES`, and its [`crate::Server::departed`] passes the news on to
//! [`Clients::departed`].

use heapless::Vec;
use ipc_proto::badge::Holder;
use ipc_proto::ids::{DomainId, Instance};

use crate::Client;

/// State for at most `N` clients. A client is an instance: its successor begins anew.
///
/// ```
/// use module_rt::ipc_proto::badge::{Badge, GenerationTag, Holder, Kind};
/// use module_rt::ipc_proto::ids::{DomainId, Generation, Instance};
/// use module_rt::{Client, Clients};
///
/// // As the runtime gives them to a method, and to `departed`.
/// let someone = Instance { domain: DomainId(3), generation: Generation(1) };
/// let holder = Holder { domain: someone.domain, tag: GenerationTag::of(someone.generation) };
/// let client = Client::of(Badge { kind: Kind::Client, service: 0, holder }.to_word());
///
/// let mut counts: Clients<u32, 2> = Clients::new();
/// *counts.of(client).expect("there is room for two") += 1;
/// assert_eq!(counts.of(client), Ok(&mut 1));
/// counts.departed(someone);
/// assert_eq!(counts.of(client), Ok(&mut 0));
/// ```
#[derive(Debug, Default)]
pub struct Clients<T, const N: usize> {
    kept: Vec<(Holder, T), N>,
}

/// As many clients have state as there is room for. A client is told [`ipc_proto::label::Status::Refused`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyClients;

impl<T: Default, const N: usize> Clients<T, N> {
    /// Nothing is kept.
    pub const fn new() -> Self {
        Clients { kept: Vec::new() }
    }

    /// What is kept for this client; where it is new, the default.
    ///
    /// # Errors
    /// [`TooManyClients`]: it is new, and `N` others have state. A badge that names nobody is refused the same way.
    pub fn of(&mut self, client: Client) -> Result<&mut T, TooManyClients> {
        let holder = client.holder().ok_or(TooManyClients)?;
        let index = match self.kept.iter().position(|(kept, _)| *kept == holder) {
            Some(index) => index,
            None => {
                self.kept.push((holder, T::default())).map_err(|_| TooManyClients)?;
                self.kept.len().saturating_sub(1)
            }
        };
        self.kept.get_mut(index).map(|(_, state)| state).ok_or(TooManyClients)
    }

    /// Drops what is kept for the instances of this domain that have died.
    pub fn departed(&mut self, client: Instance) {
        let DomainId(gone) = client.domain;
        self.kept.retain(|(kept, _)| kept.domain.0 != gone);
    }

    /// For how many clients something is kept.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }
}

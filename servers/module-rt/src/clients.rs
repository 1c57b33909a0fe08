//! What a server keeps for each of its clients, and drops when the client has died.
//!
//! The server is told of deaths, [`crate::Events::DEPARTED`], and passes the news on to [`Clients::departed`].

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
/// // As the runtime gives them to a method, and to `DEPARTED`.
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
///
/// A server that passes on to all clients what one of them has said, except to that one:
///
/// ```
/// # use module_rt::ipc_proto::badge::{Badge, GenerationTag, Holder, Kind};
/// # use module_rt::ipc_proto::ids::{DomainId, Generation};
/// use module_rt::{Client, Clients};
///
/// #[derive(Default)]
/// struct Board {
///     unread: Clients<u32, 8>,
/// }
///
/// impl Board {
///     fn posts(&mut self, client: Client) {
///         for (reader, unread) in self.unread.iter_mut() {
///             if Some(reader) != client.holder() {
///                 *unread += 1;
///             }
///         }
///     }
///
///     /// Whoever has not joined is told 0, and takes no place by asking.
///     fn unread(&self, client: Client) -> u32 {
///         self.unread.get(client).copied().unwrap_or(0)
///     }
///
///     fn leaves(&mut self, client: Client) -> bool {
///         self.unread.remove(client).is_some()
///     }
/// }
/// # let [one, two, stranger] = [1, 2, 3].map(|domain| {
/// #     let holder = Holder { domain: DomainId(domain), tag: GenerationTag::of(Generation(1)) };
/// #     Client::of(Badge { kind: Kind::Client, service: 0, holder }.to_word())
/// # });
/// # let mut board = Board::default();
/// # assert!(board.unread.of(one).is_ok() && board.unread.of(two).is_ok());
/// # board.posts(one);
/// # board.posts(stranger);
/// # assert_eq!([one, two, stranger].map(|client| board.unread(client)), [1, 2, 0]);
/// # assert_eq!((board.leaves(one), board.leaves(one), board.leaves(stranger)), (true, false, false));
/// # assert_eq!(board.unread.iter().map(|(_, unread)| *unread).collect::<Vec<_>>(), [2]);
/// ```
#[derive(Debug)]
pub struct Clients<T, const N: usize> {
    kept: Vec<(Holder, T), N>,
}

/// As many clients have state as there is room for. A client is told [`ipc_proto::label::Status::Refused`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyClients;

impl<T, const N: usize> Default for Clients<T, N> {
    fn default() -> Self {
        Clients::new()
    }
}

impl<T, const N: usize> Clients<T, N> {
    /// Nothing is kept.
    pub const fn new() -> Self {
        Clients { kept: Vec::new() }
    }

    fn place_of(&self, client: Client) -> Option<usize> {
        let holder = client.holder()?;
        self.kept.iter().position(|(kept, _)| *kept == holder)
    }

    /// What is kept for this client; where it is new, the default.
    ///
    /// # Errors
    /// [`TooManyClients`]: it is new, and `N` others have state. A badge that names nobody is refused the same way.
    pub fn of(&mut self, client: Client) -> Result<&mut T, TooManyClients>
    where
        T: Default,
    {
        let index = match self.place_of(client) {
            Some(index) => index,
            None => {
                let holder = client.holder().ok_or(TooManyClients)?;
                self.kept.push((holder, T::default())).map_err(|_| TooManyClients)?;
                self.kept.len().saturating_sub(1)
            }
        };
        self.kept.get_mut(index).map(|(_, state)| state).ok_or(TooManyClients)
    }

    /// What is kept for this client; `None` where nothing is, and nothing is made for it.
    pub fn get(&self, client: Client) -> Option<&T> {
        self.kept.get(self.place_of(client)?).map(|(_, state)| state)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, client: Client) -> Option<&mut T> {
        let index = self.place_of(client)?;
        self.kept.get_mut(index).map(|(_, state)| state)
    }

    /// Keeps nothing for this client any more, and gives what was kept. Its place is free.
    pub fn remove(&mut self, client: Client) -> Option<T> {
        let index = self.place_of(client)?;
        Some(self.kept.remove(index).1)
    }

    /// Whose state is kept, and what it is: at most `N`, those first that came first. A [`Holder`] is compared with
    /// [`Client::holder`].
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (Holder, &T)> {
        self.kept.iter().map(|(holder, state)| (*holder, state))
    }

    /// The same, to be changed.
    pub fn iter_mut(&mut self) -> impl ExactSizeIterator<Item = (Holder, &mut T)> {
        self.kept.iter_mut().map(|(holder, state)| (*holder, state))
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

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use ipc_proto::badge::{Badge, GenerationTag, Kind};
    use ipc_proto::ids::Generation;

    use super::*;

    const NOBODY: Client = Client::of(0);

    fn holder(domain: u16, generation: u32) -> Holder {
        Holder { domain: DomainId(domain), tag: GenerationTag::of(Generation(generation)) }
    }

    fn client(domain: u16, generation: u32) -> Client {
        let holder = holder(domain, generation);
        Client::of(Badge { kind: Kind::Client, service: 0, holder }.to_word())
    }

    fn all(clients: &Clients<u32, 2>) -> Vec<(Holder, u32)> {
        clients.iter().map(|(holder, state)| (holder, *state)).collect()
    }

    #[test]
    fn looking_makes_nothing_and_the_bound_holds_below_at_and_above() {
        let mut clients: Clients<u32, 2> = Clients::new();
        assert_eq!(clients.get(client(1, 1)), None);
        assert_eq!(clients.get_mut(client(1, 1)), None);
        assert_eq!((clients.remove(client(1, 1)), clients.len()), (None, 0));
        for (domain, room) in [(1, Ok(&mut 0)), (2, Ok(&mut 0)), (3, Err(TooManyClients))] {
            assert_eq!(clients.of(client(domain, 1)), room, "{domain}");
        }
        // Another instance is another client, and a badge of nobody's is none.
        assert_eq!((clients.get(client(1, 2)), clients.get(client(3, 1))), (None, None));
        assert_eq!(clients.get(NOBODY), None);
        assert_eq!(clients.of(NOBODY), Err(TooManyClients));
        assert_eq!((clients.get(client(2, 1)), clients.len()), (Some(&0), 2));
    }

    #[test]
    fn what_is_removed_was_that_clients_and_makes_room() {
        let mut clients: Clients<u32, 2> = Clients::new();
        for (domain, state) in [(1, 10), (2, 20)] {
            if let Ok(kept) = clients.of(client(domain, 1)) {
                *kept = state;
            }
        }
        assert_eq!((clients.remove(client(2, 1)), clients.remove(client(2, 1))), (Some(20), None));
        assert_eq!(all(&clients), [(holder(1, 1), 10)]);
        assert_eq!(clients.of(client(3, 1)), Ok(&mut 0));
        for (place, (_, state)) in (1..).zip(clients.iter_mut()) {
            *state += place;
        }
        if let Some(state) = clients.get_mut(client(3, 1)) {
            *state += 5;
        }
        assert_eq!(all(&clients), [(holder(1, 1), 11), (holder(3, 1), 7)]);
        assert_eq!(clients.iter().len(), 2);
        assert_eq!(clients.iter_mut().len(), 2);
        clients.departed(Instance { domain: DomainId(1), generation: Generation(1) });
        assert_eq!(all(&clients), [(holder(3, 1), 7)]);
    }
}

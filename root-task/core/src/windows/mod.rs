//! Which client shares memory with which server, where it lies in each of them, and who of the two is left.
//!
//! A window that is lost keeps its place in the address space of whoever is left: memory of its own lies there, for as long as
//! the module lives. When the same client asks for one with the same server again, the new window is where the old one was: for
//! the client at once, and for the server when it asks whose memory a call is about. Until then the server may be in the
//! middle of a copy for a call that was taken back, or for a client that is gone, and that copy is none of the new window's.
//! What a client that is gone has left to a server is the next client's, whoever that is.

mod asked;
#[cfg(test)]
mod tests;

use ipc_proto::ids::DomainId;
use ipc_proto::window::{MAX_PAGES, PAGE_BYTES, REGIONS, WindowRefusal};

/// How many windows the system can have.
pub const MAX_WINDOWS: usize = 32;

/// What lies in a region of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum View {
    /// Nothing: the module is gone, or nothing was mapped yet.
    Nothing,
    /// The shared memory.
    Shared,
    /// Memory of the module's own, in the place of what it has lost.
    Grave,
}

/// One end of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Side {
    /// Whose end it is.
    pub domain: DomainId,
    /// In which region of that module.
    pub region: u8,
    /// What lies there.
    pub view: View,
}

/// A window: the client's side, the server's side, and its size.
///
/// Where the memory is shared, the pages of the region behind its end are graves up to the reach; where it is lost, all are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// The client's side, then the server's.
    pub sides: [Side; 2],
    /// How many pages it has.
    pub pages: u8,
    /// How many pages something lies in: of the largest window that either side has had there.
    pub reach: u8,
}

impl Window {
    /// Whether there is memory that is shared: the client has it.
    pub fn is_shared(&self) -> bool {
        self.sides.iter().any(|side| side.view == View::Shared)
    }

    /// The same window with its memory on the client's side, who has asked for it.
    pub fn opened(mut self) -> Window {
        let [client, _] = &mut self.sides;
        client.view = View::Shared;
        self
    }

    /// The same with its memory on the server's side, too: it has asked whose it is.
    pub fn found(mut self) -> Window {
        let [_, server] = &mut self.sides;
        server.view = View::Shared;
        self
    }

    /// The same window when its memory was taken away: those who are `gone` have nothing there, and who has lost it a grave.
    pub fn lost(mut self, gone: &[DomainId]) -> Window {
        for side in &mut self.sides {
            if gone.contains(&side.domain) {
                side.view = View::Nothing;
            } else if side.view == View::Shared {
                side.view = View::Grave;
            }
        }
        self
    }

    fn joins(&self, client: DomainId, server: DomainId) -> bool {
        let [a, b] = self.sides;
        a.domain == client && b.domain == server
    }

    fn is_at(&self, domain: DomainId) -> bool {
        self.sides.iter().any(|side| side.domain == domain)
    }
}

/// All windows; the place of one is its number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Windows {
    list: [Option<Window>; MAX_WINDOWS],
}

impl Windows {
    /// None.
    pub const fn new() -> Windows {
        Windows { list: [const { None }; MAX_WINDOWS] }
    }

    /// The window of that number.
    pub fn get(&self, number: usize) -> Option<Window> {
        *self.list.get(number)?
    }

    /// The window of a client with a server.
    pub fn between(&self, client: DomainId, server: DomainId) -> Option<(usize, Window)> {
        self.all().find(|(_, window)| window.joins(client, server))
    }

    /// The numbers of the windows that a module has, on either side.
    pub fn of(&self, domain: DomainId) -> impl Iterator<Item = usize> {
        (0..MAX_WINDOWS).filter(move |number| self.get(*number).is_some_and(|window| window.is_at(domain)))
    }

    fn all(&self) -> impl Iterator<Item = (usize, Window)> {
        self.list.iter().enumerate().filter_map(|(number, window)| Some((number, (*window)?)))
    }

    /// Finds a place for a window of `pages`; `kib` is what the client may have. Nothing is entered: [`Windows::set`] enters
    /// the result, once it is [`Window::opened`]. Whoever has a grave there keeps it.
    ///
    /// # Errors
    /// [`WindowRefusal`].
    pub fn plan(
        &self,
        client: DomainId,
        server: DomainId,
        pages: u8,
        kib: u32,
    ) -> Result<(usize, Window), WindowRefusal> {
        if pages == 0 || pages > MAX_PAGES {
            return Err(WindowRefusal::Size);
        }
        if client == server {
            return Err(WindowRefusal::NotConnected);
        }
        let old = self.between(client, server);
        if let Some((number, window)) = old.filter(|(_, window)| window.is_shared()) {
            return if window.pages == pages { Ok((number, window)) } else { Err(WindowRefusal::OtherSize) };
        }
        let shared = self.all().filter(|(_, window)| window.is_shared());
        let own = shared.filter(|(_, Window { sides: [side, _], .. })| side.domain == client);
        let has = own.fold(0_u32, |sum, (_, window)| sum.saturating_add(u32::from(window.pages)));
        let page = PAGE_BYTES / 1024;
        if has.saturating_add(u32::from(pages)).saturating_mul(page) > kib {
            return Err(WindowRefusal::NotGranted);
        }
        if let Some((number, window)) = old {
            return Ok((number, Window { pages, reach: window.reach.max(pages), ..window }));
        }
        let side = |domain| Ok(Side { domain, region: self.free_region(domain)?, view: View::Nothing });
        if let Some((number, Window { sides: [_, own], reach, .. })) = self.left_at(server) {
            return Ok((number, Window { sides: [side(client)?, own], pages, reach: reach.max(pages) }));
        }
        let number = self.list.iter().position(Option::is_none).ok_or(WindowRefusal::TooMany)?;
        Ok((number, Window { sides: [side(client)?, side(server)?], pages, reach: pages }))
    }

    /// A window that a client who is gone has left to this server. The next client has its place, or a server that many come
    /// to would have no regions left, and the system no windows.
    fn left_at(&self, server: DomainId) -> Option<(usize, Window)> {
        self.all().find(|(_, Window { sides: [client, own], .. })| {
            own.domain == server && own.view == View::Grave && client.view == View::Nothing
        })
    }

    fn free_region(&self, domain: DomainId) -> Result<u8, WindowRefusal> {
        let taken = |region: u8| {
            let sides = self.all().flat_map(|(_, window)| window.sides);
            sides.filter(|side| side.domain == domain).any(|side| side.region == region)
        };
        (0..REGIONS).find(|region| !taken(*region)).ok_or(WindowRefusal::TooMany)
    }

    /// Enters a window as it is now; one of which nothing is left on either side is forgotten.
    pub fn set(&mut self, number: usize, window: Window) {
        if let Some(place) = self.list.get_mut(number) {
            *place = window.sides.iter().any(|side| side.view != View::Nothing).then_some(window);
        }
    }
}

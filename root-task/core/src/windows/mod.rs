//! Which client shares memory with which server, where it lies in each of them, and who of the two is left.
//!
//! A window that is lost keeps its place in the address space of whoever is left: memory of its own lies there. When the
//! same client asks the same server again, the new window is where the old one was.

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// The client's side, then the server's.
    pub sides: [Side; 2],
    /// How many pages it has.
    pub pages: u8,
}

impl Window {
    /// Whether the memory is shared.
    pub fn is_shared(&self) -> bool {
        self.sides.iter().any(|side| side.view == View::Shared)
    }

    /// The same window with its memory on both sides.
    pub fn shared(mut self) -> Window {
        self.sides.iter_mut().for_each(|side| side.view = View::Shared);
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

    /// Finds a place for a window of `pages`; `kib` is what the client may have. Nothing is entered: what is in the place,
    /// if anything, has to be taken away first, and then [`Windows::set`] enters the result.
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
        let (number, regions) = match old {
            Some((number, window)) => (number, window.sides.map(|side| side.region)),
            None => {
                let number = self.list.iter().position(Option::is_none).ok_or(WindowRefusal::TooMany)?;
                (number, [self.free_region(client)?, self.free_region(server)?])
            }
        };
        let [a, b] = regions;
        let side = |domain, region| Side { domain, region, view: View::Nothing };
        Ok((number, Window { sides: [side(client, a), side(server, b)], pages }))
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

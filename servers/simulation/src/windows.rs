//! Memory that a client shares with a server: who has a window with whom is the core's to say, as on the target
//! (`root-task/src/supervisor/held/windows.rs`).
//!
//! Each side has memory of its own, at an address of its own, for as long as the core says that something lies there. While both
//! share it, whoever goes on has what the other one has written before: one runs at a time, so nobody sees a difference. When
//! it is lost, each who is left has zeroes in the same place, and nothing is carried over any more; and zeroes in the place of
//! whatever else it had lost, since on the target one page is in all those places.

use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::window::{Answer, PAGE_BYTES, REGION_BYTES, Request, WindowRefusal};
use root_task_core::windows::{MAX_WINDOWS, View, Window, Windows};

use crate::calls::Message;
use crate::slabs::Slab;
use crate::supervisor::answer;
use crate::world::World;

/// The memory of a window.
#[derive(Debug, Default)]
struct Panes {
    /// The client's, then the server's.
    sides: [Option<Slab>; 2],
    /// On which side it was written last.
    newest: usize,
}

/// All windows.
#[derive(Debug)]
pub(crate) struct Shared {
    table: Windows,
    /// By their numbers.
    panes: [Panes; MAX_WINDOWS],
}

/// The client's side.
const CLIENT: usize = 0;
/// The size of a region.
const REGION: usize = REGION_BYTES as usize;

/// Whether the memory is on this side.
fn has(window: &Window, side: usize) -> bool {
    window.sides.get(side).is_some_and(|side| side.view == View::Shared)
}

/// Whether what one writes the other one sees.
fn both_have(window: &Window) -> bool {
    window.sides.iter().all(|side| side.view == View::Shared)
}

/// The size of so many pages.
fn pages(number: u8) -> u32 {
    u32::from(number).saturating_mul(PAGE_BYTES)
}

/// The size of a window.
fn bytes(window: &Window) -> u32 {
    pages(window.pages)
}

impl Shared {
    /// None.
    pub fn new() -> Shared {
        Shared { table: Windows::new(), panes: std::array::from_fn(|_| Panes::default()) }
    }

    /// The windows of which a module has a side now: their numbers, they, and the side.
    fn of(&self, id: DomainId) -> impl Iterator<Item = (usize, Window, usize)> {
        self.table.of(id).filter_map(move |number| {
            let window = self.table.get(number)?;
            let side = window.sides.iter().position(|side| side.domain == id)?;
            Some((number, window, side))
        })
    }

    /// Where a side of a window is, and its size.
    fn at(&self, number: usize, side: usize) -> Option<(u64, u32)> {
        let window = self.table.get(number)?;
        let slab = self.panes.get(number)?.sides.get(side)?.as_ref()?;
        Some((slab.address() as u64, bytes(&window)))
    }

    /// Whether this address is in a region where a module has a window, and behind all that ever lay there.
    pub fn is_behind(&self, id: DomainId, address: usize) -> bool {
        self.of(id).any(|(number, window, side)| {
            let slab = self.panes.get(number).and_then(|panes| panes.sides.get(side)?.as_ref());
            let end = |slab: &Slab| slab.address().saturating_add(pages(window.reach) as usize);
            slab.is_some_and(|slab| slab.has(address) && address >= end(slab))
        })
    }

    /// Makes the memory of a window: zeroes for the client, in the place of an earlier one that it has lost.
    fn make(&mut self, number: usize, window: Window) {
        let Some(panes) = self.panes.get_mut(number) else { return };
        let [client, _] = &mut panes.sides;
        let fresh = client.is_none();
        let client = client.get_or_insert_with(Slab::take);
        client.clear(0..if fresh { REGION } else { bytes(&window) as usize });
        panes.newest = CLIENT;
        self.table.set(number, window.opened());
    }

    /// The server asks for it, and has it from now on: what the client has written is carried to it when it goes on.
    fn find(&mut self, number: usize, window: Window) {
        let Some(panes) = self.panes.get_mut(number) else { return };
        let [_, server] = &mut panes.sides;
        server.get_or_insert_with(|| {
            let slab = Slab::take();
            slab.clear(0..REGION);
            slab
        });
        self.table.set(number, window.found());
    }

    /// Takes it away. Those who are `gone` have nothing there afterwards. Gives whether it was shared.
    fn lose(&mut self, number: usize, gone: &[DomainId]) -> bool {
        let (Some(before), Some(panes)) = (self.table.get(number), self.panes.get_mut(number)) else {
            return false;
        };
        let after = before.lost(gone);
        let mut losers = Vec::new();
        for ((was, is), slab) in before.sides.iter().zip(&after.sides).zip(&mut panes.sides) {
            match is.view {
                View::Nothing => *slab = None,
                View::Grave if was.view == View::Shared => losers.push(is.domain),
                View::Grave | View::Shared => {}
            }
        }
        self.table.set(number, after);
        losers.into_iter().for_each(|loser| self.wipe(loser));
        before.is_shared()
    }

    /// Whatever a module has in place of what it has lost is full of zeroes.
    fn wipe(&self, id: DomainId) {
        for (number, window, own) in self.of(id) {
            let slab = self.panes.get(number).and_then(|panes| panes.sides.get(own)?.as_ref());
            let from = if has(&window, own) { bytes(&window) as usize } else { 0 };
            slab.iter().for_each(|slab| slab.clear(from..REGION));
        }
    }

    /// A module goes on: it sees what the others have written before, and writes from now on.
    pub fn carry_to(&mut self, id: DomainId) {
        let its: Vec<_> = self.of(id).filter(|(_, window, _)| both_have(window)).collect();
        for (number, window, own) in its {
            let Some(panes) = self.panes.get_mut(number).filter(|panes| panes.newest != own) else {
                continue;
            };
            let [client, server] = &panes.sides;
            let (to, from) = if own == 0 { (client, server) } else { (server, client) };
            if let (Some(to), Some(from)) = (to, from) {
                to.copy(from, bytes(&window) as usize);
            }
            panes.newest = own;
        }
    }

    /// With whom a module shares the memory that has this address, if it does.
    fn sharer(&self, id: DomainId, address: usize) -> Option<DomainId> {
        let is_there = |(number, window, side): &(usize, Window, usize)| {
            let slab = self.panes.get(*number).and_then(|panes| panes.sides.get(*side)?.as_ref());
            has(window, *side) && slab.is_some_and(|slab| slab.has(address))
        };
        let (_, window, own) = self.of(id).find(is_there)?;
        let [client, server] = window.sides;
        Some(if own == 0 { server.domain } else { client.domain })
    }

    /// A module's thread was given up, and may run still: nobody else gets the memory that it has.
    pub fn give_up(&mut self, id: DomainId) {
        let its: Vec<_> = self.of(id).collect();
        for (number, _, side) in its {
            let slab = self.panes.get_mut(number).and_then(|panes| panes.sides.get_mut(side)?.take());
            std::mem::forget(slab);
        }
    }
}

impl World {
    /// A module asks for memory to share, or where it is.
    pub fn window_asked(&mut self, who: Instance, request: Request) -> Message {
        let window = match request {
            Request::Open { slot, pages } => self.open_window(who.domain, slot, pages),
            Request::Of { client } => self.window_of(who, client),
        };
        answer(&window.unwrap_or_else(Answer::None))
    }

    fn open_window(&mut self, client: DomainId, slot: u8, pages: u8) -> Result<Answer, WindowRefusal> {
        let kib = self.room(client).map_or(0, |room| self.system.allowance_of(&room.name).window_kib);
        let (number, window) = self.shared.table.open(&self.ledger, (client, slot), pages, kib)?;
        let is_there = window.is_shared();
        if !is_there {
            self.shared.make(number, window);
        }
        let (vaddr, bytes) = self.shared.at(number, 0).ok_or(WindowRefusal::OutOfMemory)?;
        Ok(if is_there { Answer::Window { vaddr, bytes } } else { Answer::Made { vaddr, bytes } })
    }

    fn window_of(&mut self, who: Instance, client: u64) -> Result<Answer, WindowRefusal> {
        let (number, window) = self.shared.table.shared_with(&self.ledger, who.domain, client)?;
        self.shared.find(number, window);
        let (vaddr, bytes) = self.shared.at(number, 1).ok_or(WindowRefusal::OutOfMemory)?;
        Ok(Answer::Window { vaddr, bytes })
    }

    /// A module has died: whoever shares memory with it has memory of its own there from now on.
    pub fn lose_windows_of(&mut self, id: DomainId) {
        let its: Vec<usize> = self.shared.table.of(id).collect();
        its.into_iter().for_each(|number| self.lose_window(number, &[id]));
    }

    /// A call was taken back that a server had received, and the server goes on with it: what it writes still is its own.
    pub fn lose_window_of_call(&mut self, client: DomainId, server: DomainId) {
        if let Some(number) = self.shared.table.lost_with_call(client, server) {
            self.lose_window(number, &[]);
        }
    }

    /// A client has lost a connection to a server: where it was the last one, both have memory of their own in place of what
    /// they shared from now on.
    pub fn lose_window_between(&mut self, client: DomainId, server: DomainId) {
        if let Some(number) = self.shared.table.lost_with_connection(&self.ledger, client, server) {
            self.lose_window(number, &[]);
        }
    }

    fn lose_window(&mut self, number: usize, gone: &[DomainId]) {
        let Some(window) = self.shared.table.get(number) else { return };
        if self.shared.lose(number, gone) {
            let [client, server] = window.sides.map(|side| self.called(side.domain));
            self.tell(format!("{client} and {server} have lost the memory that they shared"));
        }
    }

    /// Who shares the memory that has this address with a module, if somebody does.
    pub fn sharer(&self, id: DomainId, address: usize) -> Option<Instance> {
        self.newest(self.shared.sharer(id, address)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a thread may still write that does not come to an end is nobody else's, in no later run either.
    #[test]
    fn the_memory_of_a_thread_that_was_given_up_is_not_used_again() {
        let (client, server) = (DomainId(1), DomainId(2));
        let mut shared = Shared::new();
        let (number, window) = shared.table.plan(client, server, 1, 4).unwrap();
        shared.make(number, window);
        shared.find(number, shared.table.get(number).unwrap());
        let of = |shared: &Shared, side: usize| {
            shared.panes[number].sides[side].as_ref().map(Slab::address).unwrap()
        };
        let [client_has, server_has] = [of(&shared, 0), of(&shared, 1)];
        shared.give_up(server);
        assert!(shared.lose(number, &[client, server]));
        let next: Vec<Slab> = (0..4).map(|_| Slab::take()).collect();
        assert!(next.iter().any(|slab| slab.address() == client_has));
        assert!(next.iter().all(|slab| slab.address() != server_has));
    }
}

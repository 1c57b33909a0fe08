//! Memory that modules share: made when a client asks for it, and gone for both in the turn in which one of them dies or
//! its connection is taken back, or a call that was received on it. Nobody faults on what he has lost: memory of his own
//! lies in its place. The server has the next one from when it asks whose it is: until then it may still be at work for
//! whoever had the place before.

use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::window::{Answer, PAGE_BYTES, Request, WindowRefusal, region};
use root_task_core::windows::{MAX_WINDOWS, Side, View, Window};
use sel4::cap;

use crate::domain::Domain;
use crate::say;
use crate::supervisor::{Response, Supervisor, answer};
use crate::window::{Annex, Panes};

/// The sides of a window.
const CLIENT: usize = 0;
const SERVER: usize = 1;

/// A page of zeroes.
pub(in crate::supervisor) static EMPTY: [u8; PAGE_BYTES as usize] = [0; PAGE_BYTES as usize];

/// Where a side of a window is, and its size.
fn at(side: Side, pages: u8) -> (u64, u32) {
    (region(side.region), u32::from(pages).saturating_mul(PAGE_BYTES))
}

impl Supervisor {
    /// A module asks for memory to share, or where it is.
    pub(in crate::supervisor) fn window_asked(&mut self, who: Instance, request: Request) -> Response {
        let window = match request {
            Request::Open { slot, pages } => self.open_window(who.domain, slot, pages),
            Request::Of { client } => self.window_of(who, client),
        };
        answer(&window.unwrap_or_else(Answer::None))
    }

    /// A client wants to share memory with the server of a connection.
    fn open_window(&mut self, client: DomainId, slot: u8, pages: u8) -> Result<Answer, WindowRefusal> {
        let kib = self.room(client).map_or(0, |room| room.allowance.window_kib);
        let (number, window) = self.windows.open(&self.ledger, (client, slot), pages, kib)?;
        if !window.is_shared() {
            // The server's, too: nothing can be wanting when it asks, or when the window is lost.
            for side in &window.sides {
                self.annexed(side.domain)?;
            }
            let panes = self
                .with_room_for(|memory| Panes::make(memory, window.pages, window.reach))
                .map_err(|_| WindowRefusal::OutOfMemory)?;
            // What is left of an earlier one, now that nothing can fail.
            self.replace_panes(number, panes, &window);
            self.show(number, &window.opened(), &[CLIENT, SERVER])?;
        }
        let [own, _] = window.sides;
        let (vaddr, bytes) = at(own, window.pages);
        Ok(if window.is_shared() { Answer::Window { vaddr, bytes } } else { Answer::Made { vaddr, bytes } })
    }

    /// The memory of a window takes the place of the slots of an earlier one.
    fn replace_panes(&mut self, number: usize, mut panes: Panes, window: &Window) {
        let Some(place) = self.panes.get_mut(number) else { return };
        let [_, server] = window.sides;
        // The server has what it has lost for as long as it has not asked.
        panes.is_left_by(place.as_ref().and_then(Panes::gone).filter(|_| server.view == View::Grave));
        if let Some(old) = place.replace(panes) {
            old.dissolve(&mut self.memory);
        }
    }

    /// Enters a window as it is now, and maps what these sides are to see of it.
    fn show(&mut self, number: usize, window: &Window, sides: &[usize]) -> Result<(), WindowRefusal> {
        self.windows.set(number, *window);
        let Some(Some(panes)) = self.panes.get(number) else { return Err(WindowRefusal::OutOfMemory) };
        let shown = sides.iter().try_for_each(|index| {
            panes.hide(*index);
            self.show_side(panes, *index, window)
        });
        let Err(error) = shown else { return Ok(()) };
        say!("supervisor: a window was not made ({error:?}), which is a bug of the root task");
        let both = window.sides.map(|side| side.domain);
        self.lose(number, &both);
        Err(WindowRefusal::OutOfMemory)
    }

    fn show_side(&self, panes: &Panes, index: usize, window: &Window) -> sel4::Result<()> {
        let Some(side) = window.sides.get(index).filter(|side| side.view != View::Nothing) else {
            return Ok(());
        };
        let room = self.room(side.domain);
        let both = room.and_then(|room| Some((room.domain.as_ref()?, room.annex.as_ref()?)));
        let (domain, annex) = both.ok_or(sel4::Error::InvalidCapability)?;
        panes.show(index, side.view, annex.grave(), (domain.vspace(), region(side.region)))
    }

    /// The address space of a module that has one, with the table that windows need.
    pub(in crate::supervisor) fn annexed(&mut self, id: DomainId) -> Result<cap::VSpace, WindowRefusal> {
        let room = self.room(id).ok_or(WindowRefusal::NotConnected)?;
        let vspace = room.domain.as_ref().map(Domain::vspace).ok_or(WindowRefusal::NotConnected)?;
        if room.annex.is_none() {
            let made = self.with_room_for(|memory| Annex::make(memory, vspace));
            let annex = made.map_err(|_| WindowRefusal::OutOfMemory)?;
            self.room_mut(id).ok_or(WindowRefusal::NotConnected)?.annex = Some(annex);
        }
        Ok(vspace)
    }

    /// A server wants to know where the memory is that it shares with a client: it is there from now on.
    fn window_of(&mut self, who: Instance, client: u64) -> Result<Answer, WindowRefusal> {
        let (number, window) = self.windows.shared_with(&self.ledger, who.domain, client)?;
        let [_, own] = window.sides;
        if own.view != View::Shared {
            if let Some(Some(panes)) = self.panes.get_mut(number) {
                panes.is_left_by(None);
            }
            self.show(number, &window.found(), &[SERVER])?;
        }
        let (vaddr, bytes) = at(own, window.pages);
        Ok(Answer::Window { vaddr, bytes })
    }

    /// A module has died: whoever shares memory with it has memory of its own there from now on.
    pub(in crate::supervisor) fn lose_windows_of(&mut self, id: DomainId) {
        let its: heapless::Vec<usize, MAX_WINDOWS> = self.windows.of(id).collect();
        for number in its {
            self.lose(number, &[id]);
        }
    }

    /// A call was taken back that a server had received, and the server goes on with it: what it writes still is its own.
    pub(in crate::supervisor) fn lose_window_of_call(&mut self, client: DomainId, server: DomainId) {
        if let Some(number) = self.windows.lost_with_call(client, server) {
            self.lose(number, &[]);
        }
    }

    /// A client has lost a connection to a server: where it was the last one, both have memory of their own in place of what
    /// they shared from now on.
    pub(in crate::supervisor) fn lose_window_between(&mut self, client: DomainId, server: DomainId) {
        if let Some(number) = self.windows.lost_with_connection(&self.ledger, client, server) {
            self.lose(number, &[]);
        }
    }

    /// Takes the memory of a window away. Those who are `gone` have nothing there afterwards.
    fn lose(&mut self, number: usize, gone: &[DomainId]) {
        let Some(before) = self.windows.get(number) else { return };
        let Some(mut panes) = self.panes.get_mut(number).and_then(Option::take) else { return };
        let window = before.lost(gone);
        let mut lost = window;
        let changes = |index: usize, side: &Side| before.sides.get(index).is_some_and(|was| was != side);
        for (index, side) in window.sides.iter().enumerate() {
            if changes(index, side) {
                panes.hide(index);
            }
        }
        if let Err(leak) = panes.free_memory(&mut self.memory) {
            say!("supervisor: a window: {leak}");
        }
        for (index, side) in lost.sides.iter_mut().enumerate() {
            if changes(index, side) && side.view == View::Grave {
                side.view = self.bury_pane(&panes, index, &window);
            }
        }
        self.windows.set(number, lost);
        if self.windows.get(number).is_none() {
            panes.dissolve(&mut self.memory);
            return;
        }
        // Another module may be in the place of one that is gone, without a part in this.
        let had =
            |side: &&Side| gone.contains(&side.domain) && (side.view != View::Nothing || before.is_shared());
        let left_by = before.sides.iter().find(had);
        if let Some(module) = left_by.and_then(|side| self.ledger.module(side.domain)) {
            panes.is_left_by(Some((module.name, module.generation)));
        }
        if let Some(place) = self.panes.get_mut(number) {
            *place = Some(panes);
        }
    }

    /// Maps the grave of whoever is left in place of what he has lost, full of zeroes.
    fn bury_pane(&self, panes: &Panes, index: usize, window: &Window) -> View {
        let side = window.sides.get(index);
        let both = side.and_then(|side| Some((side, self.room(side.domain)?.annex.as_ref()?)));
        let Some((side, annex)) = both else { return View::Nothing };
        let cleared = self.scratch.fill(annex.grave(), &EMPTY, false);
        match cleared.and_then(|()| self.show_side(panes, index, window)) {
            Ok(()) => View::Grave,
            Err(error) => {
                panes.hide(index);
                say!(
                    "supervisor: domain {} has lost a window and got nothing in its place ({error:?}), which is a bug of \
                     the root task",
                    side.domain
                );
                View::Nothing
            }
        }
    }
}

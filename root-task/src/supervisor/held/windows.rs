//! Memory that modules share: made when a client asks for it, and gone for both in the turn in which one of them dies or
//! its connection is taken back. Nobody faults on what he has lost: memory of his own lies in its place.

use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::window::{Answer, PAGE_BYTES, Request, WindowRefusal, region};
use root_task_core::windows::{MAX_WINDOWS, Side, View, Window};
use sel4::cap;

use crate::domain::Domain;
use crate::say;
use crate::supervisor::{Response, Supervisor, answer};
use crate::window::{Annex, Panes};

/// A page of zeroes.
pub(in crate::supervisor) static EMPTY: [u8; PAGE_BYTES as usize] = [0; PAGE_BYTES as usize];

/// The answer that says where a side of a window is.
fn at(side: Side, pages: u8) -> Answer {
    Answer::Window { vaddr: region(side.region), bytes: u32::from(pages).saturating_mul(PAGE_BYTES) }
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
        let (number, mut window) = self.windows.open(&self.ledger, (client, slot), pages, kib)?;
        if !window.is_shared() {
            let [client, server] = window.sides.map(|side| side.domain);
            let vspaces = [self.annexed(client)?, self.annexed(server)?];
            let panes = self
                .with_room_for(|memory| Panes::make(memory, pages))
                .map_err(|_| WindowRefusal::OutOfMemory)?;
            // What is left of an earlier one, now that nothing can fail.
            self.lose(number, &[client, server]);
            if let Some(place) = self.panes.get_mut(number) {
                *place = Some(panes);
            }
            window = window.shared();
            self.windows.set(number, window);
            if let Err(error) = self.show(number, &window, vspaces) {
                say!("supervisor: a window was not made ({error:?}), which is a bug of the root task");
                self.lose(number, &[client, server]);
                return Err(WindowRefusal::OutOfMemory);
            }
        }
        let [own, _] = window.sides;
        Ok(at(own, window.pages))
    }

    fn show(&self, number: usize, window: &Window, vspaces: [cap::VSpace; 2]) -> sel4::Result<()> {
        let Some(Some(panes)) = self.panes.get(number) else { return Ok(()) };
        for (index, (side, vspace)) in window.sides.iter().zip(vspaces).enumerate() {
            panes.show(index, vspace, region(side.region))?;
        }
        Ok(())
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

    /// A server wants to know where the memory is that it shares with a client.
    fn window_of(&self, who: Instance, client: u64) -> Result<Answer, WindowRefusal> {
        let (_, window) = self.windows.shared_with(&self.ledger, who.domain, client)?;
        let [_, own] = window.sides;
        Ok(at(own, window.pages))
    }

    /// A module has died: whoever shares memory with it has memory of its own there from now on.
    pub(in crate::supervisor) fn lose_windows_of(&mut self, id: DomainId) {
        let its: heapless::Vec<usize, MAX_WINDOWS> = self.windows.of(id).collect();
        for number in its {
            self.lose(number, &[id]);
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
        let mut window = before.lost(gone);
        let changes = |index: usize, side: &Side| before.sides.get(index).is_some_and(|was| was != side);
        for (index, side) in window.sides.iter().enumerate() {
            if changes(index, side) {
                panes.hide(index);
            }
        }
        if let Err(leak) = panes.free_memory(&mut self.memory) {
            say!("supervisor: a window: {leak}");
        }
        for (index, side) in window.sides.iter_mut().enumerate() {
            if changes(index, side) && side.view == View::Grave {
                side.view = self.bury_pane(&panes, index, side);
            }
        }
        self.windows.set(number, window);
        if self.windows.get(number).is_none() {
            panes.dissolve(&mut self.memory);
            return;
        }
        // Another module may be in the place of one that is gone.
        let had = |side: &&Side| gone.contains(&side.domain) && side.view != View::Nothing;
        let left_by = before.sides.iter().find(had);
        if let Some(module) = left_by.and_then(|side| self.ledger.module(side.domain)) {
            panes.is_left_by(module.name, module.generation);
        }
        if let Some(place) = self.panes.get_mut(number) {
            *place = Some(panes);
        }
    }

    /// Maps the grave of whoever is left in place of what he has lost, full of zeroes.
    fn bury_pane(&self, panes: &Panes, index: usize, side: &Side) -> View {
        let room = self.room(side.domain);
        let both = room.and_then(|room| Some((room.domain.as_ref()?, room.annex.as_ref()?)));
        let Some((domain, annex)) = both else { return View::Nothing };
        let cleared = self.scratch.fill(annex.grave(), &EMPTY, false);
        match cleared.and_then(|()| panes.bury(index, annex.grave(), domain.vspace(), region(side.region))) {
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

//! Memory that modules share: what a client asks, and what the supervisor's shell does then (`held/windows.rs` in
//! `root-task/src/supervisor/`), each with what the kernel has mapped after it.

use ipc_proto::ids::{DomainId, Instance};
use root_task_core::windows::{Side, View, Window};

use super::shell::World;
use super::state::{Mapped, Panes};

impl World<'_> {
    /// A client wants to share memory with the server of a connection.
    pub fn open(&mut self, client: DomainId, slot: u8, pages: u8) {
        let kib = self.case.programs[self.program(client)].kib;
        let Ok((number, window)) = self.windows.open(&self.ledger, (client, slot), pages, kib) else {
            return;
        };
        if window.is_shared() {
            return;
        }
        let sides = window.sides.map(|side| side.domain);
        if self.panes.iter().any(|(of, panes)| *of == number && panes.memory) {
            self.goes_wrong("a window is made in the place of another one");
        }
        // Its slots are those of the new one from now on; whoever has lost it has a grave there still.
        self.panes.retain(|(of, _)| *of != number);
        self.panes.push((number, Panes { made_for: sides.map(|side| self.newest(side)), memory: true }));
        self.panes.sort_unstable_by_key(|(number, _)| *number);
        self.windows.set(number, window.opened());
        let [own, _] = window.sides;
        self.unmap(&own);
        self.map(&own, Mapped::Shared(number));
    }

    /// A server asks where the memory of a client is, with the badge that its call has. Gives the region.
    pub fn find(&mut self, server: DomainId, client: Instance) -> Option<u8> {
        let badge = World::badge(client);
        let (number, window) = self.windows.shared_with(&self.ledger, server, badge).ok()?;
        let [_, own] = window.sides;
        if own.view != View::Shared {
            self.windows.set(number, window.found());
            self.unmap(&own);
            self.map(&own, Mapped::Shared(number));
        }
        Some(own.region)
    }

    fn map(&mut self, side: &Side, what: Mapped) {
        let Some(has) = self.has(side.domain) else {
            return self.goes_wrong("something is mapped into an instance that is dead");
        };
        if has.mapped.iter().any(|(region, _)| *region == side.region) {
            return self.goes_wrong("two things are mapped in one place");
        }
        has.mapped.push((side.region, what));
        has.mapped.sort_unstable_by_key(|(region, _)| *region);
        if !has.regions.contains(&side.region) {
            has.regions.push(side.region);
        }
    }

    fn unmap(&mut self, side: &Side) {
        if let Some(has) = self.has(side.domain) {
            has.mapped.retain(|(region, _)| *region != side.region);
        }
    }

    /// A module dies: whoever shares memory with it has memory of its own there from now on.
    pub fn lose_windows_of(&mut self, id: DomainId) {
        let its: Vec<usize> = self.windows.of(id).collect();
        its.into_iter().for_each(|number| self.lose(number, &[id]));
    }

    /// A call was taken back that a server has received.
    pub fn lose_window_of_call(&mut self, client: DomainId, server: DomainId) {
        if let Some(number) = self.windows.lost_with_call(client, server) {
            self.lose(number, &[]);
        }
    }

    /// A client has lost a connection to a server.
    pub fn lose_window_between(&mut self, client: DomainId, server: DomainId) {
        if let Some(number) = self.windows.lost_with_connection(&self.ledger, client, server) {
            self.lose(number, &[]);
        }
    }

    fn lose(&mut self, number: usize, gone: &[DomainId]) {
        let Some(before) = self.windows.get(number) else { return };
        let Some(at) = self.panes.iter().position(|(of, _)| *of == number) else { return };
        let after: Window = before.lost(gone);
        let changed = before.sides.iter().zip(after.sides).filter(|(was, is)| *was != is);
        let changed: Vec<Side> = changed.map(|(_, is)| is).collect();
        changed.iter().for_each(|side| self.unmap(side));
        // The revoke of its memory takes it from whoever has it still.
        self.panes[at].1.memory = false;
        for has in self.rooms.iter_mut().flatten().filter_map(|room| room.has.as_mut()) {
            has.mapped.retain(|(_, what)| *what != Mapped::Shared(number));
        }
        for side in changed.iter().filter(|side| side.view == View::Grave) {
            self.map(side, Mapped::Grave);
        }
        self.windows.set(number, after);
        if self.windows.get(number).is_none() {
            self.panes.remove(at);
        }
    }
}

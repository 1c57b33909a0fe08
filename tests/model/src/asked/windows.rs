//! Memory that modules share: what a client asks, and what the supervisor's shell does then (`held/windows.rs` in
//! `root-task/src/supervisor/`), each with what the kernel has mapped after it.

use ipc_proto::ids::DomainId;
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
        self.lose(number, &sides);
        if self.panes.iter().any(|(of, _)| *of == number) {
            self.goes_wrong("a window is made in the place of another one");
        }
        self.panes.push((number, Panes { made_for: sides.map(|side| self.newest(side)), memory: true }));
        self.panes.sort_unstable_by_key(|(number, _)| *number);
        let window = window.shared();
        self.windows.set(number, window);
        for side in window.sides {
            self.map(&side, Mapped::Shared(number));
        }
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

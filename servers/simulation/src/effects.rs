//! What the core's steps have the supervisor do, without a kernel: see [`root_task_core::steps`].

use ipc_proto::ids::{DomainId, Generation};
use ipc_proto::label::Status;
use ipc_proto::registrar::Refusal;
use ipc_proto::waits::Answer;
use root_task_core::ledger::Connection;
use root_task_core::steps::{Effects, Tables};

use crate::kernel::Fate;
use crate::supervisor;
use crate::world::{At, World};

impl Effects for World {
    fn tables(&mut self) -> Tables<'_> {
        let World { ledger, waits, alarms, system, .. } = self;
        Tables { ledger, waits, alarms, system }
    }

    fn now(&self) -> u64 {
        self.now
    }

    /// The run looks at the alarms before anybody goes on.
    fn set_timer(&mut self) {}

    fn is_awaiting(&self, client: DomainId) -> bool {
        self.room(client).is_some_and(|room| room.awaits)
    }

    fn keep_awaiting(&mut self, client: DomainId) -> bool {
        let now = self.now;
        let Some(room) = self.room_mut(client) else { return false };
        room.awaits = true;
        if let Some(clock) = &mut room.init {
            clock.waits(now);
        }
        if let Some(running) = &mut room.running {
            running.at = At::Awaits;
        }
        true
    }

    fn answer_awaiting(&mut self, client: DomainId, with: Option<&Answer>) {
        let now = self.now;
        let Some(room) = self.room_mut(client).filter(|room| room.awaits) else { return };
        room.awaits = false;
        if let Some(clock) = &mut room.init {
            clock.goes_on(now);
        }
        if let Some(answer) = with {
            self.goes_on(client, supervisor::answer(answer));
        }
    }

    /// Which slot leads where is what the ledger says.
    fn mint(&mut self, _: DomainId, _: &Connection) -> Result<(), Refusal> {
        Ok(())
    }

    fn reopen(&mut self, server: DomainId) {
        if let Some(room) = self.room_mut(server) {
            room.silenced = false;
        }
    }

    fn answer_clients(&mut self, clients: &[(DomainId, u8)]) {
        for (client, of) in clients {
            let call = self.standing(*client).filter(|call| call.slot == u64::from(*of));
            if let Some(server) = call.map(|call| call.server) {
                let none = (Generation::NONE, Generation::NONE);
                let fate = Fate { interrupted: none, queued: Some(Status::NotDelivered) };
                self.answer_callers(server, &[*client], fate);
            }
        }
    }

    fn take_connection(&mut self, client: DomainId, slot: u8) {
        let server = self.ledger.server_of(client, u64::from(slot));
        self.ledger.disconnect(client, slot);
        if let Some(server) = server {
            self.lose_window_between(client, server);
        }
    }
}

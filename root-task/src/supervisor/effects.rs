//! What the core's steps have the supervisor do: see [`root_task_core::steps`].

use ipc_proto::ids::DomainId;
use ipc_proto::registrar::Refusal;
use ipc_proto::waits::Answer;
use root_task_core::ledger::Connection;
use root_task_core::steps::{Effects, Tables};

use super::waiter::Waiter;
use super::{Response, Supervisor, answer};

impl Effects for Supervisor {
    fn tables(&mut self) -> Tables<'_> {
        let Supervisor { ledger, waits, alarms, system, .. } = self;
        Tables { ledger, waits, alarms, system }
    }

    fn now(&self) -> u64 {
        self.timer.now()
    }

    fn set_timer(&mut self) {
        Supervisor::set_timer(self);
    }

    fn is_awaiting(&self, client: DomainId) -> bool {
        self.room(client).is_some_and(|room| room.awaits.is_some())
    }

    fn keep_awaiting(&mut self, client: DomainId) -> bool {
        let (saved, now) = (Waiter::save(&mut self.memory, &mut self.parking), self.timer.now());
        let (Ok(waiter), Some(room)) = (saved, self.room_mut(client)) else { return false };
        if let Some(clock) = &mut room.init {
            clock.waits(now);
        }
        // A module has one thread; should two have asked all the same, the slot of the first comes back.
        if let Some(first) = room.awaits.replace(waiter) {
            first.answer(&mut self.memory, answer(&Answer::None));
        }
        true
    }

    fn answer_awaiting(&mut self, client: DomainId, with: Option<&Answer>) {
        let Some(room) = self.rooms.get_mut(usize::from(client.0)).and_then(Option::as_mut) else { return };
        if let Some(waiter) = room.awaits.take() {
            if let Some(clock) = &mut room.init {
                clock.goes_on(self.timer.now());
            }
            waiter.answer(&mut self.memory, with.map_or(Response::Later, answer));
        }
    }

    fn mint(&mut self, client: DomainId, connection: &Connection) -> Result<(), Refusal> {
        self.mint_connection(client, connection)
    }

    fn reopen(&mut self, server: DomainId) {
        Supervisor::reopen(self, server);
    }

    fn answer_clients(&mut self, clients: &[(DomainId, u8)]) {
        self.answer_clients_of(clients);
    }

    fn take_connection(&mut self, client: DomainId, slot: u8) {
        Supervisor::take_connection(self, client, slot);
    }
}

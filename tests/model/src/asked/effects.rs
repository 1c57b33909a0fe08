//! What the core's steps have the supervisor do, with the kernel as it is assumed to be.

use std::sync::Arc;

use ipc_proto::ids::DomainId;
use ipc_proto::operator::State as Life;
use ipc_proto::registrar::Refusal;
use ipc_proto::waits::Answer as Ended;
use root_task_core::alarms::Alarms;
use root_task_core::ledger::Connection;
use root_task_core::steps::{Effects, Tables};
use root_task_core::waits::Waits;

use super::shell::World;

impl Effects for World<'_> {
    fn tables(&mut self) -> Tables<'_> {
        let unused = self.unused.get_or_insert_with(|| Box::new((Waits::new(), Alarms::new())));
        let (waits, alarms) = &mut **unused;
        let ledger = Box::as_mut(Arc::make_mut(&mut self.ledger));
        Tables { ledger, waits, alarms, system: &self.case.system }
    }

    fn now(&self) -> u64 {
        0
    }

    fn set_timer(&mut self) {}

    fn is_awaiting(&self, _: DomainId) -> bool {
        false
    }

    fn keep_awaiting(&mut self, _: DomainId) -> bool {
        false
    }

    fn answer_awaiting(&mut self, _: DomainId, _: Option<&Ended>) {}

    fn mint(&mut self, client: DomainId, connection: &Connection) -> Result<(), Refusal> {
        if connection.mint.is_none() {
            return Ok(());
        }
        if self.life(connection.server) != Some(Life::Live) {
            self.goes_wrong("a capability to what is not live");
        }
        if !self.room {
            return Err(Refusal::Kernel);
        }
        let slot = connection.slot;
        let entered = self.ledger.connections_of(client).find(|(held, _)| *held == slot);
        let caps = &mut self.has(client).unwrap().caps;
        if caps.iter().any(|(held, _)| *held == slot) {
            self.goes_wrong("a capability is made where one is");
        } else if let Some(entered) = entered {
            caps.push(entered);
            caps.sort_unstable();
        }
        Ok(())
    }

    fn reopen(&mut self, _: DomainId) {}

    fn answer_clients(&mut self, clients: &[(DomainId, u8)]) {
        for (client, of) in clients {
            if self.has(*client).and_then(|has| has.call).is_some_and(|call| call.slot == *of) {
                self.ends_call(*client);
            }
        }
    }

    fn take_connection(&mut self, client: DomainId, slot: u8) {
        if let Some(has) = self.has(client) {
            has.caps.retain(|(held, _)| *held != slot);
            has.looked_up.retain(|held| *held != slot);
        }
        let server = self.ledger.server_of(client, slot.into());
        self.tables().ledger.disconnect(client, slot);
        if let Some(server) = server {
            self.lose_window_between(client, server);
        }
    }
}

//! A module that has failed: whoever calls it is told so at once, until it is restarted or unloaded.
//!
//! Nobody receives at its endpoint any more. So each client's capability is exchanged for one to the supervisor's own
//! endpoint, in the same slot and with the same badge: whatever comes with a client's badge there is a call to a module
//! that has failed. When the module is live again the capabilities are exchanged back, in the turn in which it publishes;
//! a client keeps its connection all the time, and sees nothing of this but the answers.

use ipc_proto::ids::{DomainId, Generation, ServiceRef};
use ipc_proto::label::Status;
use ipc_proto::operator::Answer;
use sel4::cap;

use super::errands::Errand;
use super::instance::send_right;
use super::rescue::Fate;
use super::{Supervisor, answer};
use crate::arch;
use crate::say;

impl Supervisor {
    /// There will be no further instance, unless an operator wants one.
    pub(super) fn give_up(&mut self, id: DomainId) {
        if self.revokes_are_long() {
            self.take_on(Errand::Close(id));
        } else {
            self.close(id);
        }
    }

    /// Answers whoever waits at a module that has failed, takes its clients' capabilities back and gives them the
    /// supervisor's.
    pub(super) fn close(&mut self, id: DomainId) {
        self.ledger.fail(id);
        let Some(endpoint) = self.room(id).map(|room| room.home.endpoint()) else { return };
        let fate = Fate { interrupted: (Generation::NONE, Generation::NONE), queued: Some(Status::Failed) };
        self.answer_callers(id, &self.callers_of(id), fate);
        // Fails only for a slot that does not exist.
        let _ = arch::root_slot(endpoint).revoke();
        self.connect_clients_to(id, self.endpoint);
        if let Some(room) = self.room_mut(id) {
            room.silenced = true;
        }
        self.answer_waiter(id, answer(&Answer::Done));
    }

    /// It is live again: its clients reach it.
    pub(super) fn reopen(&mut self, id: DomainId) {
        let Some(room) = self.room_mut(id).filter(|room| room.silenced) else { return };
        room.silenced = false;
        let endpoint = room.home.endpoint();
        self.connect_clients_to(id, endpoint);
    }

    /// It is forgotten: what its clients hold is not derived from its endpoint, and is taken back one by one.
    pub(super) fn withdraw_answers(&mut self, id: DomainId) {
        if self.room(id).is_some_and(|room| room.silenced) {
            for at in self.ledger.services_of(id) {
                for (client, slot) in self.ledger.clients_of(at) {
                    self.take_connection(client, slot);
                }
            }
        }
    }

    fn connect_clients_to(&mut self, id: DomainId, endpoint: cap::Endpoint) {
        for at in self.ledger.services_of(id) {
            for (client, slot) in self.ledger.clients_of(at) {
                if let Err(error) = self.exchange(client, slot, at, endpoint) {
                    say!(
                        "supervisor: domain {client} was not connected again ({error:?}), which is a bug of the root task"
                    );
                    self.take_connection(client, slot);
                }
            }
        }
    }

    fn exchange(
        &self,
        client: DomainId,
        slot: u8,
        at: ServiceRef,
        endpoint: cap::Endpoint,
    ) -> sel4::Result<()> {
        let Some(domain) = self.room(client).and_then(|room| room.domain.as_ref()) else { return Ok(()) };
        let Some(badge) = self.ledger.badge_of(client, at) else { return Ok(()) };
        domain.revoke_slot(u64::from(slot));
        let place = domain.cspace(u64::from(slot));
        place.delete()?;
        place.mint(&arch::root_slot(endpoint), send_right(), badge.to_word())
    }
}

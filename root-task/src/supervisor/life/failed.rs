//! A module that has failed: whoever calls it is told so at once, until it is restarted or unloaded.
//!
//! Nobody receives at its endpoint any more. So each client's capability is exchanged for one to the supervisor's own
//! endpoint, in the same slot and with the same badge: whatever comes with a client's badge there is a call to a module
//! that has failed. When the module is live again the capabilities are exchanged back, in the turn in which it publishes;
//! a client keeps its connection all the time, and sees nothing of this but the answers.

use ipc_proto::badge::Badge;
use ipc_proto::ids::{DomainId, Generation};
use ipc_proto::label::Status;
use ipc_proto::slots;
use sel4::cap;

use crate::arch;
use crate::domain::Domain;
use crate::say;
use crate::supervisor::Supervisor;
use crate::supervisor::end::errands::Errand;
use crate::supervisor::end::rescue::{Domains, Fate};

impl Supervisor {
    /// There will be no further instance, unless an operator wants one.
    pub(in crate::supervisor) fn give_up(&mut self, id: DomainId) {
        self.carry_out(Errand::Close(id));
    }

    /// Answers whoever waits at a module that has failed, takes its clients' capabilities back and gives them the
    /// supervisor's.
    pub(in crate::supervisor) fn close(&mut self, id: DomainId) {
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
        let answer = self.is_not_live_again(id);
        self.answer_waiter(id, &answer);
        self.tell_dependents(id);
    }

    /// It is live again: its clients reach it.
    pub(in crate::supervisor) fn reopen(&mut self, id: DomainId) {
        let Some(room) = self.room_mut(id).filter(|room| room.silenced) else { return };
        room.silenced = false;
        let endpoint = room.home.endpoint();
        self.connect_clients_to(id, endpoint);
    }

    /// It is forgotten: what its clients hold is not derived from its endpoint, and is taken back one by one.
    pub(in crate::supervisor) fn withdraw_answers(&mut self, id: DomainId) {
        if self.room(id).is_some_and(|room| room.silenced) {
            for at in self.ledger.services_of(id) {
                for (client, slot) in self.ledger.clients_of(at) {
                    self.take_connection(client, slot);
                }
            }
            for client in self.askers_of(id) {
                if let Some(domain) = self.room(client).and_then(|room| room.domain.as_ref()) {
                    domain.empty_slot(slots::NAMES);
                }
            }
        }
    }

    fn connect_clients_to(&self, id: DomainId, endpoint: cap::Endpoint) {
        for at in self.ledger.services_of(id) {
            for (client, slot) in self.ledger.clients_of(at) {
                let badge = self.ledger.badge_of(client, at);
                self.exchange(client, u64::from(slot), endpoint, |_| badge);
            }
        }
        for client in self.askers_of(id) {
            let asks_as = self.ledger.module(client).map(|module| self.system.asks_as(&module.name));
            self.exchange(client, slots::NAMES, endpoint, |domain| Some(domain.badge_at_names(asks_as?)));
        }
    }

    /// All others, if this is the name server: what they have to ask it is in no connection of the ledger's.
    fn askers_of(&self, id: DomainId) -> Domains {
        let serves_all = self.ledger.find(&self.system.name_server) == Some(id);
        let others = self.ledger.iter().map(|(client, _)| client).filter(|client| *client != id);
        others.filter(|_| serves_all).collect()
    }

    /// Puts another capability into a client's slot, and takes back what was passed on of the one that was there.
    fn exchange(
        &self,
        client: DomainId,
        slot: u64,
        endpoint: cap::Endpoint,
        badge: impl FnOnce(&Domain) -> Option<Badge>,
    ) {
        let Some(domain) = self.room(client).and_then(|room| room.domain.as_ref()) else { return };
        let Some(badge) = badge(domain) else { return };
        domain.empty_slot(slot);
        if let Err(error) = domain.let_send(slot, endpoint, badge) {
            say!(
                "supervisor: domain {client} was not connected ({error:?}), which is a bug of the root task"
            );
        }
    }
}

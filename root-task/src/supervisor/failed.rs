//! A module that has failed: whoever calls it is told so at once, until it is restarted or unloaded.
//!
//! Nobody receives at its endpoint any more. So each client's capability is exchanged for one to the supervisor's own
//! endpoint, in the same slot and with the same badge: whatever comes with a client's badge there is a call to a module
//! that has failed. When the module is live again the capabilities are exchanged back, in the turn in which it publishes;
//! a client keeps its connection all the time, and sees nothing of this but the answers.

use heapless::Vec;
use ipc_proto::badge::{Badge, GenerationTag, Holder, Kind};
use ipc_proto::ids::{DomainId, Generation};
use ipc_proto::label::Status;
use ipc_proto::operator::Answer;
use ipc_proto::slots;
use root_task_core::ledger::{MAX_MODULES, Module};
use sel4::{AbsoluteCPtr, cap};

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
            for (_, place, _) in self.askers_of(id) {
                // Neither fails but for a slot that does not exist.
                let _ = place.revoke().and_then(|()| place.delete());
            }
        }
    }

    fn connect_clients_to(&mut self, id: DomainId, endpoint: cap::Endpoint) {
        for at in self.ledger.services_of(id) {
            for (client, slot) in self.ledger.clients_of(at) {
                let domain = self.room(client).and_then(|room| room.domain.as_ref());
                let place = domain.map(|domain| domain.cspace(u64::from(slot)));
                if let (Some(place), Some(badge)) = (place, self.ledger.badge_of(client, at)) {
                    exchange(client, &place, endpoint, badge);
                }
            }
        }
        for (client, place, badge) in self.askers_of(id) {
            exchange(client, &place, endpoint, badge);
        }
    }

    /// Everybody's capability to the name server, if this is the name server: they are in no connection of the ledger's.
    fn askers_of(&self, id: DomainId) -> Vec<(DomainId, AbsoluteCPtr, Badge), MAX_MODULES> {
        if self.ledger.find(&self.system.name_server) != Some(id) {
            return Vec::new();
        }
        let others = self.ledger.iter().filter(|(client, _)| *client != id);
        let asker = |(client, module): (DomainId, &Module)| {
            let domain = self.room(client)?.domain.as_ref()?;
            let holder = Holder { domain: client, tag: GenerationTag::of(module.generation) };
            let badge = Badge { kind: Kind::Client, service: 0, holder };
            Some((client, domain.cspace(slots::NAMES), badge))
        };
        others.filter_map(asker).collect()
    }
}

/// Puts another capability into a client's slot, and takes back what was passed on of the one that was there.
fn exchange(client: DomainId, place: &AbsoluteCPtr, endpoint: cap::Endpoint, badge: Badge) {
    // An empty slot stays empty.
    let emptied = place.revoke().and_then(|()| place.delete());
    let minted = emptied.and_then(|()| place.mint(&arch::root_slot(endpoint), send_right(), badge.to_word()));
    if let Err(error) = minted {
        say!("supervisor: domain {client} was not connected ({error:?}), which is a bug of the root task");
    }
}

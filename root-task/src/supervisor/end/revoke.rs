//! Takes one client's capabilities to a module's services back, while the module and its other clients go on.
//!
//! The kernel keeps track of what was copied from the capability in the client's CSpace, wherever it is: one revoke takes
//! all of that. A call that the client stands on is answered first, since nobody would find it afterwards: the ledger
//! says by its slot whose it is.

use heapless::Vec;
use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::label::Status;
use ipc_proto::name::Name;
use ipc_proto::operator::Answer;
use ipc_proto::private::Ended;
use ipc_proto::slots::MAX_CONNECTIONS;
use ipc_proto::supervisor;

use super::errands::{Asker, Errand};
use super::rescue::Fate;
use crate::arch;
use crate::supervisor::asked::operator::{not_loaded, refused};
use crate::supervisor::waiter::{NotSaved, Waiter};
use crate::supervisor::{Response, Supervisor, answer};

impl Supervisor {
    /// An operator wants a client's capabilities to be taken back.
    pub(in crate::supervisor) fn revoke_by_name(&mut self, name: &Name, client: &Name) -> Response {
        if self.ledger.find(name).is_none()
            && let Some(response) = self.revoke_device(name.as_str(), client)
        {
            return response;
        }
        let (Some(server), Some(client_id)) = (self.ledger.find(name), self.ledger.find(client)) else {
            return not_loaded(if self.ledger.find(name).is_none() { name } else { client });
        };
        if *name == self.system.name_server {
            return refused(format_args!("every module can call {name}, as long as it runs"));
        }
        match self.revoke(client_id, server, Some(Asker::Operator)) {
            Some(0) => {
                refused(format_args!("{client} holds no capability to {name}: there is nothing to take back"))
            }
            Some(taken) => answer(&Answer::Revoked(taken)),
            None => Response::Later,
        }
    }

    /// A module wants one of its own clients' capabilities to be taken back.
    pub(in crate::supervisor) fn revoke_by_badge(&mut self, server: Instance, badge: u64) -> Response {
        let Some(client) = self.ledger.client_of(badge) else { return answer(&supervisor::Answer::Refused) };
        match self.revoke(client.domain, server.domain, Some(Asker::Module)) {
            Some(0) => answer(&supervisor::Answer::Refused),
            Some(_) => answer(&supervisor::Answer::Done),
            None => Response::Later,
        }
    }

    /// Takes back every capability that `client` holds to services of `server`, and whatever was copied from them: at
    /// once, and gives how many it held; or with the copies as an errand, where there can be many. Then whoever asks
    /// waits, if somebody does: `asker` says who.
    pub(in crate::supervisor) fn revoke(
        &mut self,
        client: DomainId,
        server: DomainId,
        asker: Option<fn(Waiter) -> Asker>,
    ) -> Option<u8> {
        self.cut_call_off(client, server);
        let held: Vec<u8, { MAX_CONNECTIONS as usize }> =
            self.connections_to(client, server).map(|(slot, _)| slot).collect();
        if !held.is_empty()
            && self.revokes_are_long()
            && let Ok(slots) = self.memory.alloc_slots(held.len())
        {
            let asker = match asker {
                Some(asker) => match Waiter::save(&mut self.memory, &mut self.parking) {
                    Ok(waiter) => Some(asker(waiter)),
                    Err(NotSaved::Nobody) => Some(Asker::Nobody),
                    Err(NotSaved::OutOf(_)) => None,
                },
                None => Some(Asker::Nobody),
            };
            match asker {
                Some(asker) => {
                    for (slot, own) in held.iter().zip(slots.iter()) {
                        self.move_connection(client, *slot, u64::from(own.0));
                    }
                    self.take_on(Errand::Revoke(slots, asker));
                    return None;
                }
                None => self.memory.free_slots(slots),
            }
        }
        for slot in &held {
            self.take_connection(client, *slot);
        }
        Some(u8::try_from(held.len()).unwrap_or(u8::MAX))
    }

    /// Answers the call to `server` that `client` stands on, if it does.
    fn cut_call_off(&mut self, client: DomainId, server: DomainId) {
        if self.standing(client).is_some_and(|call| call.server == server && call.is_connection()) {
            let generation = self.running_generation(server);
            let fate = Fate { interrupted: (generation, generation), queued: Some(Status::Revoked) };
            self.answer_callers(server, &[client].into_iter().collect(), fate);
        }
    }

    /// Empties a slot of a client's CSpace that holds a connection, takes back what was copied from there, and forgets
    /// the connection.
    pub(in crate::supervisor) fn take_connection(&mut self, client: DomainId, slot: u8) {
        if let Some(domain) = self.room(client).and_then(|room| room.domain.as_ref()) {
            domain.empty_slot(u64::from(slot));
        }
        self.forget_connection(client, slot);
    }

    /// Takes a connection out of a client's CSpace in this turn. What was copied from it is derived from it still, where
    /// it is now: in slot `to` of the supervisor's.
    fn move_connection(&mut self, client: DomainId, slot: u8, to: u64) {
        if let Some(domain) = self.room(client).and_then(|room| room.domain.as_ref()) {
            // What cannot be moved is not there.
            let _ = arch::slot(to).move_(&domain.cspace(u64::from(slot)));
        }
        self.forget_connection(client, slot);
    }

    fn forget_connection(&mut self, client: DomainId, slot: u8) {
        let server = self.ledger.server_of(client, u64::from(slot));
        let private = self.ledger.private_owner(client, u64::from(slot));
        self.ledger.disconnect(client, slot);
        if let Some(owner) = private {
            self.shut_private(owner, Ended::PeerGone);
        }
        if let Some(server) = server {
            self.lose_window_between(client, server);
        }
    }
}

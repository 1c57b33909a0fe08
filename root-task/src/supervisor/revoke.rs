//! Takes one client's capabilities to a module's services back, while the module and its other clients go on.
//!
//! The kernel keeps track of what was copied from the capability in the client's CSpace, wherever it is: one revoke takes
//! all of that. A call that the client stands on is answered first, since nobody would find it afterwards: the ledger
//! says by its slot whose it is.

use heapless::Vec;
use ipc_proto::badge::{Badge, Kind};
use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::label::Status;
use ipc_proto::name::Name;
use ipc_proto::operator::Answer;
use ipc_proto::slots::MAX_CONNECTIONS;
use ipc_proto::supervisor;

use super::operator::{not_loaded, refused};
use super::rescue::Fate;
use super::{Response, Supervisor, answer};

impl Supervisor {
    /// An operator wants a client's capabilities to be taken back.
    pub(super) fn revoke_by_name(&mut self, name: &Name, client: &Name) -> Response {
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
        match self.revoke_client(client_id, server) {
            0 => {
                refused(format_args!("{client} holds no capability to {name}: there is nothing to take back"))
            }
            taken => answer(&Answer::Revoked(taken)),
        }
    }

    /// A module wants one of its own clients' capabilities to be taken back.
    pub(super) fn revoke_by_badge(&mut self, server: Instance, badge: u64) -> Response {
        let client = match Badge::from_word(badge) {
            Some(Badge { kind: Kind::Client, holder, .. }) => self.ledger.resolve(holder),
            _ => None,
        };
        let taken = client.map_or(0, |client| self.revoke_client(client.domain, server.domain));
        answer(&if taken == 0 { supervisor::Answer::Refused } else { supervisor::Answer::Done })
    }

    /// Takes back every capability that `client` holds to services of `server`, and whatever was copied from them; gives
    /// how many it held.
    pub(super) fn revoke_client(&mut self, client: DomainId, server: DomainId) -> u8 {
        if self.standing(client).is_some_and(|call| call.server == server && call.is_connection()) {
            let generation = self.running_generation(server);
            let fate = Fate { interrupted: (generation, generation), queued: Some(Status::Revoked) };
            self.answer_callers(server, &[client].into_iter().collect(), fate);
        }
        let mut taken = 0_u8;
        let held: Vec<u8, { MAX_CONNECTIONS as usize }> =
            self.connections_to(client, server).map(|(slot, _)| slot).collect();
        for slot in held {
            self.take_connection(client, slot);
            taken = taken.saturating_add(1);
        }
        taken
    }

    /// Empties a slot of a client's CSpace that holds a connection, takes back what was copied from there, and forgets
    /// the connection.
    pub(super) fn take_connection(&mut self, client: DomainId, slot: u8) {
        if let Some(domain) = self.room(client).and_then(|room| room.domain.as_ref()) {
            domain.revoke_slot(u64::from(slot));
            // What cannot be deleted is not there.
            let _ = domain.cspace(u64::from(slot)).delete();
        }
        let server = self.ledger.server_of(client, u64::from(slot));
        self.ledger.disconnect(client, slot);
        if let Some(server) = server.filter(|server| !self.ledger.is_client_of(client, *server)) {
            self.lose_window_between(client, server);
        }
    }
}

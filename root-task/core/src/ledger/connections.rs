//! Who is connected to whom: which slot of a client's CSpace holds a capability to which service.
//!
//! **Invariant:** a connection leads to a service that exists. Where the service is freed it is forgotten: its slot in the
//! client's CSpace is emptied by the revoke of the service's endpoint, in the same turn.

use heapless::Vec;
use ipc_proto::badge::{self, Badge, GenerationTag, Holder, Kind};
use ipc_proto::ids::{DomainId, Generation, Instance, ServiceRef};
use ipc_proto::operator::ServiceState;
use ipc_proto::registrar::Refusal;
use ipc_proto::slots::{FIRST_CONNECTION, MAX_CONNECTIONS};

use super::places::Emptied;
use super::{Ledger, MAX_MODULES};

/// A connection that a lookup has made or found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The slot of the client's CSpace.
    pub slot: u8,
    /// The module that serves.
    pub server: DomainId,
    /// Its running instance.
    pub generation: Generation,
    /// The badge to mint, where the capability has to be made: `None` if the slot holds it already.
    pub mint: Option<Badge>,
}

pub(super) fn slot_of(index: usize) -> u8 {
    u8::try_from(index.saturating_add(FIRST_CONNECTION as usize)).unwrap_or(u8::MAX)
}

/// The place of a connection slot among a module's connections; what it is not lies behind the last one.
pub(super) fn index_of(slot: u64) -> Option<usize> {
    usize::try_from(slot.checked_sub(FIRST_CONNECTION)?).ok()
}

impl Ledger {
    /// Connects `client` to a service that it has looked up and that is live. The same pair is connected only once.
    ///
    /// Where the answer says that a capability has to be minted and the kernel refuses,
    /// [`Ledger::disconnect`] takes the connection back.
    ///
    /// # Errors
    /// [`Refusal`]; nothing has changed.
    pub fn connect(&mut self, client: Instance, at: ServiceRef) -> Result<Connection, Refusal> {
        let (connection, index) = self.reach(client, at)?;
        // Whoever has passed it on before: from now on it has it by itself.
        self.set_looked_up(client.domain, index, true);
        Ok(connection)
    }

    /// The connection of `client` to a service that is live, which is entered where there is none; and where among its own.
    ///
    /// # Errors
    /// [`Refusal`]; nothing has changed.
    pub(super) fn reach(&mut self, client: Instance, at: ServiceRef) -> Result<(Connection, usize), Refusal> {
        if !self.is_running(client) {
            return Err(Refusal::NoSuchDomain);
        }
        let used = self.used(at).ok_or(Refusal::Gone)?;
        match used.state {
            ServiceState::Live => {}
            ServiceState::Stopping => return Err(Refusal::NotPublished),
            ServiceState::Reserved if !used.inherited => return Err(Refusal::NotPublished),
            ServiceState::Reserved | ServiceState::Down => return Err(Refusal::NotLive),
            ServiceState::Failed => return Err(Refusal::Failed),
        }
        let server = used.owner;
        let generation = self.module(server).ok_or(Refusal::Gone)?.generation;
        let (index, held) = self.place_for(client.domain, at).ok_or(Refusal::TooManyConnections)?;
        if held {
            return Ok((Connection { slot: slot_of(index), server, generation, mint: None }, index));
        }
        if !self.has_room_for(server, client.domain) {
            return Err(Refusal::TooManyClients);
        }
        self.enter_connection(client.domain, index, at, server);
        let mint = self.badge_of(client.domain, at);
        Ok((Connection { slot: slot_of(index), server, generation, mint }, index))
    }

    pub(super) fn enter_connection(
        &mut self,
        client: DomainId,
        index: usize,
        at: ServiceRef,
        server: DomainId,
    ) {
        if let Some(module) = self.module_mut(client)
            && let Some(place) = module.connections.get_mut(index)
        {
            *place = Some(at);
            module.emptied.fill(index);
        }
        self.set_looked_up(client, index, false);
        if let Some(used) = self.used_mut(at) {
            if used.clients == 0 {
                used.known = used.interface;
            }
            used.clients = used.clients.saturating_add(1);
        }
        self.count(server, client, |connections| connections.saturating_add(1));
    }

    /// The badge with which `client` calls a service.
    pub fn badge_of(&self, client: DomainId, at: ServiceRef) -> Option<Badge> {
        let tag = GenerationTag::of(self.module(client)?.generation);
        Some(Badge { kind: Kind::Client, service: at.index, holder: Holder { domain: client, tag } })
    }

    /// Whether `client` is connected to the server already, or may be.
    fn has_room_for(&self, server: DomainId, client: DomainId) -> bool {
        self.is_client_of(client, server)
            || self.module(server).is_some_and(|module| {
                let clients = module.clients.iter().filter(|connections| **connections > 0).count();
                clients < usize::from(module.max_clients)
            })
    }

    /// Forgets the connection in `slot` of `client`.
    pub fn disconnect(&mut self, client: DomainId, slot: u8) {
        let Some(index) = index_of(slot.into()) else { return };
        self.set_looked_up(client, index, false);
        let Some(module) = self.module_mut(client) else { return };
        let Some(old) = module.connections.get_mut(index).and_then(Option::take) else { return };
        module.emptied.empty(index);
        if let Some(used) = self.used_mut(old) {
            used.clients = used.clients.saturating_sub(1);
            let server = used.owner;
            self.count(server, client, |connections| connections.saturating_sub(1));
        }
    }

    fn count(&mut self, server: DomainId, client: DomainId, change: impl FnOnce(u8) -> u8) {
        let held = self.module_mut(server).and_then(|module| module.clients.get_mut(usize::from(client.0)));
        if let Some(connections) = held {
            *connections = change(*connections);
        }
    }

    /// Whom a call on `slot` of `client`'s CSpace reaches; `None` where the slot holds no connection.
    pub fn server_of(&self, client: DomainId, slot: u64) -> Option<DomainId> {
        self.owner_of(self.connection_in(client, slot)?)
    }

    pub(super) fn connection_in(&self, client: DomainId, slot: u64) -> Option<ServiceRef> {
        *self.module(client)?.connections.get(index_of(slot)?)?
    }

    /// Whether `client` is connected to any service of `server`.
    pub fn is_client_of(&self, client: DomainId, server: DomainId) -> bool {
        let held = self.module(server).and_then(|module| module.clients.get(usize::from(client.0)));
        held.is_some_and(|connections| *connections > 0)
    }

    /// The slots of `client`'s CSpace that hold connections, with the service of each.
    pub fn connections_of(&self, client: DomainId) -> impl Iterator<Item = (u8, ServiceRef)> {
        let module = self.module(client);
        let places = module.map(|module| module.connections.iter().take(usize::from(module.max_connections)));
        places.into_iter().flatten().enumerate().filter_map(|(index, held)| Some((slot_of(index), (*held)?)))
    }

    /// The clients of a service, with the slot of each that holds the capability.
    pub fn clients_of(&self, at: ServiceRef) -> Vec<(DomainId, u8), MAX_MODULES> {
        let held = |module: &super::Module| module.connections.iter().position(|held| *held == Some(at));
        self.iter().filter_map(|(client, module)| Some((client, slot_of(held(module)?)))).collect()
    }

    pub(super) fn drop_connections_of(&mut self, client: DomainId) {
        let places = self.module(client).map_or(0, |module| usize::from(module.max_connections));
        for index in 0..places {
            self.disconnect(client, slot_of(index));
        }
        if let Some(module) = self.module_mut(client) {
            module.taken = [0; MAX_CONNECTIONS as usize];
            module.emptied = Emptied::NONE;
        }
    }

    /// The services of a module are about to be gone.
    pub(super) fn drop_connections_to(&mut self, server: DomainId) {
        for client in (0..badge::MAX_DOMAINS).map(DomainId) {
            if self.is_client_of(client, server) {
                let to_server =
                    |index: &usize| self.server_of(client, u64::from(slot_of(*index))) == Some(server);
                let places: Vec<usize, { MAX_CONNECTIONS as usize }> =
                    (0..usize::from(MAX_CONNECTIONS)).filter(to_server).collect();
                places.into_iter().for_each(|index| self.disconnect(client, slot_of(index)));
            }
        }
    }
}

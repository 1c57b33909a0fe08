//! What the ledger must say, as plain maps: each decision is foretold from the ledger's documentation, without its tables.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    dead_code,
    reason = "a test stops at the first thing that is not as it expects, and not every test uses all of this"
)]

use std::collections::BTreeMap;

use ipc_proto::ids::{DomainId, Generation, Instance, ServiceRef};
use ipc_proto::name::Name;
use ipc_proto::operator::{ServiceState, State};
use ipc_proto::registrar::Refusal;
use ipc_proto::slots::FIRST_CONNECTION;
use root_task_core::ledger::{AdmitError, Connection, MAX_MODULES, MAX_SERVICES, Offer};

/// A module.
#[derive(Clone, Debug)]
pub struct Module {
    pub name: Name,
    pub state: State,
    pub generation: Generation,
    pub restarts: u32,
    pub was_live: bool,
    pub hold: bool,
    pub connections: u8,
    pub names: u16,
    pub clients: u16,
    /// Who has died since it last asked; `None` where it does not want to know.
    pub departures: Option<BTreeMap<DomainId, Generation>>,
}

/// A service.
#[derive(Clone, Copy, Debug)]
pub struct Service {
    pub owner: DomainId,
    pub offer: Offer,
    pub state: ServiceState,
    pub published: bool,
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub modules: BTreeMap<DomainId, Module>,
    pub services: BTreeMap<ServiceRef, Service>,
    /// Those that lead to a service that exists.
    pub connections: BTreeMap<(DomainId, u8), ServiceRef>,
    /// The slots of a running instance in which there is nothing any more, and since when, by how many have become empty.
    pub emptied: BTreeMap<(DomainId, u8), u32>,
    pub ends: u32,
    /// The newest of each domain, also of those that are unloaded.
    pub generations: BTreeMap<DomainId, Generation>,
}

impl Model {
    pub fn is_running(&self, instance: Instance) -> bool {
        self.modules.get(&instance.domain).is_some_and(|module| {
            let runs = matches!(module.state, State::Starting | State::Held | State::Live | State::Stopping);
            runs && module.generation == instance.generation
        })
    }

    pub fn admits(&self, name: &Name) -> Result<(), AdmitError> {
        if self.modules.values().any(|module| module.name == *name) {
            return Err(AdmitError::AlreadyLoaded);
        }
        if self.modules.len() < MAX_MODULES { Ok(()) } else { Err(AdmitError::TableFull) }
    }

    /// What the reservation comes to; `None` is a service that was not there before.
    pub fn enters(
        &self,
        owner: Instance,
        offer: Offer,
        again: Option<ServiceRef>,
    ) -> Result<Option<ServiceRef>, Refusal> {
        if !self.is_running(owner) {
            return Err(Refusal::NoSuchDomain);
        }
        let module = &self.modules[&owner.domain];
        if module.state != State::Starting {
            return Err(Refusal::AlreadyPublished);
        }
        let owned =
            |at: &ServiceRef| self.services.get(at).is_some_and(|service| service.owner == owner.domain);
        let reserved = |at: &ServiceRef| owned(at) && self.services[at].state == ServiceState::Reserved;
        let again = again.filter(|at| owned(at) && self.services[at].offer == offer);
        let has_room = self.services.keys().filter(|at| reserved(at)).count() < usize::from(module.names);
        if !has_room && !again.is_some_and(|at| reserved(&at)) {
            return Err(Refusal::TooManyForOwner);
        }
        if again.is_some() {
            return Ok(again);
        }
        if self.services.len() >= MAX_SERVICES { Err(Refusal::TooManyServices) } else { Ok(None) }
    }

    /// What the lookup comes to: the connection, and whether it is new.
    pub fn connects(&self, client: Instance, at: ServiceRef) -> Result<(Connection, bool), Refusal> {
        if !self.is_running(client) {
            return Err(Refusal::NoSuchDomain);
        }
        let service = self.services.get(&at).ok_or(Refusal::Gone)?;
        match service.state {
            ServiceState::Live => {}
            ServiceState::Stopping => return Err(Refusal::NotPublished),
            ServiceState::Reserved if !service.published => return Err(Refusal::NotPublished),
            ServiceState::Reserved | ServiceState::Down => return Err(Refusal::NotLive),
            ServiceState::Failed => return Err(Refusal::Failed),
        }
        let (server, most) = (&self.modules[&service.owner], self.modules[&client.domain].connections);
        let connection =
            |slot| Connection { slot, server: service.owner, generation: server.generation, mint: None };
        let first = FIRST_CONNECTION as u8;
        let mut slots = first..first + most;
        if let Some(slot) = slots.find(|slot| self.connections.get(&(client.domain, *slot)) == Some(&at)) {
            return Ok((connection(slot), false));
        }
        let free =
            (first..first + most).filter(|slot| !self.connections.contains_key(&(client.domain, *slot)));
        // One that was never used before one that was, and that before one that was used later.
        let slot = free.min_by_key(|slot| self.emptied.get(&(client.domain, *slot)).copied());
        let slot = slot.ok_or(Refusal::TooManyConnections)?;
        let others = (0..MAX_MODULES as u16).map(DomainId).filter(|other| *other != client.domain);
        let others = others.filter(|other| self.is_client_of(*other, service.owner)).count();
        if !self.is_client_of(client.domain, service.owner) && others >= usize::from(server.clients) {
            return Err(Refusal::TooManyClients);
        }
        Ok((connection(slot), true))
    }

    pub fn is_client_of(&self, client: DomainId, server: DomainId) -> bool {
        let to_server = |at: &ServiceRef| self.services[at].owner == server;
        self.connections.iter().any(|((holder, _), at)| *holder == client && to_server(at))
    }

    pub fn clients_of(&self, at: ServiceRef) -> Vec<(DomainId, u8)> {
        self.connections.iter().filter(|(_, held)| **held == at).map(|(place, _)| *place).collect()
    }

    pub fn start(&mut self, domain: DomainId, generation: Generation) {
        let newest = self.generations.insert(domain, generation).unwrap_or(Generation::NONE);
        assert!(generation > newest, "generation {generation} of domain {domain} after {newest}");
        let module = self.modules.get_mut(&domain).unwrap();
        module.restarts += u32::from(module.generation != Generation::NONE);
        (module.state, module.generation) = (State::Starting, generation);
        module.departures.iter_mut().for_each(BTreeMap::clear);
    }

    /// All that was reserved becomes visible; gives the services that were not reserved again.
    pub fn go_live(&mut self, domain: DomainId) -> Vec<ServiceRef> {
        let module = self.modules.get_mut(&domain).unwrap();
        (module.state, module.was_live, module.hold) = (State::Live, true, false);
        let mut dropped = Vec::new();
        for (at, service) in self.services.iter_mut().filter(|(_, service)| service.owner == domain) {
            match service.state {
                ServiceState::Reserved => (service.state, service.published) = (ServiceState::Live, true),
                _ => dropped.push(*at),
            }
        }
        dropped
    }

    pub fn hide(&mut self, domain: DomainId, state: State, services: ServiceState) {
        self.modules.get_mut(&domain).unwrap().state = state;
        let live =
            |service: &&mut Service| matches!(service.state, ServiceState::Live | ServiceState::Stopping);
        let own = self.services.values_mut().filter(|service| service.owner == domain);
        own.filter(live).for_each(|service| service.state = services);
    }

    pub fn watchers_of(&self, client: DomainId) -> Vec<DomainId> {
        let watches = |(_, module): &(&DomainId, &Module)| module.departures.is_some();
        let servers = self.modules.iter().filter(watches).map(|(server, _)| *server);
        servers.filter(|server| self.is_client_of(client, *server)).collect()
    }

    pub fn die(&mut self, domain: DomainId) {
        let generation = self.modules[&domain].generation;
        for server in self.watchers_of(domain) {
            let departures = self.modules.get_mut(&server).unwrap().departures.as_mut().unwrap();
            departures.insert(domain, generation);
        }
        self.leave(domain);
        self.modules.get_mut(&domain).unwrap().state = State::Dead;
        self.services.retain(|_, service| service.owner != domain || service.published);
        let own = self.services.values_mut().filter(|service| service.owner == domain);
        own.for_each(|service| service.state = ServiceState::Down);
    }

    pub fn fail(&mut self, domain: DomainId) {
        self.modules.get_mut(&domain).unwrap().state = State::Failed;
        let own = self.services.values_mut().filter(|service| service.owner == domain);
        own.for_each(|service| service.state = ServiceState::Failed);
    }

    pub fn remove(&mut self, domain: DomainId) {
        self.leave(domain);
        self.modules.remove(&domain);
        let own = |at: &ServiceRef| self.services[at].owner == domain;
        let lost: Vec<_> =
            self.connections.iter().filter(|(_, at)| own(at)).map(|(place, _)| *place).collect();
        lost.into_iter().for_each(|(client, slot)| self.disconnect(client, slot));
        self.services.retain(|_, service| service.owner != domain);
    }

    pub fn free(&mut self, at: ServiceRef) {
        for (client, slot) in self.clients_of(at) {
            self.disconnect(client, slot);
        }
        self.services.remove(&at);
    }

    /// The running instance of a module keeps nothing.
    fn leave(&mut self, domain: DomainId) {
        self.connections.retain(|(client, _), _| *client != domain);
        self.emptied.retain(|(client, _), _| *client != domain);
    }

    pub fn connect(&mut self, client: DomainId, slot: u8, at: ServiceRef) {
        self.connections.insert((client, slot), at);
        self.emptied.remove(&(client, slot));
    }

    pub fn disconnect(&mut self, client: DomainId, slot: u8) {
        if self.connections.remove(&(client, slot)).is_some() {
            self.ends += 1;
            self.emptied.insert((client, slot), self.ends);
        }
    }
}

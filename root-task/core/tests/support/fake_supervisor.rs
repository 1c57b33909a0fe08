//! Stands in for the supervisor: carries out what the ledger and the restart policy decide, and compares each decision with
//! the model's.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    dead_code,
    reason = "a test stops at the first thing that is not as it expects, and not every test uses all of this"
)]

use std::collections::BTreeMap;

use ipc_proto::badge::{GenerationTag, Holder, Kind};
use ipc_proto::ids::{DomainId, Generation, Instance, ServiceRef};
use ipc_proto::manifest::OnLoss;
use ipc_proto::name::Name;
use ipc_proto::operator::{ServiceState, State};
use ipc_proto::registrar::Refusal;
use root_task_core::ledger::{
    Connection, Ledger, MAX_MODULES, MAX_SERVICES_PER_MODULE, Offer, PublishDecision,
};
use root_task_core::restart::{Budget, Cause, Decision, Restart};

use crate::fake_restarts::Restarts;
use crate::model::{Model, Module};

/// Of how many instances of a domain the badges are tried.
const REMEMBERED: usize = 8;

/// What a module is loaded with.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    pub connections: u8,
    pub names: u16,
    pub clients: u16,
    pub hold: bool,
    pub watches: bool,
    pub policy: Restart,
}

/// The ledger, what it must say, and what the supervisor keeps beside it.
pub struct Supervisor {
    pub ledger: Ledger,
    pub model: Model,
    restarts: Restarts,
    /// Instances that there were, the newest of each domain last.
    pub instances: BTreeMap<DomainId, Vec<Instance>>,
    /// The dead that are not reaped yet, each with its cause.
    pub dead: Vec<(DomainId, Cause)>,
}

impl Supervisor {
    pub fn new(budget: Budget) -> Supervisor {
        Supervisor {
            ledger: Ledger::new(),
            model: Model::default(),
            restarts: Restarts::new(budget),
            instances: BTreeMap::new(),
            dead: Vec::new(),
        }
    }

    pub fn load(&mut self, name: Name, terms: Terms) {
        let expected = self.model.admits(&name);
        let domain = match self.ledger.admit(name, terms.connections, terms.hold) {
            Ok(domain) => domain,
            Err(error) => return assert_eq!(Err(error), expected),
        };
        assert_eq!(expected, Ok(()));
        self.ledger.restrict(domain, terms.names, terms.clients);
        self.ledger.fit(domain, terms.connections, terms.watches, OnLoss::Ignore);
        let Terms { connections, names, clients, hold, watches, policy } = terms;
        let names = names.min(MAX_SERVICES_PER_MODULE);
        let departures = watches.then(BTreeMap::new);
        let (state, generation) = (State::Loaded, Generation::NONE);
        let (restarts, was_live) = (0, false);
        let new = Module {
            name,
            state,
            generation,
            restarts,
            was_live,
            hold,
            connections,
            names,
            clients,
            departures,
        };
        assert!(self.model.modules.insert(domain, new).is_none(), "place {domain} is taken");
        self.restarts.load(domain, policy);
        self.start(domain);
    }

    fn start(&mut self, domain: DomainId) {
        let generation = self.ledger.start(domain).unwrap();
        self.model.start(domain, generation);
        assert_eq!(self.ledger.start(domain), None, "it runs already");
        let instances = self.instances.entry(domain).or_default();
        if instances.len() == REMEMBERED {
            instances.remove(0);
        }
        instances.push(Instance { domain, generation });
    }

    pub fn enter(
        &mut self,
        owner: Instance,
        offer: Offer,
        again: Option<ServiceRef>,
    ) -> Result<ServiceRef, Refusal> {
        let expected = self.model.enters(owner, offer, again);
        let entered = self.ledger.enter(owner, offer, again);
        match (entered, expected) {
            (Ok(at), Ok(earlier)) => {
                assert!(earlier.is_none_or(|earlier| earlier == at), "{earlier:?} was taken up as {at:?}");
                let new = crate::model::Service {
                    owner: owner.domain,
                    offer,
                    state: ServiceState::Reserved,
                    published: false,
                };
                let service = self.model.services.entry(at).or_insert(new);
                assert!(earlier.is_some() || !service.published, "{at:?} is another service's");
                service.state = ServiceState::Reserved;
            }
            (entered, expected) => assert_eq!(entered.err(), expected.err(), "{owner:?} again {again:?}"),
        }
        entered
    }

    pub fn publish(&mut self, who: Instance) {
        let module = self.model.modules.get(&who.domain);
        let starting =
            self.model.is_running(who) && module.is_some_and(|module| module.state == State::Starting);
        match self.ledger.publish(who) {
            PublishDecision::Nothing => assert!(!starting),
            PublishDecision::Held => {
                let module = self.model.modules.get_mut(&who.domain).unwrap();
                assert!(starting && module.hold);
                module.state = State::Held;
            }
            PublishDecision::Live(dropped) => {
                assert!(starting && !module.unwrap().hold);
                self.went_live(who.domain, &dropped);
            }
        }
    }

    pub fn release(&mut self, domain: DomainId) {
        let held = self.model.modules.get(&domain).is_some_and(|module| module.state == State::Held);
        let released = self.ledger.release(domain);
        assert_eq!(released.is_some(), held);
        if let Some(dropped) = released {
            self.went_live(domain, &dropped);
        }
    }

    /// As the supervisor does: the clients' capabilities are taken back before the services are forgotten.
    fn went_live(&mut self, domain: DomainId, dropped: &[ServiceRef]) {
        assert_eq!(self.model.go_live(domain), dropped, "what was not reserved again");
        for at in dropped {
            for (client, slot) in self.ledger.clients_of(*at) {
                self.disconnect(client, slot);
            }
            self.ledger.free_service(*at);
            self.model.free(*at);
        }
    }

    pub fn stop(&mut self, domain: DomainId) {
        let live = self.model.modules.get(&domain).is_some_and(|module| module.state == State::Live);
        assert_eq!(self.ledger.stop(domain), live);
        if live {
            self.model.hide(domain, State::Stopping, ServiceState::Stopping);
        }
    }

    pub fn cancel_stop(&mut self, domain: DomainId) {
        let stopping = self.model.modules.get(&domain).is_some_and(|module| module.state == State::Stopping);
        assert_eq!(self.ledger.cancel_stop(domain), stopping);
        if stopping {
            self.model.hide(domain, State::Live, ServiceState::Live);
        }
    }

    pub fn connect(&mut self, client: Instance, at: ServiceRef) -> Result<Connection, Refusal> {
        let expected = self.model.connects(client, at);
        let connected = self.ledger.connect(client, at);
        match (connected, expected) {
            (Ok(connection), Ok((foretold, new))) => {
                assert_eq!(Connection { mint: None, ..connection }, foretold);
                assert_eq!(connection.mint.is_some(), new, "a capability is made once");
                if let Some(badge) = connection.mint {
                    let holder = Holder { domain: client.domain, tag: GenerationTag::of(client.generation) };
                    assert_eq!((badge.kind, badge.service, badge.holder), (Kind::Client, at.index, holder));
                }
                self.model.connect(client.domain, connection.slot, at);
            }
            (connected, expected) => assert_eq!(connected.err(), expected.err(), "{client:?} to {at:?}"),
        }
        connected
    }

    pub fn disconnect(&mut self, client: DomainId, slot: u8) {
        self.ledger.disconnect(client, slot);
        self.model.disconnect(client, slot);
    }

    /// An instance ends; what comes of it is decided when it is reaped.
    pub fn dies(&mut self, domain: DomainId, cause: Cause) {
        let current =
            self.model.modules.get(&domain).map(|module| Instance { domain, generation: module.generation });
        let running = current.filter(|instance| self.model.is_running(*instance));
        let watchers = self.ledger.watchers_of(domain);
        let death = self.ledger.died(domain);
        assert_eq!(death.is_some(), running.is_some());
        let Some(death) = death else { return };
        let module = &self.model.modules[&domain];
        let expected = (module.state, module.was_live, module.restarts);
        assert_eq!((death.was, death.was_live, death.restarts), expected);
        assert_eq!(watchers.as_slice(), self.model.watchers_of(domain));
        self.model.die(domain);
        self.dead.push((domain, cause));
    }

    /// Reaps the one that died first, and does what its policy says.
    pub fn reap(&mut self) {
        if self.dead.is_empty() {
            return;
        }
        let (domain, cause) = self.dead.remove(0);
        let module = &self.model.modules[&domain];
        if !module.was_live {
            return self.unload(domain);
        }
        match self.restarts.decide(domain, cause) {
            Decision::Restart(_) => self.start(domain),
            Decision::Stay => self.unload(domain),
            Decision::Fail(_) => {
                self.ledger.fail(domain);
                self.model.fail(domain);
            }
        }
    }

    /// The next instance is made of another file, if none runs.
    pub fn fit(&mut self, domain: DomainId, connections: u8, watches: bool) {
        self.ledger.fit(domain, connections, watches, OnLoss::Ignore);
        if let Some(module) = self.model.modules.get_mut(&domain)
            && matches!(module.state, State::Dead | State::Failed)
        {
            module.connections = connections;
            module.departures = watches.then(BTreeMap::new);
        }
    }

    /// An operator brings back what has failed.
    pub fn restart(&mut self, domain: DomainId) {
        if self.model.modules.get(&domain).is_some_and(|module| module.state == State::Failed) {
            self.restarts.forgive(domain);
            self.start(domain);
        }
    }

    pub fn unload(&mut self, domain: DomainId) {
        self.dies(domain, Cause::Finished);
        self.dead.retain(|(dead, _)| *dead != domain);
        self.ledger.remove(domain);
        if self.model.modules.contains_key(&domain) {
            self.model.remove(domain);
        }
        self.restarts.forget(domain);
    }

    pub fn take_departures(&mut self, domain: DomainId) {
        let told = self.ledger.take_departures(domain);
        let told: BTreeMap<_, _> =
            told.iter().map(|instance| (instance.domain, instance.generation)).collect();
        let departures = self.model.modules.get_mut(&domain).and_then(|module| module.departures.as_mut());
        assert_eq!(told, departures.map(std::mem::take).unwrap_or_default());
    }

    /// The newest instance of one of the loaded modules; of a domain that never was where none is loaded.
    pub fn pick(&self, which: impl FnOnce(usize) -> usize) -> Instance {
        let loaded = self.model.modules.len();
        let domain = (loaded > 0).then(|| self.model.modules.keys().nth(which(loaded)).copied()).flatten();
        let domain = domain.unwrap_or(DomainId(MAX_MODULES as u16 - 1));
        let generation = self.model.generations.get(&domain).copied().unwrap_or(Generation::NONE);
        Instance { domain, generation }
    }
}

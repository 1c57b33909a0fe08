//! What each step of a domain's life changes in the tables.

use heapless::Vec;
use ipc_proto::ids::{DomainId, Generation, Instance, ServiceRef};
use ipc_proto::operator::{ServiceState, State};

use super::{Ledger, MAX_SERVICES, Step};

/// What a publish comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublishDecision {
    /// Everything that the instance reserved is visible now. The services in the list belonged to an earlier
    /// instance and were not reserved again: they are gone, and the root task takes their clients' capabilities
    /// back.
    Live(Vec<ServiceRef, MAX_SERVICES>),
    /// The operator holds the module: answer later.
    Held,
    /// It has published before, or is not running: nothing to do.
    Nothing,
}

/// What the death of an instance comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Death {
    /// The state before.
    pub was: State,
    /// Whether any instance of the module has ever been live.
    pub was_live: bool,
    /// How often it was started again so far.
    pub restarts: u32,
}

impl Ledger {
    /// Starts a new instance of a dead module: the next generation, in state `Starting`.
    /// `None` where the module is not loaded, not dead, or has used up its generations.
    pub fn start(&mut self, domain: DomainId) -> Option<Generation> {
        let counter = self.generations.get_mut(usize::from(domain.0))?;
        let module = self.modules.get_mut(usize::from(domain.0))?.as_mut()?;
        let generation = counter.next()?;
        if !module.life.step(Step::Start) {
            return None;
        }
        *counter = generation;
        if module.generation != Generation::NONE {
            module.restarts = module.restarts.saturating_add(1);
        }
        module.generation = generation;
        // A new instance keeps nothing for anybody yet, and has no server to lose.
        module.lost = 0;
        module.departures.as_mut().map(Vec::clear);
        Some(generation)
    }

    /// Publishes all reservations of `instance` in this one call, or none.
    pub fn publish(&mut self, instance: Instance) -> PublishDecision {
        if !self.is_running(instance) {
            return PublishDecision::Nothing;
        }
        let Some(module) = self.module_mut(instance.domain) else { return PublishDecision::Nothing };
        if module.hold && module.life.step(Step::Hold) {
            return PublishDecision::Held;
        }
        match module.life.step(Step::Publish) {
            true => PublishDecision::Live(self.flip(instance.domain)),
            false => PublishDecision::Nothing,
        }
    }

    /// Lets a held module publish. `None` where it is not held.
    pub fn release(&mut self, domain: DomainId) -> Option<Vec<ServiceRef, MAX_SERVICES>> {
        let released = self.module_mut(domain)?.life.step(Step::Release);
        released.then(|| self.flip(domain))
    }

    /// The flip itself: cannot fail, allocates nothing, and is not interrupted by any other change.
    fn flip(&mut self, domain: DomainId) -> Vec<ServiceRef, MAX_SERVICES> {
        self.close(domain);
        if let Some(module) = self.module_mut(domain) {
            module.was_live = true;
            module.hold = false;
        }
        let mut dropped = Vec::new();
        for (index, service) in (0u16..).zip(self.services.iter_mut()) {
            let epoch = service.epoch;
            let Some(used) = service.used.as_mut().filter(|used| used.owner == domain) else { continue };
            if used.state == ServiceState::Reserved {
                used.state = ServiceState::Live;
                used.inherited = true;
                used.published = used.interface;
                used.known = used.interface.or(used.known);
            } else {
                let full = dropped.push(ServiceRef { index, epoch });
                debug_assert!(full.is_ok(), "the list is as long as the table");
            }
        }
        dropped
    }

    /// A live module is being unloaded: nobody finds its services any more. `false` where it is not live.
    pub fn stop(&mut self, domain: DomainId) -> bool {
        self.hide(domain, Step::Stop, ServiceState::Live, ServiceState::Stopping)
    }

    /// It is not unloaded after all: everything is as it was. `false` where it is not stopping.
    pub fn cancel_stop(&mut self, domain: DomainId) -> bool {
        self.hide(domain, Step::Cancel, ServiceState::Stopping, ServiceState::Live)
    }

    fn hide(&mut self, domain: DomainId, step: Step, from: ServiceState, to: ServiceState) -> bool {
        let done = self.module_mut(domain).is_some_and(|module| module.life.step(step));
        let own = self.services.iter_mut().filter_map(|service| service.used.as_mut());
        for used in own.filter(|used| done && used.owner == domain && used.state == from) {
            used.state = to;
        }
        done
    }

    /// Frees a service that a publish has dropped, after its clients' capabilities are taken back.
    pub fn free_service(&mut self, at: ServiceRef) {
        if !self.exists(at) {
            return;
        }
        for (client, slot) in self.clients_of(at) {
            self.disconnect(client, slot);
        }
        if let Some(service) = self.services.get_mut(usize::from(at.index)) {
            service.free();
        }
    }

    /// The running instance has died, however. Fresh reservations vanish; what was live before is `Down` until a
    /// new instance publishes it again; the instance's own connections are forgotten.
    /// `None` where no instance is running.
    pub fn died(&mut self, domain: DomainId) -> Option<Death> {
        let module = self.module_mut(domain)?;
        let was = module.state();
        if !module.life.step(Step::Die) {
            return None;
        }
        let death = Death { was, was_live: module.was_live, restarts: module.restarts };
        let generation = module.generation;
        self.note_departure(Instance { domain, generation });
        self.drop_connections_of(domain);
        self.withdraw(domain);
        self.close(domain);
        for service in self.services.iter_mut().filter(|service| service.is_owned_by(domain)) {
            match &mut service.used {
                Some(used) if used.inherited => used.state = ServiceState::Down,
                _ => service.free(),
            }
        }
        Some(death)
    }

    /// A dead module is not started again by itself. It keeps its place until it is unloaded, or an operator has it
    /// started; so do its services and their clients, whose calls the root task answers meanwhile.
    pub fn fail(&mut self, domain: DomainId) {
        if self.module_mut(domain).is_some_and(|module| module.life.step(Step::Fail)) {
            let own = self.services.iter_mut().filter_map(|service| service.used.as_mut());
            for used in own.filter(|used| used.owner == domain) {
                used.state = ServiceState::Failed;
            }
        }
    }
}

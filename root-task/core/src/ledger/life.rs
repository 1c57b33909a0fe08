//! A domain's life: `Dead → Starting (→ Held) → Live → Dead`, and `Failed` when it is not started again.

use heapless::Vec;
use ipc_proto::ids::{DomainId, Generation, Instance, ServiceRef};
use ipc_proto::operator::{ServiceState, State};

use super::{Ledger, MAX_SERVICES};

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
        if module.state != State::Dead {
            return None;
        }
        let generation = counter.next()?;
        *counter = generation;
        if module.generation != Generation::NONE {
            module.restarts = module.restarts.saturating_add(1);
        }
        module.generation = generation;
        module.state = State::Starting;
        Some(generation)
    }

    /// Publishes all reservations of `instance` in this one call, or none.
    pub fn publish(&mut self, instance: Instance) -> PublishDecision {
        if !self.is_running(instance) {
            return PublishDecision::Nothing;
        }
        let Some(module) = self.module_mut(instance.domain) else { return PublishDecision::Nothing };
        match module.state {
            State::Starting if module.hold => {
                module.state = State::Held;
                PublishDecision::Held
            }
            State::Starting => PublishDecision::Live(self.flip(instance.domain)),
            _ => PublishDecision::Nothing,
        }
    }

    /// Lets a held module publish. `None` where it is not held.
    pub fn release(&mut self, domain: DomainId) -> Option<Vec<ServiceRef, MAX_SERVICES>> {
        let module = self.module_mut(domain).filter(|module| module.state == State::Held)?;
        module.hold = false;
        Some(self.flip(domain))
    }

    /// The flip itself: cannot fail, allocates nothing, and is not interrupted by any other change.
    fn flip(&mut self, domain: DomainId) -> Vec<ServiceRef, MAX_SERVICES> {
        if let Some(module) = self.module_mut(domain) {
            module.state = State::Live;
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
            } else {
                let full = dropped.push(ServiceRef { index, epoch });
                debug_assert!(full.is_ok(), "the list is as long as the table");
            }
        }
        dropped
    }

    /// Frees a service that a publish has dropped, after its clients' capabilities are taken back.
    pub fn free_service(&mut self, at: ServiceRef) {
        if self.exists(at)
            && let Some(service) = self.services.get_mut(usize::from(at.index))
        {
            service.free();
        }
    }

    /// The running instance has died, however. Fresh reservations vanish; what was live before is `Down` until a
    /// new instance publishes it again; the instance's own connections are forgotten.
    /// `None` where no instance is running.
    pub fn died(&mut self, domain: DomainId) -> Option<Death> {
        let module = self.module_mut(domain)?;
        let was = module.state;
        if !matches!(was, State::Starting | State::Held | State::Live) {
            return None;
        }
        module.state = State::Dead;
        let death = Death { was, was_live: module.was_live, restarts: module.restarts };
        self.drop_connections_of(domain);
        for service in self.services.iter_mut().filter(|service| service.is_owned_by(domain)) {
            match &mut service.used {
                Some(used) if used.inherited => used.state = ServiceState::Down,
                _ => service.free(),
            }
        }
        Some(death)
    }

    /// A dead module is not started again. It keeps its place, so that `ps` shows it, until it is unloaded; its
    /// services are gone, and the root task takes every capability to them back.
    pub fn fail(&mut self, domain: DomainId) {
        if let Some(module) = self.module_mut(domain).filter(|module| module.state == State::Dead) {
            module.state = State::Failed;
            for service in self.services.iter_mut().filter(|service| service.is_owned_by(domain)) {
                service.free();
            }
        }
    }
}

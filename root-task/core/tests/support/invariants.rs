//! What holds of the ledger at every moment, whatever has happened.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    dead_code,
    reason = "a test stops at the first thing that is not as it expects, and not every test uses all of this"
)]

use ipc_proto::badge::{GenerationTag, Holder};
use ipc_proto::ids::{DomainId, ServiceRef};
use ipc_proto::operator::{ServiceState, State};
use root_task_core::ledger::{Ledger, MAX_MODULES};

use crate::fake_supervisor::Supervisor;

impl Supervisor {
    /// Stops where the ledger says something else than the model, or a rule is broken. `gone` are services that there were.
    pub fn check(&self, gone: &[ServiceRef]) {
        let loaded: Vec<_> = self.ledger.iter().map(|(domain, module)| (domain, module.name)).collect();
        let expected: Vec<_> =
            self.model.modules.iter().map(|(domain, module)| (*domain, module.name)).collect();
        assert_eq!(loaded, expected);
        for domain in (0..MAX_MODULES as u16).map(DomainId) {
            self.check_module(domain);
        }
        for at in self.model.services.keys() {
            self.check_service(*at);
        }
        for at in gone.iter().filter(|at| !self.model.services.contains_key(at)) {
            assert!(!self.ledger.exists(*at) && self.ledger.service_info(*at).is_none(), "{at:?} is gone");
        }
        badges_of_the_dead_are_stale(self);
    }

    fn check_module(&self, domain: DomainId) {
        let (ledger, model) = (&self.ledger, &self.model);
        let held: Vec<_> = model
            .connections
            .iter()
            .filter(|((client, _), _)| *client == domain)
            .map(|((_, slot), at)| (*slot, *at))
            .collect();
        assert!(ledger.connections_of(domain).eq(held.iter().copied()), "connections of {domain}: {held:?}");
        for (slot, at) in &held {
            assert_eq!(ledger.server_of(domain, u64::from(*slot)), Some(model.services[at].owner));
        }
        for server in model.modules.keys() {
            let is = ledger.is_client_of(domain, *server);
            assert_eq!(is, model.is_client_of(domain, *server), "{domain} is a client of {server}");
        }
        let Some(expected) = model.modules.get(&domain) else {
            return assert!(ledger.module(domain).is_none());
        };
        let module = ledger.module(domain).unwrap();
        let said = (module.state(), module.generation, module.restarts, module.was_live, module.hold);
        let (state, generation) = (expected.state, expected.generation);
        assert_eq!(
            said,
            (state, generation, expected.restarts, expected.was_live, expected.hold),
            "{domain}"
        );
    }

    fn check_service(&self, at: ServiceRef) {
        let service = self.model.services[&at];
        let info = self.ledger.service_info(at).unwrap();
        let clients = self.ledger.clients_of(at);
        assert_eq!(clients.as_slice(), self.model.clients_of(at), "clients of {at:?}");
        assert_eq!(usize::from(info.clients), clients.len(), "the count of {at:?}");
        assert_eq!(info.state, service.state, "{at:?}");
        let owner = &self.model.modules[&service.owner];
        assert_eq!(info.owner, owner.name);
        // Said without the model: nobody is connected to what was never published, and nothing of a dead module is live.
        assert!(clients.is_empty() || service.published, "clients of {at:?}, which was never published");
        let with_owner = match info.state {
            ServiceState::Reserved => matches!(owner.state, State::Starting | State::Held),
            ServiceState::Live => owner.state == State::Live,
            ServiceState::Stopping => owner.state == State::Stopping,
            ServiceState::Down => matches!(owner.state, State::Starting | State::Held | State::Dead),
            ServiceState::Failed => matches!(owner.state, State::Starting | State::Held | State::Failed),
        };
        assert!(with_owner, "{at:?} is {} and its module {}", info.state, owner.state);
    }
}

fn badges_of_the_dead_are_stale(supervisor: &Supervisor) {
    let ledger: &Ledger = &supervisor.ledger;
    for instance in supervisor.instances.values().flatten() {
        let holder = Holder { domain: instance.domain, tag: GenerationTag::of(instance.generation) };
        let running = supervisor.model.is_running(*instance);
        assert_eq!(ledger.is_running(*instance), running, "{instance:?}");
        assert_eq!(ledger.resolve(holder), running.then_some(*instance), "{instance:?}");
    }
}

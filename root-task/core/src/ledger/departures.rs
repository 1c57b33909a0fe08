//! Which clients of a module have died since it last asked: so that it can drop what it keeps for them.
//!
//! Told before the client's next instance can be connected, and so before anybody can call with that client's number
//! again: the supervisor signals in the turn of the death, and the kernel delivers a signal before any call.

use heapless::Vec;
use ipc_proto::ids::{DomainId, Instance};

use super::{Ledger, MAX_MODULES};

/// The clients of a module that have died: of each domain the last instance that did.
pub type Departures = Vec<Instance, MAX_MODULES>;

impl Ledger {
    /// Whether the module wants to know when a client of its services has died.
    pub(super) fn watch_clients(&mut self, domain: DomainId, watches: bool) {
        let Some(module) = self.module_mut(domain) else { return };
        module.departures = watches.then(Departures::new);
        match watches {
            true => self.watchers.insert(domain),
            false => self.watchers.remove(domain),
        }
    }

    /// The modules that want to know when this one dies.
    pub fn watchers_of(&self, client: DomainId) -> Vec<DomainId, MAX_MODULES> {
        if self.watchers.is_empty() {
            return Vec::new();
        }
        let others = self.iter().map(|(domain, _)| domain).filter(|domain| self.watchers.contains(*domain));
        others.filter(|server| self.is_client_of(client, *server)).collect()
    }

    /// What the module has not been told yet; from now on it has.
    pub fn take_departures(&mut self, domain: DomainId) -> Departures {
        let departures = self.module_mut(domain).and_then(|module| module.departures.as_mut());
        departures.map(core::mem::take).unwrap_or_default()
    }

    /// Notes that `client` has died, for everybody who wants to know.
    pub(super) fn note_departure(&mut self, client: Instance) {
        for server in self.watchers_of(client.domain) {
            let departures = self.module_mut(server).and_then(|module| module.departures.as_mut());
            let Some(departures) = departures else { continue };
            departures.retain(|earlier| earlier.domain != client.domain);
            let full = departures.push(client);
            debug_assert!(full.is_ok(), "the list is as long as the table");
        }
    }
}

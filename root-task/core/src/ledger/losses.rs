//! Which of a module's connections have lost their server since it last asked, and who depends on whom.
//!
//! A module is told that something was lost by a signal, and asks what: the signal can come once for many losses, and
//! what it is told of is noted before. A bit for each slot that holds connections has room for all of them.

use heapless::Vec;
use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::losses::{Losses, Now, bit};
use ipc_proto::manifest::OnLoss;
use ipc_proto::operator::ServiceState;

use super::{Ledger, MAX_MODULES};

impl Ledger {
    /// Says what is to become of a module that loses a server.
    pub fn set_on_loss(&mut self, domain: DomainId, on_loss: OnLoss) {
        if let Some(module) = self.module_mut(domain) {
            module.on_loss = on_loss;
            match on_loss {
                OnLoss::Ignore => self.dependents.remove(domain),
                OnLoss::Notify | OnLoss::Restart => self.dependents.insert(domain),
            }
        }
    }

    /// What is to become of a module that loses a server.
    pub fn on_loss(&self, domain: DomainId) -> OnLoss {
        self.module(domain).map_or(OnLoss::Ignore, |module| module.on_loss)
    }

    /// Whether a loss would matter to anybody.
    pub fn has_dependents(&self) -> bool {
        !self.dependents.is_empty()
    }

    /// The modules that run, are connected to services of this one, and want something to be done at its loss.
    pub fn dependents_of(&self, server: DomainId) -> Vec<DomainId, MAX_MODULES> {
        let depend = |(client, module): &(DomainId, &super::Module)| {
            self.dependents.contains(*client)
                && module.life.is_running()
                && self.is_client_of(*client, server)
        };
        self.iter().filter(depend).map(|(client, _)| client).collect()
    }

    /// A client has lost this server: each of its connections to it is noted.
    pub fn note_loss(&mut self, client: DomainId, server: DomainId) {
        let Some(module) = self.module(client) else { return };
        let leads_there = |at| self.owner_of(at) == Some(server);
        let to_server =
            module.connections.iter().enumerate().filter(|(_, held)| held.is_some_and(leads_there));
        let lost = to_server.map(|(index, _)| bit(index)).fold(0, |all, bit| all | bit);
        if let Some(module) = self.module_mut(client) {
            module.lost |= lost;
        }
    }

    /// What the running instance has lost and has not been told yet; from now on it has.
    pub fn take_losses(&mut self, client: Instance) -> Losses {
        if !self.is_running(client) {
            return Losses::NONE;
        }
        let Some(module) = self.module_mut(client.domain) else { return Losses::NONE };
        let lost = core::mem::take(&mut module.lost);
        let held = module.connections;
        Losses::new(lost, |index| {
            let used = held.get(index).copied().flatten().and_then(|at| self.used(at));
            match used.map(|used| used.state) {
                None | Some(ServiceState::Stopping) => Now::Gone,
                Some(ServiceState::Live) => Now::Live,
                Some(ServiceState::Failed) => Now::Failed,
                Some(ServiceState::Reserved | ServiceState::Down) => Now::Down,
            }
        })
    }
}

//! What the loss of a server means for those who depend on it: whom to notify, whom to start again, and in which order.
//!
//! Who depends on whom is read from the connections that the ledger has at that moment, not from what anybody has
//! declared. A module that is to be started again is a loss for its own dependents in turn, so the graph is walked from
//! the server outwards; each module is met once, so that a cycle ends where it began.

use heapless::{Deque, Vec};
use ipc_proto::ids::DomainId;
use ipc_proto::manifest::OnLoss;
use ipc_proto::name::Name;
use ipc_proto::operator::State;

use crate::ledger::{Ledger, MAX_MODULES};
use crate::system::SystemManifest;

/// Modules, each at most once.
pub type Dependents = Vec<DomainId, MAX_MODULES>;

/// What follows from a loss.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Those who are connected to the server and want to be told.
    pub notified: Dependents,
    /// Those who are to be started again, the nearest to the server first: in this order they are started, and in the
    /// opposite one they are ended, so that none of them meets a server that has been ended before it.
    pub restarted: Dependents,
}

/// What follows for others from the loss of `server`: it has died, has failed, or is about to be forgotten.
pub fn plan(ledger: &Ledger, server: DomainId) -> Plan {
    let mut plan = Plan::default();
    // Who is being unloaded is on its way out anyway.
    let stays = |client| ledger.module(client).is_some_and(|module| module.state() != State::Stopping);
    // There is room in each: a module is in it at most once, and it is as long as the table.
    let mut at_hand: Deque<DomainId, MAX_MODULES> = Deque::new();
    let _ = at_hand.push_back(server);
    while let Some(lost) = at_hand.pop_front() {
        for client in ledger.dependents_of(lost) {
            match ledger.on_loss(client) {
                OnLoss::Restart
                    if client != server
                        && !plan.restarted.contains(&client)
                        && stays(client)
                        // What others have passed to it is not what it stands on.
                        && ledger.has_looked_up(client, lost) =>
                {
                    let _ = plan.restarted.push(client);
                    let _ = at_hand.push_back(client);
                }
                // The others are told when their own server is ended.
                OnLoss::Notify if lost == server => {
                    let _ = plan.notified.push(client);
                }
                _ => {}
            }
        }
    }
    plan
}

impl SystemManifest {
    /// What becomes of a module that has lost a server: what the grants say, or else what its own manifest does. But what
    /// holds the system together is started again for another's sake only where the grants say so: the name server,
    /// operators, and what is pinned.
    pub fn on_loss_of(&self, module: &Name, asked: OnLoss) -> OnLoss {
        let granted =
            self.grants.iter().find(|grant| grant.module == *module).and_then(|grant| grant.on_loss);
        let guarded =
            *module == self.name_server || self.operators.contains(module) || self.pinned.contains(module);
        match (granted, asked) {
            (Some(on_loss), _) => on_loss,
            (None, OnLoss::Restart) if guarded => OnLoss::Ignore,
            (None, asked) => asked,
        }
    }
}

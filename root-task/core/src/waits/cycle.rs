//! Who waits for whom: the module that a wait is for, and the cycle in which nobody would ever publish.
//!
//! Only a module whose init runs can still publish a name. So a wait leads to a module only in that state: to the one
//! that has reserved the name, or whose earlier instance had it; where nobody has it, to the one that the system's
//! manifest expects to provide it. A module waits for one name at most, so that no more than one way leads on from each.
//! It waits from when it asks how its wait ends: a cycle is closed by that, or by a name that becomes somebody else's to
//! provide, and never by a reservation, which only somebody makes who does not wait. One that sends the question, goes on
//! and reserves breaks the protocol: a cycle that closes is found at the next look, and until then time ends the waits.

use heapless::Vec;
use ipc_proto::ids::DomainId;
use ipc_proto::name::Name;
use ipc_proto::operator::State;

use super::Waits;
use crate::ledger::{Ledger, MAX_MODULES, Module};
use crate::system::SystemManifest;

/// The members of a cycle: each waits for the next one, and the last for the first.
pub type Members = Vec<DomainId, MAX_MODULES>;

fn can_publish(ledger: &Ledger, domain: DomainId) -> bool {
    ledger.module(domain).is_some_and(|module| Module::state(module) == State::Starting)
}

/// Whom a wait for `name` is for, whatever state that module is in: what an operator is shown.
pub fn expected(ledger: &Ledger, system: &SystemManifest, name: &Name) -> Option<DomainId> {
    let starting = |domain: &DomainId| can_publish(ledger, *domain);
    if let Some(holder) = ledger.holders_of(name).find(starting).or_else(|| ledger.holders_of(name).next()) {
        return Some(holder);
    }
    let mut providers = system.providers_of(name).filter_map(|module| ledger.find(module)).filter(starting);
    let only = providers.next()?;
    // Where more than one can, none of them is what everything depends on.
    providers.next().is_none().then_some(only)
}

/// Whom a wait for `name` is for, as long as that module can still publish it.
pub fn provider(ledger: &Ledger, system: &SystemManifest, name: &Name) -> Option<DomainId> {
    expected(ledger, system, name).filter(|domain| can_publish(ledger, *domain))
}

impl Waits {
    /// A cycle, if there is one; `provider` says whom a wait for a name is for. It begins with the lowest number.
    pub fn cycle(&self, provider: impl Fn(&Name) -> Option<DomainId>) -> Option<Members> {
        let mut ways = [None; MAX_MODULES];
        for wait in self.hoping() {
            if let Some(way) = ways.get_mut(usize::from(wait.client.domain.0)) {
                *way = provider(&wait.name);
            }
        }
        let from = |start: DomainId| {
            let mut members = Members::new();
            let mut at = start;
            // More steps than there are modules lead in circles: then the start is not in that cycle, and it is found
            // from one of its own.
            while members.push(at).is_ok() {
                at = (*ways.get(usize::from(at.0))?)?;
                if at == start {
                    return Some(members);
                }
            }
            None
        };
        self.hoping().find_map(|wait| from(wait.client.domain))
    }
}

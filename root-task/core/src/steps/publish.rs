//! A module becomes visible.

use ipc_proto::ids::{DomainId, Instance, ServiceRef};

use super::waits::{has_published, look_soon};
use super::{Effects, Tables};
use crate::alarms::What;
use crate::ledger::PublishDecision;

/// What came of a publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// All that the instance reserved is visible.
    Live,
    /// The operator holds the module.
    Held,
    /// It was live already, or is dead.
    Nothing,
}

/// A module's init has succeeded: everything that it reserved becomes visible in this one turn, and those who wait for it
/// are answered.
pub fn publish(on: &mut impl Effects, who: Instance) -> Published {
    let altered = on.tables().ledger.altered(who.domain);
    match on.tables().ledger.publish(who) {
        PublishDecision::Live(dropped) => {
            went_live(on, who.domain, &altered, &dropped);
            Published::Live
        }
        PublishDecision::Held => {
            look_soon(on);
            Published::Held
        }
        PublishDecision::Nothing => Published::Nothing,
    }
}

/// The operator lets a held module publish. `false` where it is not held.
pub fn release(on: &mut impl Effects, id: DomainId) -> bool {
    let altered = on.tables().ledger.altered(id);
    let Some(dropped) = on.tables().ledger.release(id) else { return false };
    went_live(on, id, &altered, &dropped);
    true
}

/// A module that was stopping is visible again. `false` where it was not stopping.
pub fn cancel_stop(on: &mut impl Effects, id: DomainId) -> bool {
    let Tables { ledger, alarms, .. } = on.tables();
    if !ledger.cancel_stop(id) {
        return false;
    }
    if let Some(who) = ledger.newest(id) {
        alarms.cancel(What::StopOver(who));
    }
    has_published(on, id);
    true
}

fn went_live(on: &mut impl Effects, id: DomainId, altered: &[ServiceRef], dropped: &[ServiceRef]) {
    for at in altered {
        // What they were passed was of the interface that they had asked for.
        let takers = on.tables().ledger.takers_of(*at);
        take_from(on, &takers);
    }
    for at in dropped {
        drop_service(on, *at);
    }
    has_published(on, id);
}

/// A new instance did not reserve this service again: it is forgotten when nobody has a capability to it any more.
fn drop_service(on: &mut impl Effects, at: ServiceRef) {
    let clients = on.tables().ledger.clients_of(at);
    take_from(on, &clients);
    on.tables().ledger.free_service(at);
}

fn take_from(on: &mut impl Effects, clients: &[(DomainId, u8)]) {
    on.answer_clients(clients);
    for (client, slot) in clients {
        on.take_connection(*client, *slot);
    }
}

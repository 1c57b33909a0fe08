//! Lookups that wait: entered by the name server, awaited by their client, and ended by a publish, a cycle, their time or
//! the client's death.

use heapless::Vec;
use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::name::Name;
use ipc_proto::names::AS_LONG_AS_GRANTED;
use ipc_proto::registrar::{Answer, Refusal, Right};
use ipc_proto::version::VersionRange;
use ipc_proto::waits::{Answer as Ended, Awaited, Cycle};

use super::registrar::may;
use super::{Effects, Tables};
use crate::alarms::What;
use crate::ledger::MAX_SERVICES;
use crate::waits::{Found, Wait, provider};

/// The name server has found nothing for a client that is ready to wait.
pub(super) fn enter_wait(
    on: &mut impl Effects,
    client: Instance,
    name: Name,
    versions: VersionRange,
    micros: u64,
) -> Result<Answer, Refusal> {
    let Tables { ledger, system, .. } = on.tables();
    let granted = system.longest_wait_of(&ledger.module(client.domain).ok_or(Refusal::NoSuchDomain)?.name);
    let micros = if micros == AS_LONG_AS_GRANTED { granted } else { micros };
    if on.is_awaiting(client.domain) {
        return Err(Refusal::WaitsAlready);
    }
    if micros > granted {
        return Err(Refusal::WaitTooLong);
    }
    let now = on.now();
    let Tables { ledger, waits, system, .. } = on.tables();
    let until = now.saturating_add(micros.saturating_mul(1000));
    let wait = Wait { client, name, versions, until };
    let entered = if may(ledger, system, client, Right::LookUp, &name) {
        // It was published while the name server looked.
        if let Some((service, version)) = ledger.find_live(&name, versions) {
            return Ok(Answer::Published { service, version });
        }
        waits.enter(wait, system.waiters)
    } else {
        waits.enter_in_vain(wait, system.waiters)
    };
    entered.map_err(|_| Refusal::TooManyWaiters)?;
    // A turn in which cycles are looked for can be set for now.
    let at = on.tables().alarms.at(What::Waits).map_or(until, |set| set.min(until));
    alarm_at(on, at);
    Ok(Answer::Done)
}

/// A client asks how its wait has ended. `None` where it is answered when it has: at once, where its wait closes a cycle.
pub fn ask(on: &mut impl Effects, who: Instance) -> Option<Ended> {
    match on.tables().waits.ask(who) {
        Found::Ended(how) => Some(Ended::Awaited(how)),
        Found::Nothing => Some(Ended::None),
        Found::Waiting if on.keep_awaiting(who.domain) => {
            tell_cycles(on);
            None
        }
        // There is no room to keep it, or it has not called: better not to wait than to wait for ever.
        Found::Waiting => {
            on.tables().waits.remove(who.domain);
            Some(Ended::None)
        }
    }
}

/// A module is live, for the first time or again: those who wait for what it offers are answered.
pub fn has_published(on: &mut impl Effects, id: DomainId) {
    on.reopen(id);
    let Tables { ledger, waits, .. } = on.tables();
    if waits.waiting().next().is_none() {
        return;
    }
    let offers: Vec<_, MAX_SERVICES> = ledger.live_offers_of(id).collect();
    let now = on.now();
    for offer in offers {
        for client in on.tables().waits.publish(offer, now) {
            answer(on, client);
        }
    }
    look_soon(on);
}

/// The instance is dead, or on its way: its wait is gone, and the room of its question with it.
pub(super) fn drop_wait(on: &mut impl Effects, id: DomainId) {
    on.tables().waits.remove(id);
    on.answer_awaiting(id, None);
    look_soon(on);
}

/// A module has died, has been forgotten, is held or has become live, so others may be expected to provide what some wait
/// for: a turn of its own for that, when the ledger knows all of it.
pub(super) fn look_soon(on: &mut impl Effects) {
    if on.tables().waits.asked().next().is_some() {
        alarm_at(on, on.now());
    }
}

/// That turn, or the time of a wait is over: ends one in a turn.
pub fn look_at_waits(on: &mut impl Effects) {
    let now = on.now();
    if let Some(client) = on.tables().waits.due(now) {
        answer(on, client);
    }
    tell_cycles(on);
    set_alarm(on);
}

/// Ends the waits of everybody who would wait for ever.
fn tell_cycles(on: &mut impl Effects) {
    // Each that is told waits no more, so there are at most as many cycles as modules.
    loop {
        let Tables { ledger, waits, system, .. } = on.tables();
        let Some(members) = waits.cycle(|name| provider(ledger, system, name)) else { return };
        let cycle = Cycle::of(members.iter().filter_map(|id| ledger.module(*id)).map(|module| module.name));
        for member in members {
            on.tables().waits.end(member, Awaited::Cycle(cycle.clone()));
            answer(on, member);
        }
    }
}

/// Answers a client whose wait has ended, if it is there already; otherwise it is told when it asks.
fn answer(on: &mut impl Effects, client: DomainId) {
    if !on.is_awaiting(client) {
        return;
    }
    let Tables { ledger, waits, .. } = on.tables();
    let Some(who) = ledger.newest(client) else { return };
    let ended = match waits.ask(who) {
        Found::Ended(how) => Ended::Awaited(how),
        Found::Nothing | Found::Waiting => Ended::None,
    };
    on.answer_awaiting(client, Some(&ended));
}

fn set_alarm(on: &mut impl Effects) {
    let Tables { waits, alarms, .. } = on.tables();
    match waits.next() {
        Some(at) => alarm_at(on, at),
        None => {
            alarms.cancel(What::Waits);
        }
    }
}

fn alarm_at(on: &mut impl Effects, at: u64) {
    // There is always room: it is one of the supervisor's own.
    let _ = on.tables().alarms.set(What::Waits, at);
    on.set_timer();
}

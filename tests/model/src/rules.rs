//! What must hold in every state, by the invariants of the design, and what must happen in some state for that to mean
//! anything.

use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::operator::{ServiceState, State as Life};
use root_task_core::alarms::What;
use root_task_core::ledger::MAX_MODULES;
use stateright::Property;

use crate::case::{Case, Op, PLACES};
use crate::check::actions;
use crate::state::{Room, State, Thread};

/// All of them.
pub fn all() -> Vec<Property<Case>> {
    vec![
        Property::always("nothing goes wrong", |_, state: &State| state.wrong.is_none()),
        Property::always("1: all names of a module are visible, or none", all_or_nothing),
        Property::always("1: nobody holds a capability to what was never published", published_before_held),
        Property::always("2: nobody waits for ever", nobody_waits_for_ever),
        Property::always("2: nobody waits for what is there", nobody_waits_for_what_is_there),
        Property::always("2: a cycle is told", cycles_are_told),
        Property::always("3: nothing survives", nothing_survives),
        Property::always("3: what is dead does nothing later", nothing_later),
        Property::always("6: the name server knows what there is", the_name_server_knows),
    ]
}

fn rooms(state: &State) -> impl Iterator<Item = (DomainId, &Room)> {
    (0u16..).map(DomainId).zip(&state.rooms).filter_map(|(id, room)| Some((id, room.as_ref()?)))
}

fn threads(state: &State) -> impl Iterator<Item = (DomainId, &Thread)> {
    rooms(state).filter_map(|(id, room)| Some((id, room.thread.as_ref()?)))
}

/// By what the module has done, and not by the ledger's table: it is visible from its publish until its end or its stop.
fn all_or_nothing(_: &Case, state: &State) -> bool {
    rooms(state).all(|(id, room)| {
        let visible = room.thread.as_ref().filter(|thread| thread.published);
        let stops = state.ledger.module(id).is_some_and(|module| module.state() == Life::Stopping);
        let expected = visible.filter(|_| !stops).map_or(0, |thread| thread.reserved);
        state.ledger.live_offers_of(id).count() == expected
    })
}

fn published_before_held(_: &Case, state: &State) -> bool {
    threads(state).all(|(_, thread)| {
        thread.caps.iter().all(|(_, at)| {
            let owner = state.ledger.services_from(0).find(|(_, of, _)| of == at).map(|(owner, ..)| owner);
            owner.is_some_and(|owner| {
                state.rooms[usize::from(owner.0)].as_ref().is_some_and(|room| room.was_live)
            })
        })
    })
}

fn nobody_waits_for_ever(case: &Case, state: &State) -> bool {
    state.wrong.is_some()
        || threads(state).all(|(_, thread)| !thread.is_blocked())
        || !actions(case, state).is_empty()
}

fn nobody_waits_for_what_is_there(_: &Case, state: &State) -> bool {
    state.waits.waiting().all(|wait| state.ledger.find_live(&wait.name, wait.versions).is_none())
}

/// Said without the core's search: whose init waits for whom, closed under going on.
fn cycles_are_told(_: &Case, state: &State) -> bool {
    let starting =
        |id: DomainId| state.ledger.module(id).is_some_and(|module| module.state() == Life::Starting);
    let mut leads = [[false; PLACES]; PLACES];
    for wait in state.waits.waiting() {
        let from = usize::from(wait.client.domain.0);
        for (owner, _, offer) in state.ledger.services_from(0) {
            leads[from][usize::from(owner.0)] |= offer.name == wait.name && starting(owner);
        }
    }
    for via in 0..PLACES {
        for from in 0..PLACES {
            for to in 0..PLACES {
                leads[from][to] |= leads[from][via] && leads[via][to];
            }
        }
    }
    // What a death or a publish has closed is looked at in a turn of its own, which is set for now.
    (0..PLACES).all(|id| !leads[id][id]) || state.alarms.next() == Some(0)
}

/// Of what is not loaded there is nothing, anywhere.
fn nothing_survives(_: &Case, state: &State) -> bool {
    let ledger = &state.ledger;
    let loaded = |id: DomainId| ledger.module(id).is_some();
    let rooms_agree = (0..MAX_MODULES as u16).all(|id| {
        state.rooms.get(usize::from(id)).is_some_and(|room| room.is_some()) == loaded(DomainId(id))
    });
    let services = ledger.services_from(0).all(|(owner, at, _)| {
        let info = ledger.service_info(at).unwrap();
        loaded(owner) && usize::from(info.clients) == ledger.clients_of(at).len()
    });
    let gone = (0..PLACES as u16).map(DomainId).filter(|id| !loaded(*id));
    let clients =
        gone.into_iter().all(|id| ledger.iter().all(|(server, _)| !ledger.is_client_of(id, server)));
    let waits = state.waits.waiting().all(|wait| ledger.is_running(wait.client));
    let dead = state.dead.iter().all(|id| loaded(*id));
    // The books and the kernel agree about who holds what.
    let caps = threads(state).all(|(id, thread)| {
        let mut held = thread.caps.clone();
        held.sort_unstable();
        ledger.connections_of(id).eq(held)
    });
    let without = rooms(state).filter(|(_, room)| room.thread.is_none());
    let of_the_dead = without.map(|(id, _)| state.ledger.connections_of(id).count()).sum::<usize>();
    rooms_agree && services && clients && waits && dead && caps && of_the_dead == 0
}

/// No alarm is set for what is not there any more, or not in the state for it.
fn nothing_later(_: &Case, state: &State) -> bool {
    let is = |who: Instance, life| {
        let module = state.ledger.module(who.domain);
        module.is_some_and(|module| module.generation == who.generation && module.state() == life)
    };
    state.alarms.all().all(|what| match what {
        What::Restart(who) => is(who, Life::Dead),
        What::StopOver(who) => is(who, Life::Stopping),
        _ => true,
    })
}

/// A name server that is live has whatever is live, and every reservation that it has confirmed, under its name.
fn the_name_server_knows(case: &Case, state: &State) -> bool {
    let Some(names) =
        threads(state).find_map(|(_, thread)| thread.names.as_ref().filter(|_| thread.published))
    else {
        return true;
    };
    let knows = |name, owner| {
        names
            .registry()
            .entries()
            .any(|entry| entry.name == name && entry.owner == owner && state.ledger.exists(entry.service))
    };
    let live = state.ledger.services_from(0).all(|(owner, at, offer)| {
        state.ledger.service_info(at).is_none_or(|info| info.state != ServiceState::Live)
            || knows(offer.name, owner)
    });
    live && rooms(state).all(|(id, room)| {
        let names = case.programs[room.program].ops.iter().filter_map(|op| match op {
            Op::Reserve(name) => Some(*name),
            _ => None,
        });
        let confirmed = room.thread.as_ref().map_or(0, |thread| thread.reserved);
        names.take(confirmed).all(|name| knows(name, id))
    })
}

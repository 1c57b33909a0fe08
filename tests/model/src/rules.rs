//! What must hold in every state, by the invariants of the design, and what must happen in some state for that to mean
//! anything.

use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::name::Name;
use ipc_proto::operator::{ServiceState, State as Life};
use ipc_proto::version::VersionRange;
use root_task_core::alarms::What;
use root_task_core::ledger::MAX_MODULES;
use stateright::Property;

use crate::case::{Case, Op, PLACES};
use crate::check::actions;
use crate::state::{At, Room, State, Thread};

/// All of them.
pub fn all() -> Vec<Property<Case>> {
    vec![
        Property::always("nothing goes wrong", |_, state: &State| state.wrong.is_none()),
        Property::always("1: all names of a module are visible, or none", all_or_nothing),
        Property::always("1: nobody holds a capability to what was never published", published_before_held),
        Property::always("2: nobody waits for ever", nobody_waits_for_ever),
        Property::always("2: nobody waits for what is there", nobody_waits_for_what_is_there),
        Property::always("2: a cycle is told", cycles_are_told),
        Property::always("2: who waits in the books waits", who_waits_waits),
        Property::always("3: nothing survives", nothing_survives),
        Property::always("3: a service that is not offered any more is gone", dropped_is_gone),
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

/// Who stands on the question how its wait for a name ends, where that name can come to it.
fn hoping<'a>(case: &'a Case, state: &'a State) -> impl Iterator<Item = (DomainId, Name)> + 'a {
    rooms(state).filter_map(|(id, room)| {
        let thread = room.thread.as_ref().filter(|thread| thread.at == At::Awaits)?;
        match case.ops(room).get(thread.pc)? {
            Op::Find(name, _) => case.may_look_up(room.program, name).then_some((id, *name)),
            _ => None,
        }
    })
}

fn nobody_waits_for_what_is_there(case: &Case, state: &State) -> bool {
    hoping(case, state).all(|(_, name)| state.ledger.find_live(&name, VersionRange::ANY).is_none())
}

/// Said without the core's search: whose init waits for whom, closed under going on. What nobody has is for the one
/// module to provide that the manifest says it of, as long as it can.
fn cycles_are_told(case: &Case, state: &State) -> bool {
    let starting =
        |id: DomainId| state.ledger.module(id).is_some_and(|module| module.state() == Life::Starting);
    let mut leads = [[false; PLACES]; PLACES];
    for (client, name) in hoping(case, state) {
        let holders = state.ledger.services_from(0).filter(|(_, _, offer)| offer.name == name);
        let holders: Vec<_> = holders.map(|(owner, ..)| owner).collect();
        let free = holders.is_empty();
        let mut expected = case.expected_of(&name).filter_map(|module| state.ledger.find(&module));
        let expected = expected.by_ref().find(|id| free && starting(*id)).filter(|_| !expected.any(starting));
        for owner in holders.into_iter().chain(expected).filter(|id| starting(*id)) {
            leads[usize::from(client.0)][usize::from(owner.0)] = true;
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

/// Who stands on the question how its wait ends has one, and nobody else is said to wait.
fn who_waits_waits(_: &Case, state: &State) -> bool {
    let stands = threads(state).filter(|(_, thread)| thread.at == At::Awaits).map(|(id, _)| id);
    stands.eq(state.waits.asked().map(|wait| wait.client.domain))
}

/// A live module has the services that this instance has reserved, and no other.
fn dropped_is_gone(_: &Case, state: &State) -> bool {
    threads(state).filter(|(_, thread)| thread.published).all(|(id, thread)| {
        let owners = state.ledger.services_from(0).map(|(owner, ..)| owner);
        owners.filter(|owner| *owner == id).count() == thread.reserved
    })
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
        let names = case.ops(room).iter().filter_map(|op| match op {
            Op::Reserve(name) => Some(*name),
            _ => None,
        });
        let confirmed = room.thread.as_ref().map_or(0, |thread| thread.reserved);
        names.take(confirmed).all(|name| knows(name, id))
    })
}

//! What must hold in every state, by the invariants of the design: said from what modules know and the kernel has, and not
//! from the supervisor's tables.

use std::collections::BTreeSet;

use ipc_proto::ids::{DomainId, Generation, Instance};
use ipc_proto::operator::ServiceState;
use ipc_proto::passing::Token;
use ipc_proto::slots::FIRST_CONNECTION;
use root_task_core::looks::by_the_manifests;
use root_task_core::windows::{MAX_WINDOWS, View};
use stateright::Property;

use super::case::{Case, PLACES};
use super::shell::World;
use super::state::{Callers, Has, Lies, Mapped, Panes, State, place};

/// All of them.
pub fn all() -> Vec<Property<Case>> {
    vec![
        Property::always("nothing goes wrong", |_, state: &State| state.wrong.is_none()),
        Property::always("2: who stands on a call is held by its server", nobody_is_lost),
        Property::always("2: a reply is given back with its place", places_are_of_replies),
        Property::always("3: the books have what the kernel has", the_books_are_true),
        Property::always("3: a slot is held by who needs it", slots_are_needed),
        Property::always("3: of what is dead there is nothing", nothing_survives),
        Property::always("4: what was taken leads there or nowhere", taken_leads_there),
        Property::always("4: a badge of an earlier instance is nobody's", old_badges),
        Property::always("4: what is put up is up for one, and as long as it is the giver's", up_for_one),
        Property::always("4: memory is shared by the two that it was made for", shared_by_two),
        Property::always("4: who is late writes into its own memory", late_writes),
        Property::always("4: who has lost shared memory has its own there", graves),
        Property::always("4: a server has the memory of whose call it has", memory_of_the_caller),
        Property::always("5: nobody holds what it may not look up", rights_hold),
        Property::always("5: who was passed a connection waits no longer than it would", deadlines),
        Property::always("5: nobody shares more than it may", memory_bound),
    ]
}

fn has(state: &State, who: Instance) -> Option<&Has> {
    let has = state.rooms.get(place(who.domain))?.as_ref()?.has.as_ref();
    has.filter(|_| state.ledger.is_running(who))
}

/// Every instance that there was in a place.
fn ever(state: &State) -> impl Iterator<Item = Instance> + Clone {
    let all = (0..PLACES as u16).map(DomainId);
    all.filter_map(|domain| state.ledger.newest(domain)).flat_map(|newest| {
        (1..=newest.generation.0)
            .map(move |generation| Instance { domain: newest.domain, generation: Generation(generation) })
    })
}

/// It is in its server's hand, or kept by it, in the place that its reply says, or about to be answered.
fn nobody_is_lost(_: &Case, state: &State) -> bool {
    state.running().filter(|(.., has)| has.call.is_some_and(|call| call.received)).all(|(id, _, client)| {
        let who = state.ledger.newest(id).unwrap();
        let is_it = |caller: super::state::Caller| caller.client == who && caller.number == client.calls;
        let servers = state.running().filter(|(_, _, server)| {
            let callers = &server.callers;
            let in_hand = callers.in_hand.is_some_and(is_it) && callers.serves == callers.in_hand;
            let kept = callers
                .replies
                .iter()
                .any(|(at, caller)| is_it(*caller) && callers.locker.contains(&(*at, Lies::Caller(*caller))));
            let about = callers.handed.is_some_and(is_it) && callers.gives == callers.handed;
            usize::from(in_hand) + usize::from(kept) + usize::from(about) == 1
        });
        servers.count() == 1
    })
}

/// The runtime's books have the places of the replies that the program keeps, and no other; so has the locker.
fn places_are_of_replies(_: &Case, state: &State) -> bool {
    state.running().all(|(.., has)| {
        let callers = &has.callers;
        let kept = callers.replies.iter().fold(0_u64, |bits, (at, _)| bits | 1 << at);
        let lie = callers.locker.iter().filter(|(_, lies)| *lies != Lies::Other);
        callers.places.to_word() == kept && lie.clone().all(|(at, _)| kept & 1 << at != 0)
    })
}

fn the_books_are_true(_: &Case, state: &State) -> bool {
    let connections =
        state.running().all(|(id, _, has)| state.ledger.connections_of(id).eq(has.caps.iter().copied()));
    let windows = (0..MAX_WINDOWS).all(|number| {
        let window = state.windows.get(number);
        let panes = state.panes.iter().any(|(of, _)| *of == number);
        panes == window.is_some()
    });
    let views = (0..MAX_WINDOWS).filter_map(|number| Some((number, state.windows.get(number)?))).all(
        |(number, window)| {
            window.sides.iter().all(|side| {
                let room = state.rooms.get(place(side.domain)).and_then(Option::as_ref);
                let mapped = room.and_then(|room| room.has.as_ref()).and_then(|has| {
                    has.mapped.iter().find(|(region, _)| *region == side.region).map(|(_, what)| *what)
                });
                match side.view {
                    View::Nothing => mapped.is_none(),
                    View::Shared => mapped == Some(Mapped::Shared(number)),
                    View::Grave => mapped == Some(Mapped::Grave),
                }
            })
        },
    );
    connections && windows && views
}

/// What the ledger keeps for its taker is what the taker has not given back.
fn slots_are_needed(case: &Case, state: &State) -> bool {
    let slots =
        |program: usize| (0..=case.programs[program].connections).map(|index| FIRST_CONNECTION as u8 + index);
    state.running().all(|(id, room, has)| {
        slots(room.program).all(|slot| {
            let kept = has.taken.iter().any(|taken| taken.slot == slot);
            !state.ledger.is_taken(id, slot.into()) || kept
        })
    })
}

/// Nothing is connected, put up, taken, shared or kept for an instance that does not run; and nothing of a module that is not
/// loaded.
fn nothing_survives(_: &Case, state: &State) -> bool {
    let ledger = &state.ledger;
    let rooms = (0..PLACES as u16).map(DomainId).all(|id| {
        let room = state.rooms[place(id)].as_ref();
        let runs = room.is_some_and(|room| room.has.is_some());
        let slots = 0..u64::from(u8::MAX);
        room.is_some() == ledger.module(id).is_some()
            && runs == ledger.runs(id)
            && (runs
                || ledger.connections_of(id).count() == 0
                    && !slots.clone().any(|slot| ledger.is_taken(id, slot)))
            && (runs
                || state
                    .panes
                    .iter()
                    .all(|(_, panes)| !panes.memory || panes.made_for.iter().all(|side| side.domain != id)))
    });
    let services = ledger.services_from(0).all(|(owner, at, _)| {
        let clients = ledger.service_info(at).unwrap().clients;
        ledger.module(owner).is_some() && usize::from(clients) == ledger.clients_of(at).len()
    });
    let lockers = state.running().all(|(.., has)| {
        has.callers.locker.iter().all(|(_, lies)| match lies {
            Lies::Caller(caller) => self::has(state, caller.client).is_some(),
            Lies::Other => true,
        })
    });
    rooms && services && lockers && (!state.is_empty() || state.panes.is_empty())
}

/// The slot of what was taken holds a capability to that service, or none; and it is of the interface for which it was taken,
/// whenever a call would be received.
fn taken_leads_there(_: &Case, state: &State) -> bool {
    state.running().all(|(.., has)| {
        has.taken.iter().all(|taken| {
            let held = has.caps.iter().find(|(slot, _)| *slot == taken.slot).map(|(_, at)| *at);
            let live = state.ledger.state_for_clients(taken.at) == Some(ServiceState::Live);
            held.is_none_or(|at| at == taken.at)
                && (held.is_none() || !live || state.ledger.interface_of(taken.at) == Some(taken.interface))
        })
    })
}

fn old_badges(_: &Case, state: &State) -> bool {
    ever(state).all(|who| state.ledger.client_of(World::badge(who)) == has(state, who).map(|_| who))
}

/// For whoever offers the service on which the call is made.
fn up_for_one(case: &Case, state: &State) -> bool {
    let tokens = 1..=u64::from(case.left.put_ups) * 2;
    ever(state).all(|giver| {
        tokens.clone().all(|token| {
            let up = has(state, giver).and_then(|has| {
                let holds = |at| has.caps.iter().any(|(_, held)| *held == at);
                has.put_up.iter().find(|up| up.token.0 == token).filter(|up| holds(up.at) && holds(up.to))
            });
            let owner =
                |at| state.ledger.services_from(0).find(|(_, of, _)| *of == at).map(|(owner, ..)| owner);
            (0..PLACES as u16).map(DomainId).all(|taker| {
                let expected = up.filter(|up| owner(up.to) == Some(taker)).map(|up| up.at);
                state.ledger.put_up_for(taker, giver, Token(token)) == expected
            })
        })
    })
}

/// Its client and its server, those instances; and they are connected.
fn shared_by_two(_: &Case, state: &State) -> bool {
    let of = |number: usize| state.panes.iter().find(|(of, _)| *of == number).map(|(_, panes)| *panes);
    let mapped = state.running().all(|(id, _, has)| {
        let who = state.ledger.newest(id).unwrap();
        has.mapped.iter().all(|(_, what)| match what {
            Mapped::Shared(number) => {
                of(*number).is_some_and(|panes: Panes| panes.memory && panes.made_for.contains(&who))
            }
            Mapped::Grave => true,
        })
    });
    let both = state.panes.iter().filter(|(_, panes)| panes.memory).all(|(number, panes)| {
        let [client, server] = panes.made_for;
        let sees = |who| {
            has(state, who)
                .is_some_and(|has: &Has| has.mapped.iter().any(|(_, what)| *what == Mapped::Shared(*number)))
        };
        let is_connected = has(state, client).is_some_and(|has| {
            has.caps.iter().any(|(slot, _)| {
                state.ledger.server_of(client.domain, u64::from(*slot)) == Some(server.domain)
            })
        });
        sees(client) && has(state, server).is_some() && is_connected
    });
    mapped && both
}

/// What a server was told of when it received a call is the memory of the one who stands on it, or its own: also when that one
/// has given up or is gone, and has memory there again, or somebody else has.
fn late_writes(_: &Case, state: &State) -> bool {
    state.running().all(|(.., server)| {
        let Callers { serves: Some(caller), works_in: Some(region), .. } = &server.callers else {
            return true;
        };
        let stands = has(state, caller.client).is_some_and(|client| {
            client.calls == caller.number && client.call.is_some_and(|call| call.received)
        });
        server.mapped.iter().any(|(at, what)| {
            at == region
                && match what {
                    Mapped::Grave => true,
                    Mapped::Shared(number) => {
                        let panes = state.panes.iter().find(|(of, _)| of == number);
                        stands && panes.is_some_and(|(_, panes)| panes.made_for[0] == caller.client)
                    }
                }
        })
    })
}

fn graves(_: &Case, state: &State) -> bool {
    state.running().all(|(.., has)| {
        has.regions.iter().all(|region| has.mapped.iter().any(|(mapped, _)| mapped == region))
    })
}

fn memory_of_the_caller(_: &Case, state: &State) -> bool {
    ever(state).all(|client| {
        (0..PLACES as u16).map(DomainId).filter(|server| state.ledger.runs(*server)).all(|server| {
            let expected = state.panes.iter().find(|(_, panes)| {
                let [one, other] = panes.made_for;
                panes.memory && one == client && state.ledger.newest(server) == Some(other)
            });
            let told = state.windows.shared_with(&state.ledger, server, World::badge(client));
            told.ok().map(|(number, _)| number) == expected.map(|(number, _)| *number)
        })
    })
}

fn rights_hold(case: &Case, state: &State) -> bool {
    state.running().all(|(id, _, has)| {
        let name = &state.ledger.module(id).unwrap().name;
        let may =
            |at| state.ledger.offer_of(at).is_none_or(|offer| case.system.may_look_up(name, &offer.name));
        has.caps.iter().all(|(_, at)| may(*at))
    })
}

/// On what others have chosen for it, the shorter of the two; on what it has looked up itself, its server's.
fn deadlines(case: &Case, state: &State) -> bool {
    let of = |id: DomainId| state.rooms[place(id)].as_ref().map(|room| case.programs[room.program].deadline);
    state.running().all(|(id, _, has)| {
        has.caps.iter().all(|(slot, _)| {
            let server = state.ledger.server_of(id, u64::from(*slot)).and_then(of);
            let (Some(server), Some(own)) = (server, of(id)) else { return false };
            let passed = has.taken.iter().any(|taken| taken.slot == *slot) && !has.looked_up.contains(slot);
            let waits = by_the_manifests(server, own, state.ledger.is_taken(id, u64::from(*slot)));
            waits == if passed { server.min(own) } else { server }
        })
    })
}

fn memory_bound(case: &Case, state: &State) -> bool {
    let windows = || (0..MAX_WINDOWS).filter_map(|number| state.windows.get(number));
    let regions: Vec<_> =
        windows().flat_map(|window| window.sides).map(|side| (side.domain, side.region)).collect();
    let apart = regions.iter().collect::<BTreeSet<_>>().len() == regions.len();
    apart
        && state.running().all(|(id, room, _)| {
            let own = windows().filter(|window| window.is_shared() && window.sides[0].domain == id);
            own.map(|window| u32::from(window.pages) * 4).sum::<u32>() <= case.programs[room.program].kib
        })
}

//! What can happen in a state.

use ipc_proto::deferred::{FIRST, end_of};
use ipc_proto::ids::{DomainId, Generation, Instance};
use ipc_proto::operator::{ServiceState, State as Life};
use ipc_proto::slots::FIRST_CONNECTION;
use root_task_core::windows::{MAX_WINDOWS, Side, View};

use super::case::{AGENT, Case, KEEPER};
use super::check::{Action, Change, Fate};
use super::state::{Has, State, place};
use crate::case::name;

/// The slots of a module that can hold connections, and one beyond.
fn slots(most: u8) -> impl Iterator<Item = u8> + Clone {
    (0..=most).map(|index| FIRST_CONNECTION as u8 + index)
}

/// What can happen in a state.
pub fn actions(case: &Case, state: &State, into: &mut Vec<Action>) {
    if state.wrong.is_some() {
        return;
    }
    lives(case, state, into);
    for (id, room, has) in state.running() {
        if let Some(call) = has.call {
            into.push(Action::Deadline(id));
            let server = state.ledger.server_of(id, call.slot.into());
            let serves = |server: &DomainId| {
                let room = state.rooms[place(*server)].as_ref();
                let is_idle = |has: &Has| {
                    has.call.is_none() && has.callers.serves.is_none() && has.callers.gives.is_none()
                };
                state.ledger.module(*server).is_some_and(|module| module.state() == Life::Live)
                    && room.and_then(|room| room.has.as_ref()).is_some_and(is_idle)
            };
            into.extend(
                server
                    .filter(|server| !call.received && serves(server))
                    .map(|server| Action::Receive(server, id)),
            );
        } else if has.callers.gives.is_some() {
            into.push(Action::Send(id));
        } else {
            asks(case, state, (id, room.program, has), into);
            serves(case, state, (id, room.program, has), into);
        }
    }
}

fn lives(case: &Case, state: &State, into: &mut Vec<Action>) {
    let (left, changes) = (&state.left, state.left.changes > 0);
    let loaded = |text| state.ledger.find(&name(text)).is_some();
    let programs = case.programs.iter().enumerate();
    into.extend(
        programs
            .filter(|(_, of)| left.acts > 0 && !loaded(of.name))
            .map(|(program, _)| Action::Load(program)),
    );
    for (id, module) in state.ledger.iter() {
        let room = state.rooms[place(id)].as_ref().unwrap();
        let life = module.state();
        if room.death.is_some() {
            into.push(Action::Reap(id));
        } else if matches!(life, Life::Loaded | Life::Dead) || life == Life::Failed && left.acts > 0 {
            let fails = life == Life::Failed;
            into.push(Action::Start(id, Change::None, fails));
            if changes && room.program == KEEPER {
                into.extend([Change::Less, Change::Other].map(|change| Action::Start(id, change, fails)));
            }
        }
        if life == Life::Starting {
            into.push(Action::Publish(id));
        }
        if life == Life::Stopping {
            into.extend([Action::StopOver(id), Action::Cancel(id)]);
        }
        if left.deaths > 0 && room.has.is_some() {
            into.extend([Fate::Restart, Fate::GiveUp, Fate::Done].map(|fate| Action::Die(id, fate)));
        }
        if left.acts > 0 {
            into.push(Action::Unload(id));
            if life == Life::Live {
                into.push(Action::Stop(id));
            }
            let clients = state.ledger.iter().filter(|(client, _)| state.ledger.is_client_of(*client, id));
            into.extend(clients.map(|(client, _)| Action::Revoke(client, id)));
        }
    }
}

fn asks(case: &Case, state: &State, (id, program, has): (DomainId, usize, &Has), into: &mut Vec<Action>) {
    let (left, held) = (&state.left, has.caps.iter().map(|(slot, _)| *slot));
    if left.lookups > 0 {
        let live = state.ledger.services_from(0).filter(|(owner, at, _)| {
            *owner != id && state.ledger.state_for_clients(*at) == Some(ServiceState::Live)
        });
        into.extend(live.map(|(_, at, _)| Action::LookUp(id, at)));
    }
    if left.put_ups > 0 {
        for to in held.clone() {
            let others = slots(case.programs[program].connections);
            into.extend(others.map(|slot| Action::PutUp(id, to, vec![slot])));
            let both: Vec<u8> = held.clone().filter(|slot| *slot != to).collect();
            if both.len() > 1 {
                into.push(Action::PutUp(id, to, both));
            }
        }
    }
    for (giver, _, of) in state.running() {
        let newest = state.ledger.newest(giver).unwrap().generation.0;
        for up in of.put_up.iter().filter(|up| {
            state.ledger.service_info(up.to).is_some_and(|info| state.ledger.find(&info.owner) == Some(id))
        }) {
            for generation in 1..=newest {
                let giver = Instance { domain: giver, generation: Generation(generation) };
                into.extend([1, 2].map(|hash| Action::Take(id, giver, *up, hash, false)));
            }
            let giver = state.ledger.newest(giver).unwrap();
            if left.refusals > 0 {
                into.extend(
                    state.ledger.interface_of(up.at).map(|hash| Action::Take(id, giver, *up, hash, true)),
                );
            }
        }
    }
    into.extend((0..has.taken.len()).map(|taken| Action::GiveBack(id, taken)));
    if has.callers.serves.is_none() {
        let windows = (0..MAX_WINDOWS).filter_map(|number| state.windows.get(number));
        let unseen = |[client, server]: [Side; 2]| {
            (client.view == View::Shared && server.view != View::Shared && server.domain == id)
                .then_some(client.domain)
        };
        into.extend(windows.filter_map(|window| unseen(window.sides)).map(|client| Action::Find(id, client)));
    }
    if left.opens > 0 {
        into.extend(held.clone().flat_map(|slot| [1, 2].map(|pages| Action::Open(id, slot, pages))));
    }
    if left.calls > 0 {
        let reaches = |slot: &u8| {
            let server =
                state.ledger.server_of(id, u64::from(*slot)).and_then(|server| state.ledger.module(server));
            server.is_some_and(|server| server.state() != Life::Failed)
        };
        into.extend(held.filter(reaches).map(|slot| Action::Call(id, slot)));
    }
}

fn serves(case: &Case, state: &State, (id, program, has): (DomainId, usize, &Has), into: &mut Vec<Action>) {
    if has.callers.serves.is_some() {
        into.extend([Action::Answer(id), Action::PutAside(id)]);
    }
    into.extend((0..has.callers.replies.len()).map(|reply| Action::Give(id, reply)));
    if program == AGENT && case.left.stows > 0 {
        let kept = |index: &u16| has.callers.replies.iter().any(|(at, _)| at == index);
        let others = (0..=end_of(case.locker_bits)).filter(|index| !kept(index));
        into.extend(others.map(|index| Action::AskFor(id, index)));
        if state.left.stows > 0 {
            into.extend((FIRST..end_of(case.locker_bits)).map(|index| Action::Stow(id, index)));
        }
    }
}

//! Every order of everything that can happen.

use std::sync::Arc;

use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::operator::State as Life;
use root_task_core::alarms::{Alarms, What};
use root_task_core::ledger::Ledger;
use root_task_core::restart::Cause;
use root_task_core::waits::Waits;
use stateright::{Model, Property};

use crate::case::{Case, PLACES};
use crate::rules;
use crate::state::{State, place};
use crate::world::World;

/// Something that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A thread goes on.
    Step(DomainId),
    /// The same, and there is no room for what the supervisor needs for it.
    Refused(DomainId),
    /// A server receives the call of a client.
    Receive(DomainId, DomainId),
    /// An instance dies.
    Crash(DomainId),
    /// The bell has rung: the one that died first is reaped.
    Reap,
    /// An alarm goes off.
    Alarm(What),
    /// An operator has a module unloaded.
    Unload(DomainId),
    /// An operator has a module restarted.
    Restart(DomainId),
    /// An operator takes a stop back.
    CancelUnload(DomainId),
    /// An operator has a program loaded.
    Load(usize),
}

fn places() -> impl Iterator<Item = DomainId> {
    (0..PLACES as u16).map(DomainId)
}

/// What can happen in a state.
pub fn actions(case: &Case, state: &State) -> Vec<Action> {
    let world = World::of(case, state);
    let mut actions = Vec::new();
    if state.wrong.is_some() {
        return actions;
    }
    let runs = |id: DomainId| world.rooms[place(id)].as_ref().is_some_and(|room| room.thread.is_some());
    for id in places().filter(|id| runs(*id)) {
        if world.can_step(id) {
            actions.push(Action::Step(id));
            if state.left.refusals > 0 {
                actions.push(Action::Refused(id));
            }
        }
        let clients = places().filter(|client| world.can_receive(id, *client));
        actions.extend(clients.map(|client| Action::Receive(id, client)));
        if state.left.crashes > 0 {
            actions.push(Action::Crash(id));
        }
    }
    if !state.dead.is_empty() {
        actions.push(Action::Reap);
    }
    if world.alarms.is_set(What::Waits) {
        actions.push(Action::Alarm(What::Waits));
    }
    for (id, module) in world.ledger.iter() {
        let who = Instance { domain: id, generation: module.generation };
        let alarms = [What::Restart(who), What::StopOver(who)];
        actions.extend(alarms.into_iter().filter(|what| world.alarms.is_set(*what)).map(Action::Alarm));
    }
    let stopping = world.ledger.iter().filter(|(_, module)| module.state() == Life::Stopping);
    actions.extend(stopping.map(|(id, _)| Action::CancelUnload(id)));
    if state.left.acts > 0 {
        operator(&world, &mut actions);
    }
    actions
}

fn operator(world: &World, actions: &mut Vec<Action>) {
    let names = world.names();
    for (id, module) in world.ledger.iter() {
        match module.state() {
            Life::Stopping => actions.push(Action::Unload(id)),
            Life::Failed | Life::Dead => actions.push(Action::Restart(id)),
            Life::Live if id != names => actions.push(Action::Restart(id)),
            _ => {}
        }
        if id != names && module.state() != Life::Stopping {
            actions.push(Action::Unload(id));
        }
    }
    let loaded = |name| world.ledger.find(name).is_some();
    let programs = world.case.programs.iter().enumerate();
    actions.extend(programs.filter(|(_, of)| !loaded(&of.name)).map(|(program, _)| Action::Load(program)));
}

impl Model for Case {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let mut world = World {
            case: self,
            ledger: Arc::new(Box::new(Ledger::new())),
            waits: Arc::new(Box::new(Waits::new())),
            alarms: Arc::new(Box::new(Alarms::new())),
            rooms: [const { None }; PLACES],
            dead: Vec::new(),
            left: self.left,
            wrong: None,
            lacks: None,
            now: 0,
        };
        // The boot loads the others when the name server is live.
        world.load(0);
        while world.can_step(DomainId(0)) {
            world.step(DomainId(0));
        }
        for program in 1..self.programs.len() {
            world.load(program);
        }
        world.settle();
        vec![world.into_state(None)]
    }

    fn actions(&self, state: &State, into: &mut Vec<Action>) {
        into.extend(actions(self, state));
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut world = World::of(self, state);
        match action {
            Action::Step(id) => world.step(id),
            Action::Refused(id) => {
                world.lacks = Some(false);
                world.step(id);
                if world.lacks == Some(false) {
                    return None;
                }
                world.lacks = None;
                world.left.refusals -= 1;
            }
            Action::Receive(server, client) => world.receives(server, client),
            Action::Crash(id) => {
                world.left.crashes -= 1;
                world.dies(id, Cause::Failure);
            }
            Action::Reap => {
                let id = world.dead.remove(0);
                world.conclude(id);
            }
            Action::Alarm(what) => world.goes_off(what),
            Action::Unload(id) => {
                world.left.acts -= 1;
                world.unload_by_operator(id);
            }
            Action::Restart(id) => {
                world.left.acts -= 1;
                world.restart_by_operator(id);
            }
            // It costs nothing: there is one stop for each act.
            Action::CancelUnload(id) => {
                root_task_core::steps::cancel_stop(&mut world, id);
            }
            Action::Load(program) => {
                world.left.acts -= 1;
                world.load(program);
            }
        }
        world.settle();
        let after = world.into_state(Some(state));
        (after != *state).then_some(after)
    }

    fn properties(&self) -> Vec<Property<Case>> {
        rules::all().into_iter().chain(self.reached.iter().cloned()).collect()
    }
}

//! Every order of everything that can happen.

use ipc_proto::ids::{DomainId, Instance, ServiceRef};
use root_task_core::restart::{Cause, Decision};
use root_task_core::steps::{self, Effects};
use stateright::{Model, Property};

use super::actions::actions;
use super::case::{Case, PLACES};
use super::rules;
use super::shell::World;
use super::state::{State, Up};
use crate::case::name;

/// What an instance offers that the one before has not, or the other way around.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The same.
    None,
    /// One service less.
    Less,
    /// The same names, of other interfaces.
    Other,
}

/// What comes after a death.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Another instance.
    Restart,
    /// None, until an operator wants one.
    GiveUp,
    /// The module is forgotten.
    Done,
}

/// Something that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// An operator has a program loaded.
    Load(usize),
    /// A module is started again; `true` where an operator has to say so.
    Start(DomainId, Change, bool),
    /// It is live.
    Publish(DomainId),
    /// An instance dies.
    Die(DomainId, Fate),
    /// One that is dead is reaped.
    Reap(DomainId),
    /// An operator has a module unloaded.
    Unload(DomainId),
    /// An operator has a module stopped.
    Stop(DomainId),
    /// The stop has lasted long enough.
    StopOver(DomainId),
    /// An operator takes the stop back.
    Cancel(DomainId),
    /// An operator takes the connections of a client to a server back.
    Revoke(DomainId, DomainId),
    /// A module looks a service up.
    LookUp(DomainId, ServiceRef),
    /// A module puts connections up.
    PutUp(DomainId, u8, Vec<u8>),
    /// A module takes one; `true` where there is no room for the capability.
    Take(DomainId, Instance, Up, u64, bool),
    /// A module gives one back.
    GiveBack(DomainId, usize),
    /// A module wants to share memory.
    Open(DomainId, u8, u8),
    /// A server that serves nobody asks where the memory of a client is.
    Find(DomainId, DomainId),
    /// A client calls.
    Call(DomainId, u8),
    /// Its call has lasted too long, and is taken back.
    Deadline(DomainId),
    /// A server receives the call of a client.
    Receive(DomainId, DomainId),
    /// A server answers it.
    Answer(DomainId),
    /// A server puts its caller aside.
    PutAside(DomainId),
    /// A server asks for one whom it has put aside.
    Give(DomainId, usize),
    /// It sends the answer.
    Send(DomainId),
    /// A server asks for what it has not put aside.
    AskFor(DomainId, u16),
    /// A server puts something into its locker.
    Stow(DomainId, u16),
}

impl Model for Case {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let mut world = World::new(self);
        for program in 0..PLACES {
            world.load(program);
            let id = DomainId(program as u16);
            world.start(id, Change::None);
            world.publish(id);
        }
        for (client, service) in &self.connected {
            let service = world.ledger.find_live(&name(service), ipc_proto::version::VersionRange::ANY);
            world.look_up(DomainId(*client as u16), service.unwrap().0);
        }
        vec![world.into_state(None)]
    }

    fn actions(&self, state: &State, into: &mut Vec<Action>) {
        actions(self, state, into);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut world = World::of(self, state);
        does(&mut world, action);
        let after = world.into_state(Some(state));
        (after != *state).then_some(after)
    }

    fn properties(&self) -> Vec<Property<Case>> {
        rules::all().into_iter().chain(self.reached.iter().cloned()).collect()
    }
}

fn does(world: &mut World<'_>, action: Action) {
    match action {
        Action::Load(program) => {
            world.left.acts -= 1;
            world.load(program);
        }
        Action::Start(id, change, act) => {
            world.left.acts -= u8::from(act);
            world.left.changes -= u8::from(change != Change::None);
            world.start(id, change);
        }
        Action::Publish(id) => world.publish(id),
        Action::Die(id, fate) => {
            world.left.deaths -= 1;
            let (cause, decision) = match fate {
                Fate::Restart => (Cause::Failure, Decision::Restart(0)),
                Fate::GiveUp => (Cause::Failure, Decision::Stay),
                Fate::Done => (Cause::Finished, Decision::Stay),
            };
            world.dies(id, cause, decision);
        }
        Action::Reap(id) => world.conclude(id),
        Action::Unload(id) => {
            world.left.acts -= 1;
            world.unload(id);
        }
        Action::Stop(id) => {
            world.left.acts -= 1;
            let _ = world.tables().ledger.stop(id);
        }
        Action::StopOver(id) => world.unload(id),
        Action::Cancel(id) => {
            steps::cancel_stop(world, id);
        }
        Action::Revoke(client, server) => {
            world.left.acts -= 1;
            world.revoke(client, server);
        }
        Action::LookUp(id, at) => {
            world.left.lookups -= 1;
            world.look_up(id, at);
        }
        Action::PutUp(id, to, slots) => {
            world.left.put_ups -= 1;
            world.put_up(id, to, &slots);
        }
        Action::Take(id, giver, up, interface, full) => {
            world.room = !full;
            world.left.refusals -= u8::from(full);
            world.take(id, giver, up, interface);
        }
        Action::GiveBack(id, taken) => world.give_back(id, taken),
        Action::Open(id, slot, pages) => {
            world.left.opens -= 1;
            world.open(id, slot, pages);
        }
        Action::Call(id, slot) => {
            world.left.calls -= 1;
            world.calls(id, slot);
        }
        Action::Find(server, client) => {
            let client = world.newest(client);
            world.find(server, client);
        }
        Action::Deadline(id) => world.takes_back(id),
        Action::Receive(server, client) => world.receives(server, client),
        Action::Answer(id) => world.answers(id),
        Action::PutAside(id) => world.puts_aside(id),
        Action::Give(id, reply) => world.gives(id, reply),
        Action::Send(id) => world.sends(id),
        Action::AskFor(id, index) => world.asks_for(id, index),
        Action::Stow(id, index) => {
            world.left.stows -= 1;
            world.stows(id, index);
        }
    }
}

//! One step's copy of a state: what the supervisor does with the kernel, as the kernel is assumed to be.

use std::sync::Arc;

use ipc_proto::badge::{Badge, GenerationTag, Holder, Kind};
use ipc_proto::ids::{DomainId, Instance};
use ipc_proto::name::Name;
use ipc_proto::names::Request;
use ipc_proto::operator::State as Life;
use ipc_proto::registrar::Refusal;
use ipc_proto::version::VersionRange;
use ipc_proto::waits::{Answer as Ended, Awaited, Cycle};
use root_task_core::alarms::Alarms;
use root_task_core::ledger::{Connection, Ledger, Module};
use root_task_core::steps::{Effects, Tables};
use root_task_core::waits::Waits;

use crate::case::{Case, Left, Op, PLACES};
use crate::kept::Shared;
use crate::state::{At, Found, Room, State, Thread, place};

/// What a step works on.
pub struct World<'a> {
    pub case: &'a Case,
    pub ledger: Shared<Ledger>,
    pub waits: Shared<Waits>,
    pub alarms: Shared<Alarms>,
    pub rooms: [Option<Room>; PLACES],
    pub dead: Vec<DomainId>,
    pub left: Left,
    pub wrong: Option<&'static str>,
    /// Whether there is no room now for what a step needs; then, whether it has needed any.
    pub lacks: Option<bool>,
    /// Time has no length: what is set for later comes at any moment.
    pub now: u64,
}

impl<'a> World<'a> {
    /// A copy of `state`.
    pub fn of(case: &'a Case, state: &State) -> World<'a> {
        World {
            case,
            ledger: state.ledger.share(),
            waits: state.waits.share(),
            alarms: state.alarms.share(),
            rooms: state.rooms.clone(),
            dead: state.dead.clone(),
            left: state.left,
            wrong: state.wrong,
            lacks: None,
            now: 0,
        }
    }

    /// What it has become.
    pub fn into_state(self, before: Option<&State>) -> State {
        let store = &self.case.store;
        State {
            ledger: store.keep(self.ledger, before.map(|state| &state.ledger)),
            waits: store.keep(self.waits, before.map(|state| &state.waits)),
            alarms: store.keep(self.alarms, before.map(|state| &state.alarms)),
            rooms: self.rooms,
            dead: self.dead,
            left: self.left,
            wrong: self.wrong,
        }
    }

    pub fn goes_wrong(&mut self, what: &'static str) {
        self.wrong.get_or_insert(what);
    }

    pub fn room(&mut self, id: DomainId) -> Option<&mut Room> {
        self.rooms.get_mut(place(id))?.as_mut()
    }

    pub fn thread(&mut self, id: DomainId) -> Option<&mut Thread> {
        self.room(id)?.thread.as_mut()
    }

    /// The newest instance.
    pub fn newest(&self, domain: DomainId) -> Option<Instance> {
        Some(Instance { domain, generation: self.ledger.module(domain)?.generation })
    }

    pub fn life(&self, id: DomainId) -> Option<Life> {
        self.ledger.module(id).map(Module::state)
    }

    /// Whether what a step needs now cannot be had.
    fn has_no_room(&mut self) -> bool {
        if self.lacks.is_some() {
            self.lacks = Some(true);
        }
        self.lacks.is_some()
    }

    /// Whether a module may look a name up.
    pub fn may_look_up(&self, client: DomainId, name: &Name) -> bool {
        self.rooms[place(client)].as_ref().is_some_and(|room| self.case.may_look_up(room.program, name))
    }

    /// The name server's place.
    pub fn names(&self) -> DomainId {
        self.ledger.find(&self.case.system.name_server).unwrap()
    }

    /// The badge with which a module calls the name server.
    pub fn badge(&self, client: Instance) -> u64 {
        let holder = Holder { domain: client.domain, tag: GenerationTag::of(client.generation) };
        let service = self.case.system.asks_as(&self.ledger.module(client.domain).unwrap().name);
        Badge { kind: Kind::Client, service, holder }.to_word()
    }

    /// Whom a thread stands on a call to.
    pub fn called_by(&self, client: DomainId) -> Option<DomainId> {
        match &self.rooms[place(client)].as_ref()?.thread.as_ref()?.at {
            At::Names { .. } => Some(self.names()),
            At::Calls { slot, .. } => self.ledger.server_of(client, u64::from(*slot)),
            _ => None,
        }
    }

    /// Those who stand on a call to a module.
    pub fn callers_of(&self, server: DomainId) -> Vec<DomainId> {
        let all = (0..PLACES as u16).map(DomainId);
        all.filter(|client| self.called_by(*client) == Some(server)).collect()
    }
}

impl Effects for World<'_> {
    fn tables(&mut self) -> Tables<'_> {
        Tables {
            ledger: Box::as_mut(Arc::make_mut(&mut self.ledger)),
            waits: Box::as_mut(Arc::make_mut(&mut self.waits)),
            alarms: Box::as_mut(Arc::make_mut(&mut self.alarms)),
            system: &self.case.system,
        }
    }

    fn now(&self) -> u64 {
        self.now
    }

    fn set_timer(&mut self) {}

    fn is_awaiting(&self, client: DomainId) -> bool {
        self.rooms[place(client)].as_ref().is_some_and(|room| room.awaits)
    }

    fn keep_awaiting(&mut self, client: DomainId) -> bool {
        if self.has_no_room() {
            return false;
        }
        if let Some(room) = self.room(client) {
            room.awaits = true;
        }
        true
    }

    fn answer_awaiting(&mut self, client: DomainId, answer: Option<&Ended>) {
        let kept = self.room(client).is_some_and(|room| std::mem::take(&mut room.awaits));
        let Some(answer) = answer else { return };
        if !kept {
            return self.goes_wrong("somebody is answered who does not wait");
        }
        self.wait_has_ended(client, answer);
    }

    fn mint(&mut self, client: DomainId, connection: &Connection) -> Result<(), Refusal> {
        let held = self.ledger.connections_of(client).find(|(slot, _)| *slot == connection.slot);
        let running = self.rooms[place(connection.server)].as_ref().and_then(|room| room.thread.as_ref());
        let live = running.is_some_and(|server| server.published)
            && self.life(connection.server) == Some(Life::Live);
        if !live {
            self.goes_wrong("a capability to what is not published");
        }
        if connection.mint.is_some() && self.has_no_room() {
            return Err(Refusal::Kernel);
        }
        if let (Some(_), Some(thread), Some((slot, at))) = (connection.mint, self.thread(client), held) {
            thread.caps.retain(|(old, _)| *old != slot);
            thread.caps.push((slot, at));
        }
        Ok(())
    }

    fn reopen(&mut self, server: DomainId) {
        if let Some(room) = self.room(server) {
            room.closed = false;
        }
    }

    fn answer_clients(&mut self, clients: &[(DomainId, u8)]) {
        for (client, of) in clients {
            if let Some(thread) = self.thread(*client)
                && matches!(thread.at, At::Calls { slot, .. } if slot == *of)
            {
                thread.goes_on();
            }
        }
    }

    fn take_connection(&mut self, client: DomainId, slot: u8) {
        if let Some(thread) = self.thread(client) {
            thread.caps.retain(|(held, _)| *held != slot);
        }
        self.tables().ledger.disconnect(client, slot);
    }
}

impl World<'_> {
    /// Whether everybody in a cycle stands on its question, or has just been told of the cycle, too.
    fn all_wait(&self, cycle: &Cycle) -> bool {
        let thread_of = |name| self.rooms[place(self.ledger.find(name)?)].as_ref()?.thread.as_ref();
        cycle.names.iter().all(|name| {
            thread_of(name).is_some_and(|thread: &Thread| match thread.at {
                At::Awaits => true,
                At::Ready => thread.found == Found::Cycle,
                _ => false,
            })
        })
    }

    /// A thread learns how its wait has ended, and does what the stub in `module-rt` does then.
    pub fn wait_has_ended(&mut self, client: DomainId, how: &Ended) {
        let Some(Op::Find(name, _)) = self.op(client) else {
            return self.goes_wrong("the wait of somebody who does not wait has ended");
        };
        let closed = self.rooms[place(self.names())].as_ref().is_some_and(|room| room.closed);
        let (hidden, lacked) = (!self.may_look_up(client, &name), self.lacks == Some(true));
        if let Ended::Awaited(Awaited::Cycle(cycle)) = how
            && !self.all_wait(cycle)
        {
            self.goes_wrong("a cycle is told of somebody who does not wait");
        }
        let Some(thread) = self.thread(client) else { return };
        let wait = match how {
            Ended::Awaited(Awaited::Published { .. }) if hidden => {
                return self.goes_wrong("a publish that is hidden from a module ends its wait");
            }
            Ended::Awaited(Awaited::Published { left }) => *left,
            // A last look says what there is instead.
            Ended::Awaited(Awaited::TimedOut) => 0,
            Ended::Awaited(Awaited::Cycle(_)) => {
                let published = thread.published;
                thread.has_found(Found::Cycle);
                if published {
                    self.goes_wrong("a live module is told of a cycle");
                }
                if hidden {
                    self.goes_wrong("a module is told of a cycle over a name that is hidden from it");
                }
                return;
            }
            Ended::None if lacked => return thread.has_found(Found::Nothing),
            Ended::None => return self.goes_wrong("a wait is lost"),
        };
        if closed {
            // The supervisor answers for a name server that has failed.
            return thread.has_found(Found::Nothing);
        }
        let request = Request::Lookup { name, versions: VersionRange::ANY, wait, interface: None };
        thread.at = At::Names { request, received: false, repeated: 0, waited: true };
    }
}

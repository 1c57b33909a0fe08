//! One step's copy of a state, and starts, deaths and ends in the order of the supervisor's shell (`end/death.rs`, `end/unload.rs`, `end/revoke.rs`, `life/instance.rs` in `root-task/src/supervisor/`).

use std::sync::Arc;

use ipc_proto::badge::{Badge, GenerationTag, Holder, Kind};
use ipc_proto::ids::{DomainId, Generation, Instance, ServiceRef};
use ipc_proto::label::Status;
use ipc_proto::operator::State as Life;
use ipc_proto::registrar::{Answer, Request};
use ipc_proto::version::Version;
use root_task_core::alarms::Alarms;
use root_task_core::ledger::{DeclareError, Ledger, Module};
use root_task_core::restart::{Cause, Decision};
use root_task_core::steps::{self, Effects, Next, Published};
use root_task_core::waits::Waits;
use root_task_core::windows::Windows;

use super::case::{Case, Left, PLACES};
use super::check::Change;
use super::state::{Has, Panes, Room, State, place};
use crate::case::name;
use crate::kept::Shared;

/// What a step works on.
pub struct World<'a> {
    pub case: &'a Case,
    pub ledger: Shared<Ledger>,
    pub windows: Windows,
    pub panes: Vec<(usize, Panes)>,
    pub rooms: [Option<Room>; PLACES],
    pub left: Left,
    pub wrong: Option<&'static str>,
    /// Whether there is room for a capability.
    pub room: bool,
    /// Nobody waits for a name here.
    pub unused: Option<Box<(Waits, Alarms)>>,
}

impl<'a> World<'a> {
    /// Nothing is loaded.
    pub fn new(case: &'a Case) -> World<'a> {
        World {
            case,
            ledger: Arc::new(Box::new(Ledger::new())),
            windows: Windows::new(),
            panes: Vec::new(),
            rooms: [const { None }; PLACES],
            left: case.left,
            wrong: None,
            room: true,
            unused: None,
        }
    }

    /// A copy of `state`.
    pub fn of(case: &'a Case, state: &State) -> World<'a> {
        World {
            case,
            ledger: state.ledger.share(),
            windows: state.windows.clone(),
            panes: state.panes.clone(),
            rooms: state.rooms.clone(),
            left: state.left,
            wrong: state.wrong,
            room: true,
            unused: None,
        }
    }

    /// What it has become.
    pub fn into_state(self, before: Option<&State>) -> State {
        State {
            ledger: self.case.store.keep(self.ledger, before.map(|state| &state.ledger)),
            windows: self.windows,
            panes: self.panes,
            rooms: self.rooms,
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

    pub fn has(&mut self, id: DomainId) -> Option<&mut Has> {
        self.room(id)?.has.as_mut()
    }

    pub fn program(&self, id: DomainId) -> usize {
        self.rooms[place(id)].as_ref().unwrap().program
    }

    pub fn newest(&self, id: DomainId) -> Instance {
        self.ledger.newest(id).unwrap()
    }

    pub fn life(&self, id: DomainId) -> Option<Life> {
        self.ledger.module(id).map(Module::state)
    }

    /// The badge with which an instance calls.
    pub fn badge(who: Instance) -> u64 {
        let holder = Holder { domain: who.domain, tag: GenerationTag::of(who.generation) };
        Badge { kind: Kind::Client, service: 0, holder }.to_word()
    }

    /// A module is loaded; it is started next.
    pub fn load(&mut self, program: usize) {
        let of = self.case.programs[program];
        let id = self.tables().ledger.admit(name(of.name), of.connections, false).unwrap();
        self.rooms[place(id)] = Some(Room { program, has: None, death: None });
    }

    /// It is started, and reserves what it offers.
    pub fn start(&mut self, id: DomainId, change: Change) {
        if self.tables().ledger.start(id).is_none() {
            return self.goes_wrong("a module is started that runs");
        }
        self.room(id).unwrap().has = Some(Has::default());
        let (who, offers) = (self.newest(id), self.case.programs[self.program(id)].offers);
        let offers = &offers[usize::from(change == Change::Less)..];
        for (text, hash) in offers {
            let own = self.ledger.services_from(0).find(|(_, _, offer)| offer.name == name(text));
            let again = own.map(|(_, at, _)| at);
            let (owner, version) = (World::badge(who), Version(1));
            let enter = Request::Enter { owner, again, name: name(text), version };
            let Ok(Answer::Entered(at)) = steps::registrar(self, enter) else {
                return self.goes_wrong("a free name cannot be reserved");
            };
            let hash = if change == Change::Other { hash + 10 } else { *hash };
            // Where its clients know another one it goes on without having said so, which is more than the shell lets it.
            if self.tables().ledger.declare(who, at, hash) == Err(DeclareError::NotReserved) {
                self.goes_wrong("a module cannot say of which interface its service is");
            }
        }
    }

    /// It is live.
    pub fn publish(&mut self, id: DomainId) {
        let who = self.newest(id);
        if steps::publish(self, who) != Published::Live {
            self.goes_wrong("a publish fails");
        }
    }

    /// A module looks a service up.
    pub fn look_up(&mut self, client: DomainId, service: ServiceRef) {
        let badge = World::badge(self.newest(client));
        let answer = steps::registrar(self, Request::Connect { client: badge, service, interface: None });
        if let Ok(Answer::Connected { slot, .. }) = answer
            && let Some(has) = self.has(client)
        {
            has.looked_up.retain(|own| *own != slot);
            has.looked_up.push(slot);
            has.looked_up.sort_unstable();
        }
    }

    /// An instance dies.
    pub fn dies(&mut self, id: DomainId, cause: Cause, decision: Decision) {
        let (next, queued) = steps::fate_of_callers(self.ledger.module(id), cause, decision);
        self.bury(id, next, queued);
        let Some(death) = self.tables().ledger.died(id) else { return };
        self.room(id).unwrap().death = Some((cause, decision));
        if death.was == Life::Stopping {
            self.unload(id);
        } else if !death.was_live {
            self.conclude(id);
        }
    }

    /// It stops: what it shared is lost, and whoever stands on a call to it is answered, or waits for the next instance.
    fn bury(&mut self, id: DomainId, next: Generation, queued: Option<Status>) {
        let who = self.newest(id);
        self.lose_windows_of(id);
        steps::leaves(self, who);
        let callers = self.callers_of(id);
        self.ends_call(id);
        self.room(id).unwrap().has = None;
        self.answer_callers(&callers, next, queued);
    }

    /// A dead instance is reaped, and its policy says what is next.
    pub fn conclude(&mut self, id: DomainId) {
        let Some((cause, decision)) = self.room(id).and_then(|room| room.death.take()) else { return };
        let was_live = self.ledger.module(id).unwrap().was_live;
        match steps::after_reaping(was_live, cause, decision, true) {
            Next::Forget | Next::Done => self.clear(id),
            Next::Restart(_) => {}
            Next::GiveUp => {
                self.tables().ledger.fail(id);
                let callers = self.callers_of(id);
                self.answer_callers(&callers, Generation::NONE, Some(Status::Failed));
            }
        }
    }

    /// Nothing stays. The kernel takes back every capability to the module's endpoint.
    fn clear(&mut self, id: DomainId) {
        let callers = self.callers_of(id);
        steps::forget(self, id);
        self.rooms[place(id)] = None;
        self.answer_callers(&callers, Generation::NONE, Some(Status::NotDelivered));
        let ledger = Arc::clone(&self.ledger);
        for has in self.rooms.iter_mut().flatten().filter_map(|room| room.has.as_mut()) {
            has.caps.retain(|(_, at)| ledger.exists(*at));
            let caps = &has.caps;
            has.looked_up.retain(|slot| caps.iter().any(|(held, _)| held == slot));
        }
    }

    /// Whatever there is of a module is destroyed.
    pub fn unload(&mut self, id: DomainId) {
        if self.has(id).is_some() {
            self.bury(id, Generation::NONE, Some(Status::NotDelivered));
        }
        let _ = self.tables().ledger.died(id);
        self.room(id).unwrap().death = None;
        self.clear(id);
    }

    /// An operator takes a client's capabilities to a server's services back: a call that it stands on is answered first.
    pub fn revoke(&mut self, client: DomainId, server: DomainId) {
        if self.called_by(client) == Some(server) {
            self.ends_call(client);
        }
        let held: Vec<u8> = self.ledger.connections_of(client).map(|(slot, _)| slot).collect();
        for slot in held {
            if self.ledger.server_of(client, slot.into()) == Some(server) {
                self.take_connection(client, slot);
            }
        }
    }
}

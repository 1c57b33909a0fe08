//! What there is in a simulated system at a moment: the supervisor's tables, and a room for each module.

use std::collections::VecDeque;

use ipc_proto::badge::{GenerationTag, Holder};
use ipc_proto::ids::{DomainId, Generation, Instance};
use ipc_proto::manifest::Request;
use ipc_proto::name::Name;
use ipc_proto::operator::State;
use ipc_proto::supervisor::Args;
use root_task_core::alarms::Alarms;
use root_task_core::init_clock::InitClock;
use root_task_core::ledger::{Ledger, MAX_MODULES, Module as Entry};
use root_task_core::restart::{self, Decision, History};
use root_task_core::system::SystemManifest;
use root_task_core::waits::Waits;
use root_task_core::wakes::Wakes;

use crate::Module;
use crate::calls::{Goes, Message};
use crate::devices::{Has, MadeUp};
use crate::failure::Failure;
use crate::how::How;
use crate::lockers::{Caller, Locker};
use crate::names;
use crate::thread::Thread;
use crate::windows::Shared;

/// A call that an instance stands on.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    /// Which call it is: each has a number of its own.
    pub number: u64,
    /// Whom it calls.
    pub server: DomainId,
    /// On which slot.
    pub slot: u64,
    /// The badge with which it is received.
    pub badge: u64,
    /// What is sent; taken when it is received.
    pub message: Message,
    /// Whether it was received.
    pub received: bool,
    /// When it has lasted too long; `None` where it has left no note of that.
    pub due: Option<u64>,
}

/// Where an instance is.
#[derive(Debug)]
pub(crate) enum At {
    /// It has the turn.
    Runs,
    /// It can go on.
    Ready(Goes),
    /// It is busy until this moment.
    Works(u64),
    /// It waits for a message.
    Receives,
    /// It waits for the answer to a call.
    Calls(Standing),
    /// It waits for the supervisor to say how its lookup has ended.
    Awaits,
}

/// An instance that runs.
#[derive(Debug)]
pub(crate) struct Running {
    pub instance: Instance,
    pub thread: Thread,
    pub at: At,
    /// Whose call it has in hand, unless that one has gone meanwhile.
    pub caller: Option<Caller>,
    /// Whom it has put aside.
    pub locker: Locker,
    /// What it has of its device.
    pub has: Has,
}

/// What the supervisor keeps for a module.
#[derive(Debug)]
pub(crate) struct Room {
    pub name: Name,
    pub module: Module,
    pub request: Request,
    pub args: Args,
    /// Whether it is a program of the test's own: what it panics with is the test's failure.
    pub of_test: bool,
    pub history: History,
    pub running: Option<Running>,
    pub death: Option<(restart::Cause, Decision)>,
    /// It waits for the supervisor's word on its lookup.
    pub awaits: bool,
    /// It has failed: whoever calls it is told so.
    pub silenced: bool,
    pub init: Option<InitClock>,
    /// Who waits at its endpoint, which outlives an instance.
    pub queue: VecDeque<DomainId>,
    /// Whether its device's interrupts reach it: until its last instance is reaped, or it is taken from that.
    pub has_interrupt: bool,
    /// What it was signalled with and has not received: that outlives an instance, too.
    pub signals: u64,
}

/// A line that a module has logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Who.
    pub module: String,
    /// Which of its instances.
    pub generation: Generation,
    /// What.
    pub text: String,
}

/// A death.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Died {
    /// Who.
    pub module: String,
    /// Which of its instances.
    pub generation: Generation,
    /// How.
    pub how: How,
}

/// Everything but the threads' turns.
#[derive(Debug)]
pub(crate) struct World {
    pub ledger: Box<Ledger>,
    pub waits: Box<Waits>,
    pub alarms: Box<Alarms>,
    pub wakes: Wakes,
    pub system: Box<SystemManifest>,
    pub devices: Vec<MadeUp>,
    pub rooms: Vec<Option<Room>>,
    /// Behind the rooms: an instance ends before the memory goes that it has.
    pub shared: Shared,
    /// Dead instances that wait to be reaped, when others may have run.
    pub dead: Vec<DomainId>,
    /// Those who are to be ended because of what they have lost, the last one first.
    pub orphans: Vec<(Instance, Name)>,
    /// In nanoseconds.
    pub now: u64,
    /// How many calls there were.
    pub calls: u64,
    /// What has happened, in words.
    pub story: Vec<String>,
    pub logged: Vec<Logged>,
    pub died: Vec<Died>,
    /// Why the run cannot go on.
    pub failure: Option<Failure>,
}

/// The manifest of a system in which everybody may do everything, with the target's defaults.
#[allow(clippy::expect_used, reason = "a constant of ours, which is a name")]
fn manifest() -> SystemManifest {
    let name_server = Name::new(names::NAME).expect("the name server has a name");
    SystemManifest::plain(name_server)
}

impl World {
    /// Nothing is loaded.
    pub fn new() -> World {
        World {
            ledger: Box::new(Ledger::new()),
            waits: Box::new(Waits::new()),
            alarms: Box::new(Alarms::new()),
            wakes: Wakes::new(),
            system: Box::new(manifest()),
            devices: Vec::new(),
            rooms: (0..MAX_MODULES).map(|_| None).collect(),
            shared: Shared::new(),
            dead: Vec::new(),
            orphans: Vec::new(),
            now: 0,
            calls: 0,
            story: Vec::new(),
            logged: Vec::new(),
            died: Vec::new(),
            failure: None,
        }
    }

    pub fn room(&self, id: DomainId) -> Option<&Room> {
        self.rooms.get(usize::from(id.0))?.as_ref()
    }

    pub fn room_mut(&mut self, id: DomainId) -> Option<&mut Room> {
        self.rooms.get_mut(usize::from(id.0))?.as_mut()
    }

    pub fn running(&self, id: DomainId) -> Option<&Running> {
        self.room(id)?.running.as_ref()
    }

    pub fn running_mut(&mut self, id: DomainId) -> Option<&mut Running> {
        self.room_mut(id)?.running.as_mut()
    }

    /// All modules, in their order.
    pub fn ids(&self) -> Vec<DomainId> {
        self.ledger.iter().map(|(id, _)| id).collect()
    }

    pub fn state(&self, id: DomainId) -> Option<State> {
        self.ledger.module(id).map(Entry::state)
    }

    /// The newest instance of a module.
    pub fn newest(&self, id: DomainId) -> Option<Instance> {
        self.ledger.newest(id)
    }

    pub fn name_server(&self) -> Option<DomainId> {
        self.ledger.find(&self.system.name_server)
    }

    /// Who an instance is, as badges say it.
    pub fn holder(&self, who: Instance) -> Holder {
        Holder { domain: who.domain, tag: GenerationTag::of(who.generation) }
    }

    /// The generation of the running instance; `NONE` where none runs.
    pub fn running_generation(&self, id: DomainId) -> Generation {
        self.running(id).map_or(Generation::NONE, |running| running.instance.generation)
    }

    /// The call that an instance stands on.
    pub fn standing(&self, id: DomainId) -> Option<&Standing> {
        match &self.running(id)?.at {
            At::Calls(standing) => Some(standing),
            _ => None,
        }
    }

    /// Everybody who stands on a call to this module.
    pub fn callers_of(&self, server: DomainId) -> Vec<DomainId> {
        let stands = |id: &DomainId| self.standing(*id).is_some_and(|call| call.server == server);
        self.ids().into_iter().filter(stands).collect()
    }

    /// What an instance is called in listings: `counter.2`.
    pub fn called(&self, id: DomainId) -> String {
        match self.room(id) {
            Some(room) => {
                let generation = self.newest(id).map_or(Generation::NONE, |newest| newest.generation);
                format!("{}.{generation}", room.name)
            }
            None => "a module that is gone".to_owned(),
        }
    }

    /// Something has happened.
    pub fn tell(&mut self, what: String) {
        let micros = self.now / 1000;
        self.story.push(format!("{micros:>8} us  {what}"));
    }

    /// The run cannot go on.
    pub fn fails(&mut self, failure: Failure) {
        self.failure.get_or_insert(failure);
    }
}

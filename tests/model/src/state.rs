//! A state: the tables of the supervisor, and for each module what its thread stands on.

use ipc_proto::ids::{DomainId, Instance, ServiceRef};
use ipc_proto::names::Request;
use ipc_proto::registrar::{Answer, Entries};
use name_server_core::NameServer;
use root_task_core::alarms::Alarms;
use root_task_core::ledger::Ledger;
use root_task_core::restart::{Cause, Decision, History};
use root_task_core::waits::Waits;

use crate::case::{Left, PLACES};
use crate::kept::Kept;

/// Everything.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// The supervisor's.
    pub ledger: Kept<Ledger>,
    /// The supervisor's.
    pub waits: Kept<Waits>,
    /// The supervisor's.
    pub alarms: Kept<Alarms>,
    /// What it holds for each loaded module, by its place in the ledger.
    pub rooms: [Option<Room>; PLACES],
    /// The dead that are not reaped yet.
    pub dead: Vec<DomainId>,
    /// What can still happen.
    pub left: Left,
    /// What has gone wrong.
    pub wrong: Option<&'static str>,
}

/// A loaded module.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Room {
    /// Which program it runs.
    pub program: usize,
    /// How many instances it has had, as far as that matters: one, or more.
    pub starts: u8,
    /// Its restarts.
    pub history: History,
    /// Its running instance.
    pub thread: Option<Thread>,
    /// Whether the supervisor keeps it until its wait has ended.
    pub awaits: bool,
    /// How it died, and what comes then.
    pub death: Option<(Cause, Decision)>,
    /// Whether it has failed, so that its clients' calls come to the supervisor.
    pub closed: bool,
    /// Whether any of its instances has published.
    pub was_live: bool,
}

/// A running instance.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Thread {
    /// What of its program comes next.
    pub pc: usize,
    /// What it stands on.
    pub at: At,
    /// How many of its names are reserved: the name server has said so.
    pub reserved: usize,
    /// Whether it has published.
    pub published: bool,
    /// The capabilities in its slots.
    pub caps: Vec<(u8, ServiceRef)>,
    /// What came of its last lookup.
    pub found: Found,
    /// What it serves.
    pub serves: Option<Serving>,
    /// The name server's table, and what it was told since it began with what it does.
    pub names: Option<Kept<NameServer>>,
    /// See [`Said`].
    pub said: Vec<Said>,
}

/// What a lookup came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Found {
    /// Nothing, or none was made.
    Nothing,
    /// A capability, in this slot.
    Slot(u8),
    /// It waited as long as it was to.
    TimedOut,
    /// It was told of a cycle.
    Cycle,
}

/// What a thread stands on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum At {
    /// Its next instruction.
    Ready,
    /// A call to the name server.
    Names {
        /// What it asks.
        request: Request,
        /// Whether the name server has it.
        received: bool,
        /// How often it was asked before.
        repeated: u8,
        /// Whether it has waited for the name already.
        waited: bool,
    },
    /// The name server has let it wait: it is about to ask the supervisor.
    Told,
    /// Its question how its wait has ended.
    Awaits,
    /// A call to a service.
    Calls {
        /// The slot of the capability.
        slot: u8,
        /// Whether the server has it.
        received: bool,
    },
    /// It has found that its init cannot succeed.
    Fails,
    /// Receiving, or in service.
    Serves,
}

/// A request in service.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Serving {
    /// Whose it is.
    pub client: Instance,
    /// What its capability says of it.
    pub badge: u64,
    /// What the name server was asked.
    pub request: Option<Request>,
}

/// What the supervisor has answered to the name server since it began with what it does. It does the same again up to
/// its next question: so a step is cut at each question without a second copy of the code.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Said {
    /// To a question.
    Answer(Answer),
    /// To its first question.
    Page(Entries),
}

impl Thread {
    /// At its first instruction.
    pub fn new() -> Thread {
        Thread {
            pc: 0,
            at: At::Ready,
            reserved: 0,
            published: false,
            caps: Vec::new(),
            found: Found::Nothing,
            serves: None,
            names: None,
            said: Vec::new(),
        }
    }

    /// Goes on with what is next in its program.
    pub fn goes_on(&mut self) {
        self.pc += 1;
        self.at = At::Ready;
    }

    /// Its lookup has ended.
    pub fn has_found(&mut self, found: Found) {
        self.found = found;
        self.goes_on();
    }

    /// Whether it stands on something that somebody else has to end.
    pub fn is_blocked(&self) -> bool {
        matches!(self.at, At::Names { .. } | At::Awaits | At::Calls { .. })
    }
}

impl Default for Thread {
    fn default() -> Self {
        Thread::new()
    }
}

/// The place of a domain.
pub fn place(domain: DomainId) -> usize {
    usize::from(domain.0)
}

impl State {
    /// Whether some running instance has found this.
    pub fn has_found(&self, found: Found) -> bool {
        self.rooms
            .iter()
            .flatten()
            .filter_map(|room| room.thread.as_ref())
            .any(|thread| thread.found == found)
    }

    /// How many modules have published, the name server included.
    pub fn live(&self) -> usize {
        let threads = self.rooms.iter().flatten().filter_map(|room| room.thread.as_ref());
        threads.filter(|thread| thread.published).count()
    }

    /// Whether somebody asks the name server again.
    pub fn asks_again(&self) -> bool {
        let threads = self.rooms.iter().flatten().filter_map(|room| room.thread.as_ref());
        threads.into_iter().any(|thread| matches!(thread.at, At::Names { repeated: 1.., .. }))
    }

    /// Whether a module has failed.
    pub fn has_failed(&self) -> bool {
        self.rooms.iter().flatten().any(|room| room.closed)
    }

    /// Whether a module is being stopped.
    pub fn stops(&self) -> bool {
        self.ledger.iter().any(|(_, module)| module.state() == ipc_proto::operator::State::Stopping)
    }
}

//! A state: the tables of the supervisor, and for each module what it has, by the kernel's word and by its own.

use ipc_proto::deferred::Places;
use ipc_proto::ids::{DomainId, Instance, ServiceRef};
use ipc_proto::passing::Token;
use root_task_core::ledger::Ledger;
use root_task_core::restart::{Cause, Decision};
use root_task_core::windows::Windows;

use super::case::{Left, PLACES};
use crate::kept::Kept;

/// Everything.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// The supervisor's.
    pub ledger: Kept<Ledger>,
    /// The supervisor's.
    pub windows: Windows,
    /// The memory and the slots of windows, by their numbers.
    pub panes: Vec<(usize, Panes)>,
    /// What it holds for each loaded module, by its place in the ledger.
    pub rooms: [Option<Room>; PLACES],
    /// What can still happen.
    pub left: Left,
    /// What has gone wrong.
    pub wrong: Option<&'static str>,
}

/// What the supervisor has of the kernel's for a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Panes {
    /// For which client and which server its memory was made.
    pub made_for: [Instance; 2],
    /// Whether the memory is there.
    pub memory: bool,
}

/// A loaded module.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Room {
    /// Which program it runs.
    pub program: usize,
    /// Its running instance.
    pub has: Option<Has>,
    /// What it died of, and what comes then, as long as it is not reaped.
    pub death: Option<(Cause, Decision)>,
}

/// What a running instance has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Has {
    /// The capabilities in its slots, by the kernel's word.
    pub caps: Vec<(u8, ServiceRef)>,
    /// Those of them that it has looked up itself.
    pub looked_up: Vec<u8>,
    /// What it has put up, by what it was told.
    pub put_up: Vec<Up>,
    /// What it has taken, and has not given back.
    pub taken: Vec<Taken>,
    /// What is mapped in its regions, by the kernel's word.
    pub mapped: Vec<(u8, Mapped)>,
    /// The regions that it was told of: whatever becomes of them, it may go on using them.
    pub regions: Vec<u8>,
    /// How many calls it has made.
    pub calls: u8,
    /// The call that it stands on.
    pub call: Option<Call>,
    /// Its callers.
    pub callers: Callers,
}

/// A connection that was put up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Up {
    /// Under which number.
    pub token: Token,
    /// Which service it is.
    pub at: ServiceRef,
    /// The service on which the call is made.
    pub to: ServiceRef,
}

/// A connection that was taken: the program's `Taken`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Taken {
    /// The slot that the supervisor has said.
    pub slot: u8,
    /// Which service it was.
    pub at: ServiceRef,
    /// The interface that it was taken for.
    pub interface: u64,
}

/// What lies in a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mapped {
    /// The memory of the window of that number.
    Shared(usize),
    /// The module's own.
    Grave,
}

/// A call that a client stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Call {
    /// On which of its slots.
    pub slot: u8,
    /// Whether a server has it.
    pub received: bool,
}

/// Whose call it is, and which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Caller {
    /// Whose.
    pub client: Instance,
    /// Its how manieth.
    pub number: u8,
}

/// What lies in a slot of a locker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lies {
    /// A caller; the kernel empties the slot when the call has ended.
    Caller(Caller),
    /// What the module has put there.
    Other,
}

/// What a server has of its callers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Callers {
    /// Whose call it serves.
    pub serves: Option<Caller>,
    /// The region of which it was told when that began: it may write there until it has answered.
    pub works_in: Option<u8>,
    /// The caller in hand, by the kernel's word.
    pub in_hand: Option<Caller>,
    /// What lies in the slots of the locker, by the kernel's word.
    pub locker: Vec<(u16, Lies)>,
    /// The caller in the slot for answers, by the kernel's word.
    pub handed: Option<Caller>,
    /// The runtime's books.
    pub places: Places,
    /// The replies that the program keeps: whose each is, and in which place.
    pub replies: Vec<(u16, Caller)>,
    /// Whose answer it is about to send.
    pub gives: Option<Caller>,
}

/// The place of a domain.
pub fn place(domain: DomainId) -> usize {
    usize::from(domain.0)
}

impl State {
    /// All running instances.
    pub fn running(&self) -> impl Iterator<Item = (DomainId, &Room, &Has)> {
        let rooms = (0u16..).map(DomainId).zip(&self.rooms);
        rooms.filter_map(|(id, room)| {
            let room = room.as_ref()?;
            Some((id, room, room.has.as_ref()?))
        })
    }

    /// Whether nothing is loaded.
    pub fn is_empty(&self) -> bool {
        self.rooms.iter().all(Option::is_none)
    }

    /// What the running instance of a program has.
    pub fn of(&self, program: usize) -> Option<&Has> {
        self.running().find(|(_, room, _)| room.program == program).map(|(.., has)| has)
    }
}

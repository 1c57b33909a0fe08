//! Interface `operator`: what the shell, and modules that the system's manifest names, ask of the supervisor.

use core::fmt;

use heapless::{String, Vec};
use serde::{Deserialize, Serialize};

use crate::ids::{Instance, ServiceRef};
use crate::name::Name;
use crate::supervisor::Args;

/// The label of every request of this interface.
pub const LABEL: u16 = 0x102;
/// The longest refusal, in bytes: one or two sentences.
pub const MAX_SENTENCE: usize = 400;
/// The most text that one [`Request::Print`] carries, in bytes.
pub const MAX_PRINT: usize = 512;
/// How many modules a page of [`Request::Modules`] holds.
pub const PAGE: usize = 8;

/// Why something was refused, as the sentence that a person reads.
pub type Sentence = String<MAX_SENTENCE>;

/// A request. The supervisor checks by the badge that the caller is an operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Load a module from the boot archive. Answered when the module is live, held or ended:
    /// [`Answer::Loaded`] or [`Answer::Refused`].
    Load {
        /// Its name in the archive.
        name: Name,
        /// What the module reads as its arguments.
        args: Args,
        /// Stop it when it publishes, until [`Request::Release`].
        hold: bool,
    },
    /// Let a held module publish. Answer as for a load.
    Release {
        /// The module.
        name: Name,
    },
    /// Kill the domain, take every capability to it back, return its memory. Answer: [`Answer::Unloaded`].
    Unload {
        /// The module.
        name: Name,
    },
    /// Kill the module's running instance as if it had faulted. Answer: [`Answer::Done`].
    Crash {
        /// The module.
        name: Name,
    },
    /// Do something to the module's instance, `nanoseconds` of the supervisor's clock after `since`. Answered at once,
    /// [`Answer::Done`]: what comes of a death shows in [`Request::LastDeath`]. A second request of the same kind for
    /// the same module replaces the first; an instance that dies earlier takes its alarms with it.
    After {
        /// The module.
        name: Name,
        /// What to do.
        act: Act,
        /// How much later. In a machine that counts instructions, so many of them.
        nanoseconds: u64,
        /// From when on.
        since: Since,
    },
    /// Which instance died last, and where its thread was. Answer: [`Answer::LastDeath`].
    LastDeath,
    /// The modules, from the `from`th table entry on. Answer: [`Answer::Modules`].
    Modules {
        /// Which table entry to start from.
        from: u16,
    },
    /// What the ledger says about a service. Answer: [`Answer::Service`].
    Service {
        /// Which.
        service: ServiceRef,
    },
    /// Free and used memory and slots, by the books. Answer: [`Answer::Memory`].
    Memory,
    /// The same, proved: every untyped that is not in use is asked how much of it is free, every slot that is
    /// not in use is tried for emptiness. Answer: [`Answer::Proof`].
    Audit,
    /// Print text on the console as it is. Answer: [`Answer::Done`].
    Print {
        /// The text.
        text: String<MAX_PRINT>,
    },
}

/// What [`Request::After`] can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Act {
    /// As [`Request::Crash`].
    Crash,
    /// As [`Request::Unload`].
    Unload,
}

/// The moment from which [`Request::After`] counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Since {
    /// The request itself; the module's running instance is meant.
    Now,
    /// The start of the module's next instance, whether it is loaded now or not. One module can wait for that.
    NextStart,
}

/// The death of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Death {
    /// The module.
    pub name: Name,
    /// Which instance.
    pub instance: Instance,
    /// The address of the instruction that its thread would have gone on with.
    pub ip: u64,
}

/// Where a domain is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// Its init runs; what it reserves is invisible.
    Starting,
    /// Its init is done, and the operator keeps it from publishing.
    Held,
    /// It has published and serves.
    Live,
    /// It is dead, its callers are answered, and it waits to be reaped and, by policy, started again.
    Dead,
    /// It is dead and stays so: its restart policy or budget says no more.
    Failed,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            State::Starting => "starting",
            State::Held => "held",
            State::Live => "live",
            State::Dead => "dead",
            State::Failed => "failed",
        })
    }
}

/// How a load ended well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// It serves.
    Live,
    /// It is held before its publish.
    Held,
    /// It ran to its end and exited with code 0; nothing of it is left.
    Exited,
}

/// A line of `ps`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleInfo {
    /// The name.
    pub name: Name,
    /// Domain and generation.
    pub instance: Instance,
    /// Where it is in its life.
    pub state: State,
    /// How often it was started again since it was loaded.
    pub restarts: u32,
    /// The size of everything it holds, in bytes.
    pub memory: u64,
}

/// What a service's entry in the ledger is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServiceState {
    /// Reserved, invisible.
    Reserved,
    /// Published.
    Live,
    /// Its module died and is being restarted, or has failed.
    Down,
}

impl fmt::Display for ServiceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            ServiceState::Reserved => "reserved",
            ServiceState::Live => "live",
            ServiceState::Down => "down",
        })
    }
}

/// What the ledger says about a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceInfo {
    /// The module that owns it.
    pub owner: Name,
    /// Visible or not.
    pub state: ServiceState,
    /// How many clients hold a capability to it.
    pub clients: u16,
}

/// Memory and slots by the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryInfo {
    /// Bytes of memory that no module holds.
    pub free_bytes: u64,
    /// Bytes that modules and the supervisor hold.
    pub used_bytes: u64,
    /// Slots of the supervisor's CSpace that are free.
    pub free_slots: u32,
    /// Slots that modules and the supervisor use.
    pub used_slots: u32,
    /// Slots that hold pieces of memory, in use or not. Memory that was cut up stays cut up until a larger piece is
    /// needed, so this number grows and shrinks without anything being lost.
    pub piece_slots: u32,
}

/// What the kernel says about everything that is free by the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The books.
    pub books: MemoryInfo,
    /// How many untypeds were asked.
    pub untypeds: u32,
    /// The free bytes in them, as the kernel reported them.
    pub kernel_free_bytes: u64,
    /// How many free slots were tried.
    pub slots_tried: u32,
    /// How many of those held a capability: leaks.
    pub slots_taken: u32,
}

impl Proof {
    /// Whether kernel and books agree.
    pub fn is_whole(&self) -> bool {
        self.kernel_free_bytes == self.books.free_bytes
            && self.slots_taken == 0
            && self.slots_tried == self.books.free_slots
    }
}

/// The answer, with status `Ok`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// It is done.
    Done,
    /// The module was loaded.
    Loaded {
        /// Which instance.
        instance: Instance,
        /// How it ended.
        outcome: Outcome,
    },
    /// The module is gone and the kernel says that its memory is whole again.
    Unloaded {
        /// How many bytes came back.
        memory: u64,
    },
    /// The last death since boot, if there was one.
    LastDeath(Option<Death>),
    /// A page of modules, and the table entry to go on from, if there are more.
    Modules(Vec<ModuleInfo, PAGE>, Option<u16>),
    /// The service, or nothing where it does not exist any more.
    Service(Option<ServiceInfo>),
    /// The books.
    Memory(MemoryInfo),
    /// The proof.
    Proof(Proof),
    /// It cannot be done; nothing has changed.
    Refused(Sentence),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_means_that_nothing_is_missing_and_nothing_was_left_out() {
        let books =
            MemoryInfo { free_bytes: 4096, used_bytes: 0, free_slots: 7, used_slots: 0, piece_slots: 1 };
        let proof = Proof { books, untypeds: 1, kernel_free_bytes: 4096, slots_tried: 7, slots_taken: 0 };
        assert!(proof.is_whole());
        for kernel_free_bytes in [4095, 4097] {
            assert!(!Proof { kernel_free_bytes, ..proof }.is_whole(), "{kernel_free_bytes} bytes");
        }
        for slots_tried in [6, 8] {
            assert!(!Proof { slots_tried, ..proof }.is_whole(), "{slots_tried} slots");
        }
        assert!(!Proof { slots_taken: 1, ..proof }.is_whole());
    }
}

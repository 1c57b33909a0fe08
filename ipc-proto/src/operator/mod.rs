//! Interface `operator`: what the shell, and modules that the system's manifest names, ask of the supervisor.

mod caps;
mod later;
mod log;
mod shown;
mod states;

use heapless::{String, Vec};
use serde::{Deserialize, Serialize};

use crate::ids::{Instance, ServiceRef};
use crate::name::Name;
use crate::supervisor::Args;

pub use caps::{Grant, HolderInfo, MAX_MARKS, Mark, SlotInfo, WindowInfo};
pub use later::{Act, Fate, Since};
pub use log::{LOG_PAGE, LogAnswer, Logged};
pub use shown::{Death, Fingerprint, MemoryInfo, ModuleInfo, Proof, ServiceInfo, Users, WaitInfo};
pub use states::{ServiceState, State};

/// The label of every request of this interface.
pub const LABEL: u16 = 0x102;
/// The longest refusal, in bytes: one or two sentences.
pub const MAX_SENTENCE: usize = 400;
/// The most text that one [`Request::Print`] carries, in bytes.
pub const MAX_PRINT: usize = 512;
/// Larger untypeds are not retyped for a proof.
pub const MAX_RETYPED_BITS: u8 = 20;
/// Of how many modules the last death is known.
pub const MAX_DEATHS: usize = 8;
/// How many modules a [`Request::Fingerprint`] can leave out.
pub const MAX_EXCEPTED: usize = 12;
/// How many users of a module are named.
pub const MAX_USERS: usize = 8;
/// How many modules a page of [`Request::Modules`] holds.
pub const PAGE: usize = 8;
/// How many waits a page of [`Request::Waits`] holds: an answer is no longer for them.
pub const WAITS_PAGE: usize = 4;
/// How many slots, or holders, a page of [`Request::Caps`] or [`Request::Holders`] holds: the connections of one client to
/// one module fit.
pub const CAPS_PAGE: usize = 16;

/// Why something was refused, as the sentence that a person reads.
pub type Sentence = String<MAX_SENTENCE>;

/// A request. The supervisor checks by the badge that the caller is an operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Load a module from the boot archive. Answered when the module is live, held or ended, or, where the operator
    /// does not wait for that, when it has been started: [`Answer::Loaded`] or [`Answer::Refused`].
    Load {
        /// Its name in the archive.
        name: Name,
        /// What the module reads as its arguments.
        args: Args,
        /// Stop it when it publishes, until [`Request::Release`].
        hold: bool,
        /// Wait for what comes of it. Otherwise a failure is only told on the console.
        wait: bool,
    },
    /// Let a held module publish. Answer as for a load.
    Release {
        /// The module.
        name: Name,
    },
    /// Kill the domain, take every capability to it back, return its memory. Answer: [`Answer::Unloaded`].
    ///
    /// Where it has calls, it is stopped first: nobody finds its names any more, and the call in service may finish
    /// within the deadline of its manifest. Answer, at once: [`Answer::Stopping`]; what comes of it is told on the
    /// console.
    Unload {
        /// The module.
        name: Name,
        /// Do not wait for the call in service: it is interrupted.
        now: bool,
    },
    /// Take a stop back: the module goes on, and whoever waits is served as if nothing had happened. Answer:
    /// [`Answer::Done`].
    CancelUnload {
        /// The module.
        name: Name,
    },
    /// Take back every capability that `client` holds to services of this module, and whatever was copied from them; the
    /// module and its other clients go on. A call that waits returns `Revoked`, one in service `Interrupted`. Answer:
    /// [`Answer::Revoked`].
    Revoke {
        /// The module that serves.
        name: Name,
        /// The module whose capabilities are taken back.
        client: Name,
    },
    /// The slots of a module's CSpace that hold something, or should, from this one on. Answer: [`Answer::Caps`].
    Caps {
        /// The module.
        name: Name,
        /// The first slot.
        from: u8,
    },
    /// Who holds capabilities to services of a module, from the client with this table entry on. Answer:
    /// [`Answer::Holders`].
    Holders {
        /// The module.
        name: Name,
        /// Which table entry to start from.
        from: u16,
    },
    /// What a module was granted that reaches beyond its own domain. Answer: [`Answer::Marks`].
    Marks {
        /// The module.
        name: Name,
    },
    /// The windows of a module, from the one with this number on. Answer: [`Answer::Windows`].
    Windows {
        /// The module.
        name: Name,
        /// The first.
        from: u8,
    },
    /// Kill the module's running instance as if it had faulted. Answered when it is live again, [`Answer::Loaded`], or
    /// when it is not to be, [`Answer::Done`].
    Crash {
        /// The module.
        name: Name,
    },
    /// Start a module again: one that has failed, one that waits for its restart, or one that is live, which is killed
    /// first. What it did before does not count against it any more. Answer: as for a crash.
    Restart {
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
    /// What [`Request::After`] has asked for is not to be done. Answer: [`Answer::TakenBack`].
    TakeBack {
        /// The module.
        name: Name,
        /// What was to be done to it.
        act: Act,
    },
    /// Which instance of a module died last, and where its thread was; the last deaths of [`MAX_DEATHS`] modules are
    /// known. Answer: [`Answer::LastDeath`].
    LastDeath {
        /// The module.
        name: Name,
    },
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
    /// Which modules wait for which names, from the module with this table entry on. Answer: [`Answer::Waits`].
    Waits {
        /// Which table entry to start from.
        from: u16,
    },
    /// What was logged last by a module, and of it, or by all, from the line with this sequence number on; a module that
    /// was unloaded keeps its lines for a while. Answer: [`LogAnswer`], and
    /// not an [`Answer`], which all others would have to be as large as.
    Log {
        /// The module, or all.
        module: Option<Name>,
        /// The first line.
        from: u64,
    },
    /// Free and used memory and slots, by the books. Answer: [`Answer::Memory`].
    Memory,
    /// The same, proved: every untyped that is not in use is asked how much of it is free, every slot that is
    /// not in use is tried for emptiness. Answer: [`Answer::Proof`].
    Audit {
        /// Whether, beside being asked, each untyped of at most 2^[`MAX_RETYPED_BITS`] bytes is made into one object
        /// of its whole size, which works only where nothing of it is in use. The next use of that memory has to clear
        /// it.
        retype: bool,
    },
    /// Everything that modules other than these hold, in one number: their memory, their registers, which slots of their
    /// CSpaces are taken, and what the ledger says of them. The caller's own is never in it. Nothing of that changes as
    /// long as none of them runs, whatever others do: this is how to see it. Answer: [`Answer::Fingerprint`].
    Fingerprint {
        /// The modules that may change.
        except: Vec<Name, MAX_EXCEPTED>,
    },
    /// Print text on the console as it is. Answer: [`Answer::Done`].
    Print {
        /// The text.
        text: String<MAX_PRINT>,
    },
}

/// How a load ended well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// It serves.
    Live,
    /// It is held before its publish.
    Held,
    /// It has been started; nobody knows yet what comes of it.
    Started,
    /// It ran to its end and exited with code 0; nothing of it is left.
    Exited,
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
        /// Who was connected to it, beside the operator.
        users: Users,
    },
    /// The module is being stopped, and unloaded when its call in service is answered.
    Stopping {
        /// How long that may take, in microseconds.
        micros: u32,
        /// Who is connected to it, beside the operator.
        users: Users,
    },
    /// So many capabilities were taken back, beside their copies.
    Revoked(u8),
    /// Slots of a CSpace.
    Caps {
        /// Those that hold something, or should.
        page: Vec<SlotInfo, CAPS_PAGE>,
        /// How many slots the CSpace has.
        size: u8,
        /// The slot to go on from, if there are more.
        next: Option<u8>,
    },
    /// Who holds capabilities.
    Holders {
        /// One entry for each capability.
        page: Vec<HolderInfo, CAPS_PAGE>,
        /// The table entry to go on from, if there are more.
        next: Option<u16>,
    },
    /// What reaches beyond the module's domain.
    Marks(Vec<Mark, MAX_MARKS>),
    /// Windows.
    Windows {
        /// One entry for each.
        page: Vec<WindowInfo, PAGE>,
        /// The number to go on from, if there are more.
        next: Option<u8>,
    },
    /// What has become of it.
    TakenBack(Fate),
    /// The module's last death, if it is known.
    LastDeath(Option<Death>),
    /// A page of modules, and the table entry to go on from, if there are more.
    Modules(Vec<ModuleInfo, PAGE>, Option<u16>),
    /// The service, or nothing where it does not exist any more.
    Service(Option<ServiceInfo>),
    /// Who waits, and the table entry to go on from, if there are more.
    Waits(Vec<WaitInfo, WAITS_PAGE>, Option<u16>),
    /// The books.
    Memory(MemoryInfo),
    /// The proof.
    Proof(Proof),
    /// What others hold.
    Fingerprint(Fingerprint),
    /// It cannot be done; nothing has changed.
    Refused(Sentence),
}

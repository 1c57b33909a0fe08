//! What operators are answered.

use heapless::Vec;
use serde::{Deserialize, Serialize};

use super::{
    CAPS_PAGE, Death, Fate, Fingerprint, HolderInfo, MAX_MARKS, Mark, MemoryInfo, ModuleInfo, PAGE, Proof,
    Sentence, ServiceInfo, SlotInfo, StackUse, Users, WAITS_PAGE, WaitInfo, WindowInfo,
};
use crate::ids::Instance;

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
    Marks {
        /// As the system's manifest has it.
        marks: Vec<Mark, MAX_MARKS>,
        /// Whether the device among them was taken back from the running instance.
        taken_back: bool,
    },
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
    /// The stack of a module's instance, or nothing where there is none: it has died, and nothing is kept of it.
    Stack(Option<StackUse>),
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

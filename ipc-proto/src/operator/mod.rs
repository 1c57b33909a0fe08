//! Interface `operator`: what the shell, and modules that the system's manifest names, ask of the supervisor.

mod answer;
mod caps;
mod dependents;
mod finding;
mod later;
mod log;
mod report;
mod request;
mod shown;
mod states;

use heapless::String;

pub use answer::{Answer, Outcome};
pub use caps::{Grant, HolderInfo, MAX_MARKS, Mark, SlotInfo, WindowInfo};
pub use dependents::{DEPENDENTS_PAGE, DependentInfo, Dependents};
pub use finding::{Call, Examined, Finding, Until};
pub use later::{Act, Fate, Since};
pub use log::{LOG_PAGE, LogAnswer, Logged};
pub use report::{
    Autopsy, Backtrace, InService, LastLine, MAX_FRAMES, MAX_LINES, MAX_REGISTERS, MAX_SERVED, MAX_THEN,
    Part, REGISTERS, ReportAnswer, StackTrouble, WalkEnd,
};
pub use request::Request;
pub use shown::{Death, Fingerprint, MemoryInfo, ModuleInfo, Proof, ServiceInfo, StackUse, Users, WaitInfo};
pub use states::{ServiceState, State};

/// The label of every request of this interface.
pub const LABEL: u16 = 0x102;
/// The longest refusal, in bytes: one or two sentences.
pub const MAX_SENTENCE: usize = 400;
/// The most text that one [`Request::Print`] carries, in bytes.
pub const MAX_PRINT: usize = 512;
/// Larger untypeds are not retyped for a proof.
pub const MAX_RETYPED_BITS: u8 = 20;
/// Of how many modules the last death is known, and reported.
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

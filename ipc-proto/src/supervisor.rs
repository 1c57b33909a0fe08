//! Interface `supervisor`: what any module may ask of the supervisor, on [`crate::slots::SUPERVISOR`].

use heapless::{String, Vec};
use serde::{Deserialize, Serialize};

use crate::badge::MAX_DOMAINS;
use crate::ids::Instance;

/// The label of every request of this interface.
pub const LABEL: u16 = 0x100;
/// The longest line of log or of a reason, in bytes.
pub const MAX_LINE: usize = 200;
/// The longest argument text of a module, in bytes.
pub const MAX_ARGS: usize = 64;

/// A line of log or a reason.
pub type Line = String<MAX_LINE>;
/// The argument text that the operator gave at load.
pub type Args = String<MAX_ARGS>;

/// A request; the caller is known by the badge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Init has succeeded: make every reservation visible, at once. Cannot fail. Answer: [`Answer::Done`], after
    /// the operator let it go on where the module was loaded with `--hold`. A second publish does nothing.
    Publish,
    /// Init has failed, with the module's own code and reason. No answer: the domain is reaped.
    InitFailed {
        /// The module's own number for what went wrong.
        code: u32,
        /// The same in words.
        reason: Line,
    },
    /// The module is finished. No answer: the domain is reaped. Code 0 is success.
    Exit {
        /// What the operator sees.
        code: u32,
    },
    /// The module panicked. No answer: the domain is reaped, as after a fault.
    Panicked {
        /// File, line and message, cut at the end where they are too long.
        reason: Line,
    },
    /// Print a line on the console, tagged with the module's name and generation. Control characters are
    /// replaced. Answer: [`Answer::Done`].
    Log {
        /// The line, without a newline.
        line: Line,
    },
    /// The arguments given at load. Answer: [`Answer::Args`].
    Args,
    /// Which clients have died since the caller last asked. Answer: [`Answer::Departed`].
    Departed,
    /// Take back the capability of one of the caller's own clients, and whatever was copied from it; its other clients
    /// are not touched. Answer: [`Answer::Done`], or [`Answer::Refused`] where the badge is not that of a client.
    Revoke {
        /// The badge that came with the client's call.
        client: u64,
    },
    /// Copy the connection in `slot` into the module's own locker. Answer: [`Answer::Done`], or
    /// [`Answer::Refused`] where there is no locker, no such connection, or the slot is taken.
    Stow {
        /// A connection slot of the caller's CSpace.
        slot: u8,
        /// A free slot of the locker; not 0.
        index: u16,
    },
}

/// The answer, with status `Ok`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// It is done.
    Done,
    /// The arguments; empty where none were given.
    Args(Args),
    /// Of each domain the last instance that has died: no earlier one lives either. Empty where the manifest does not
    /// ask for that.
    Departed(Vec<Instance, { MAX_DOMAINS as usize }>),
    /// It cannot be done; nothing has changed.
    Refused,
}

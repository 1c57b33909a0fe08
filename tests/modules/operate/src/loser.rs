//! Interface of `loser`, the server that loses calls: what it does with each method's caller.

use ipc_proto::label::WORDS;
use ipc_proto::manifest::MIN_DEADLINE;
use ipc_proto::method::{Deadline, Method};
use ipc_proto::version::Version;

/// The name under which it is published.
pub const NAME: &str = "loser";
/// The version of this interface.
pub const VERSION: Version = Version(1);
/// Answers with the number of calls that it has received, and of capabilities in its locker that nobody put there for good.
pub const COUNT: u16 = WORDS | 0x100;
/// Receives again without answering.
pub const AGAIN: u16 = WORDS | 0x101;
/// Saves the reply capability and deletes it.
pub const DELETE: u16 = WORDS | 0x102;
/// Saves the reply capability, deletes it, and puts another capability there, on which it then sends.
pub const OVERWRITE: u16 = WORDS | 0x103;
/// Saves the reply capability and swaps it with another one, on which it then sends.
pub const SWAP: u16 = WORDS | 0x104;
/// Saves the reply capability and keeps it.
pub const KEEP: u16 = WORDS | 0x105;
/// Never receives again.
pub const HANG: u16 = WORDS | 0x106;
/// Takes a number of microseconds and answers, as [`COUNT`] does, when they are over.
pub const NAP: u16 = WORDS | 0x107;
/// Takes a number of microseconds and faults when they are over.
pub const DIE: u16 = WORDS | 0x108;
/// The ways in which it loses a call and goes on.
pub const WAYS: [(&str, u16); 5] =
    [("again", AGAIN), ("delete", DELETE), ("overwrite", OVERWRITE), ("swap", SWAP), ("keep", KEEP)];

/// How long a call may take, by the manifest, in microseconds.
pub const MODULES: u32 = 20 * MIN_DEADLINE;
/// How long the same may take with a deadline of its own, in microseconds.
pub const OWN: u32 = 8 * MIN_DEADLINE;

/// The method with a deadline of its own.
pub const fn own(label: u16) -> Method {
    Method::new(label).within(Deadline::micros(OWN))
}

/// The method with the longest deadline.
pub const fn patient(label: u16) -> Method {
    Method::new(label).within(Deadline::micros(u32::MAX))
}

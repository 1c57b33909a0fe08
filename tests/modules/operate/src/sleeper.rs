//! Interface of `sleeper`, the server that is woken: what it does with its alarm. Times are in microseconds.

use ipc_proto::label::WORDS;
use ipc_proto::version::Version;

/// The name under which it is published.
pub const NAME: &str = "sleeper";
/// The version of this interface.
pub const VERSION: Version = Version(1);
/// Sets the alarm.
pub const SET: u16 = WORDS | 0x101;
/// Takes it back; answers whether there was one.
pub const CANCEL: u16 = WORDS | 0x102;
/// Answers how often it was woken, and its generation.
pub const COUNT: u16 = WORDS | 0x103;
/// Sets the alarm, is busy for the second number, and sets it again to the third.
pub const AGAIN: u16 = WORDS | 0x104;
/// Sets the alarm, is busy for the second number, and takes it back; answers as [`CANCEL`].
pub const LATE: u16 = WORDS | 0x105;
/// Sets the alarm, is busy for the second number, and faults.
pub const DIE: u16 = WORDS | 0x106;

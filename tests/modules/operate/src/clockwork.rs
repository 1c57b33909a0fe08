//! Interface of `clockwork`, the driver of the real-time clock.

use ipc_proto::label::WORDS;
use ipc_proto::version::Version;

/// The name under which it is published.
pub const NAME: &str = "clockwork";
/// The version of this interface.
pub const VERSION: Version = Version(1);
/// Sets the clock so that an interrupt comes within a second. Answers with 1 where the clock took that.
pub const ARM: u16 = WORDS | 0x100;
/// Answers with the number of interrupts that came.
pub const COUNT: u16 = WORDS | 0x101;
/// Passes the capability in a slot of its CSpace on to `taker`.
pub const GIVE: u16 = WORDS | 0x102;

//! Interface of `hoard`, the client of `loser` that keeps copies of its capability.

use ipc_proto::label::WORDS;
use ipc_proto::version::Version;

/// The name under which it is published.
pub const NAME: &str = "hoard";
/// The version of this interface.
pub const VERSION: Version = Version(1);
/// Takes a number, at most [`MOST`]: looks `loser` up, and copies the capability so often into its locker.
pub const FILL: u16 = WORDS | 0x100;
/// Answers with the number of capabilities in its locker, its own endpoint's aside.
pub const HELD: u16 = WORDS | 0x101;
/// Passes its capability on to `taker`.
pub const GIVE: u16 = WORDS | 0x102;
/// How many copies there is room for.
pub const MOST: u16 = 1000;

//! Interface of `relay`, the server that calls `loser` in each call that it has.

use ipc_proto::label::WORDS;
use ipc_proto::version::Version;

/// The name under which it is published.
pub const NAME: &str = "relay";
/// The version of this interface.
pub const VERSION: Version = Version(1);
/// Calls `loser`, and says what came of it: one of the words below, and where it was served how many calls `loser` has
/// received.
pub const FORWARD: u16 = WORDS | 0x100;
/// `loser` has answered.
pub const SERVED: u64 = 1;
/// The call may have been executed.
pub const INTERRUPTED: u64 = 2;
/// Nobody has received the call.
pub const NOT_DELIVERED: u64 = 3;
/// Its capability was taken back before anybody received the call.
pub const REVOKED: u64 = 4;

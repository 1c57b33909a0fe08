//! Interface of `tally`, the server that keeps something for each of its clients.

use ipc_proto::label::WORDS;
use ipc_proto::version::Version;

/// The name under which it is published.
pub const NAME: &str = "tally";
/// The version of this interface.
pub const VERSION: Version = Version(1);
/// How many clients it keeps a count for.
pub const MAX_CLIENTS: usize = 2;
/// Counts. Answers with the caller's count, for how many clients there is one, and the number of all calls.
pub const ADD: u16 = WORDS | 0x100;
/// Takes a number of microseconds; counts and answers as [`ADD`] does, when they are over.
pub const NAP: u16 = WORDS | 0x101;
/// Takes the caller's capability back, and answers as [`ADD`] does: in vain.
pub const EXPEL: u16 = WORDS | 0x102;

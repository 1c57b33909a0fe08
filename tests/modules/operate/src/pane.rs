//! Interface of `pane`, the server that shares memory with its clients.

use ipc_proto::label::WORDS;
use ipc_proto::version::Version;

/// The name under which it is published.
pub const NAME: &str = "pane";
/// The version of this interface.
pub const VERSION: Version = Version(1);
/// Takes an offset and a byte: adds the byte to each byte of the caller's window from there on, to its end. Answers with
/// the sum of what it finds in the window then.
pub const ADD: u16 = WORDS | 0x100;
/// Answers with the sum of what it finds in the memory that it had last in hand, whoever shared it.
pub const LAST: u16 = WORDS | 0x101;
/// Takes a byte. Waits until the caller's window is lost, and writes the byte all over what it has in its place.
pub const LATE: u16 = WORDS | 0x103;
/// Reads address 0 while the caller waits.
pub const DIE: u16 = WORDS | 0x102;

//! Interface of `taker`, beside that of `echo`.

use ipc_proto::label::WORDS;

/// The name under which it is published.
pub const NAME: &str = "taker";
/// Answers with 1 where its locker still holds a capability that came with a call, with 0 where it does not.
pub const HELD: u16 = WORDS | 0x101;

//! Interface `echo`: the example service, with a message method and a four-word method.

use heapless::String;
use serde::{Deserialize, Serialize};

use crate::ids::Generation;
use crate::label::WORDS as WORDS_BIT;
use crate::version::Version;

/// The name under which it is published.
pub const NAME: &str = "echo";
/// The version of this interface.
pub const VERSION: Version = Version(1);
/// Method `say`: a [`Text`] in, a [`Said`] out. Idempotent.
pub const SAY: u16 = 0x100;
/// Method `words`: four words in, the same four in reverse order out. Idempotent; rides the fastpath.
pub const WORDS: u16 = WORDS_BIT | 0x101;
/// Method `die`: four words in; the server reads address 0 while the caller waits. For tests of recovery.
pub const DIE: u16 = WORDS_BIT | 0x102;
/// The longest text, in bytes.
pub const MAX_TEXT: usize = 256;

/// What `say` takes.
pub type Text = String<MAX_TEXT>;

/// What `say` gives back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The generation of the instance that answered.
    pub generation: Generation,
    /// The text, reversed by characters.
    pub text: Text,
}

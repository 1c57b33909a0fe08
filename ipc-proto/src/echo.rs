//! Interface `echo`: the example service, with a method that goes as a message and two that go as words.

use heapless::String;

use crate::ids::Generation;
use crate::interface::{Interface, interface, wire, wire_error};
use crate::version::Version;

/// The name under which it is published.
pub const NAME: &str = EchoInterface::NAME;
/// The version of this interface.
pub const VERSION: Version = EchoInterface::VERSION;
/// Method `say`, for those who call without the stub.
pub const SAY: u16 = EchoMethods::SAY.label;
/// Method `words`, for those who call without the stub.
pub const WORDS: u16 = EchoMethods::WORDS.label;
/// Method `die`, for those who call without the stub.
pub const DIE: u16 = EchoMethods::DIE.label;
/// The longest text, in bytes.
pub const MAX_TEXT: usize = 256;

/// What `say` takes.
pub type Text = String<MAX_TEXT>;

/// What `say` gives back.
#[wire]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The generation of the instance that answered.
    pub generation: Generation,
    /// The text, reversed by characters.
    pub text: Text,
}

/// What can go wrong.
#[wire_error]
pub enum EchoError {
    /// The server died while it had the call.
    Interrupted = 1,
}

/// Answers with what it was sent, reversed.
#[interface(name = "echo", version = 1, error = EchoError)]
pub trait Echo {
    /// Reverses a text by characters.
    ///
    /// # Request
    /// The text.
    ///
    /// # Preconditions
    /// None.
    ///
    /// # Response
    /// The reversed text, and which instance has answered.
    ///
    /// # Errors
    /// None of its own.
    #[method(idempotent)]
    fn say(&mut self, text: Text) -> Result<Said, EchoError>;

    /// Reverses the order of four words. It stays on the kernel's fastpath.
    ///
    /// # Request
    /// Four words.
    ///
    /// # Preconditions
    /// None.
    ///
    /// # Response
    /// The same four, the last one first.
    ///
    /// # Errors
    /// None of its own.
    #[method(idempotent)]
    fn words(&mut self, words: [u64; 4]) -> Result<[u64; 4], EchoError>;

    /// Has the server read address 0 while the caller waits: for tests of recovery.
    ///
    /// # Request
    /// Nothing.
    ///
    /// # Preconditions
    /// None.
    ///
    /// # Response
    /// There is none.
    ///
    /// # Errors
    /// `Interrupted`, always.
    fn die(&mut self) -> Result<(), EchoError>;
}

//! Interface `fickle`: a service that dies in a call as often as it is asked to, in methods of every kind.
#![no_std]
#![forbid(unsafe_code)]

use heapless::String;
use ipc_proto::interface::{interface, wire_error};

/// A text that does not fit four words.
pub type Text = String<64>;

/// What can go wrong.
#[wire_error]
pub enum FickleError {
    /// The number is odd.
    Odd = 3,
    /// The server died while it had the call, which may have been executed.
    Interrupted = 4,
}

/// Dies in earlier generations than the one that it is asked for.
#[interface(name = "fickle", version = 1, error = FickleError)]
pub trait Fickle {
    /// Says which generation it is, in words.
    ///
    /// # Request
    /// From which generation on it is served.
    ///
    /// # Preconditions
    /// None.
    ///
    /// # Response
    /// The generation that serves it.
    ///
    /// # Errors
    /// None of its own.
    #[method(idempotent)]
    fn words(&mut self, from: u32) -> Result<u32, FickleError>;

    /// The same, as a message.
    ///
    /// # Request
    /// From which generation on it is served, and a text.
    ///
    /// # Preconditions
    /// None.
    ///
    /// # Response
    /// The generation that serves it, and the text.
    ///
    /// # Errors
    /// None of its own.
    #[method(idempotent)]
    fn message(&mut self, from: u32, text: Text) -> Result<(u32, Text), FickleError>;

    /// The same of a method that must not be executed twice.
    ///
    /// # Request
    /// From which generation on it is served.
    ///
    /// # Preconditions
    /// None.
    ///
    /// # Response
    /// The generation that serves it.
    ///
    /// # Errors
    /// `Interrupted` where the server died.
    fn once(&mut self, from: u32) -> Result<u32, FickleError>;

    /// Halves a number.
    ///
    /// # Request
    /// The number.
    ///
    /// # Preconditions
    /// It is even.
    ///
    /// # Response
    /// Half of it.
    ///
    /// # Errors
    /// `Odd` where it is not even.
    #[method(idempotent)]
    fn half(&mut self, number: u64) -> Result<u64, FickleError>;
}

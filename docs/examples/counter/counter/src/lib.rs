//! Interface `counter`: what its server and its clients have in common.
#![no_std]
#![forbid(unsafe_code)]

use ipc_proto::interface::{interface, wire_error};

/// What can go wrong.
#[wire_error]
pub enum CounterError {
    /// The count would be too large.
    TooLarge = 1,
    /// The server died while it had the call, which may have been executed.
    Interrupted = 2,
}

/// Keeps a count.
#[interface(name = "counter", version = 1, error = CounterError)]
pub trait Counter {
    /// Adds to the count.
    ///
    /// # Request
    /// How much.
    ///
    /// # Preconditions
    /// None.
    ///
    /// # Response
    /// The new count.
    ///
    /// # Errors
    /// `TooLarge`, and nothing has changed. `Interrupted`: look at the count before you add again.
    fn add(&mut self, by: u64) -> Result<u64, CounterError>;

    /// Says what the count is.
    ///
    /// # Request
    /// Nothing.
    ///
    /// # Preconditions
    /// None.
    ///
    /// # Response
    /// The count.
    ///
    /// # Errors
    /// None of its own.
    #[method(idempotent)]
    fn count(&mut self) -> Result<u64, CounterError>;
}

//! Two interfaces of one module: `chest`, which adds to what is in it, and `keyhole`, which only looks.
#![no_std]
#![forbid(unsafe_code)]

use heapless::String;
use ipc_proto::interface::{interface, wire_error};

/// What is written on the chest.
pub type Label = String<48>;

/// What can go wrong.
#[wire_error]
pub enum ChestError {
    /// There is no room for so much.
    Full = 1,
    /// The server died while it had the call, which may have been executed.
    Interrupted = 2,
}

/// A chest to put coins into.
#[interface(name = "chest", version = 1, error = ChestError)]
pub trait Chest {
    /// Adds coins.
    ///
    /// # Request
    /// How many.
    ///
    /// # Preconditions
    /// None.
    ///
    /// # Response
    /// How many there are then.
    ///
    /// # Errors
    /// `Full` above a thousand; `Interrupted`.
    fn add(&mut self, coins: u64) -> Result<u64, ChestError>;

    /// Writes something on it.
    ///
    /// # Request
    /// What.
    ///
    /// # Preconditions
    /// None.
    ///
    /// # Response
    /// Nothing.
    ///
    /// # Errors
    /// None of its own.
    #[method(idempotent)]
    fn write(&mut self, label: Label) -> Result<(), ChestError>;
}

/// A hole in it to look through.
#[interface(name = "keyhole", version = 1, error = ChestError)]
pub trait Keyhole {
    /// Counts the coins.
    ///
    /// # Request
    /// Nothing.
    ///
    /// # Preconditions
    /// None.
    ///
    /// # Response
    /// How many there are.
    ///
    /// # Errors
    /// None of its own.
    #[method(idempotent)]
    fn count(&mut self) -> Result<u64, ChestError>;

    /// Reads what is written on it.
    ///
    /// # Request
    /// Nothing.
    ///
    /// # Preconditions
    /// None.
    ///
    /// # Response
    /// What is written on it.
    ///
    /// # Errors
    /// None of its own.
    #[method(idempotent)]
    fn read(&mut self) -> Result<Label, ChestError>;
}

//! Interfaces of `office`, which gives letters to who waits for one, and of `clerk`, who counts what came of that. Both are
//! spoken to by the shell, too: their first method is `say` of `echo`, but it can be answered later.

use heapless::String;
use ipc_proto::echo::{Said, Text};
use ipc_proto::interface::{Reply, interface, wire_error};

/// A letter.
pub type Letter = String<32>;

/// What can go wrong.
#[wire_error]
pub enum OfficeError {
    /// None has come in time.
    None = 1,
    /// The server died while it had the call, or it was taken from the server.
    Interrupted = 2,
}

/// Keeps who waits for a letter.
#[interface(name = "office", version = 1, error = OfficeError)]
pub trait Office {
    /// Does what an operator says.
    ///
    /// # Request
    /// What.
    /// # Preconditions
    /// None.
    /// # Response
    /// What came of it.
    /// # Errors
    /// None.
    #[method(deferred)]
    fn say(&mut self, text: Text, reply: Reply<Said, OfficeError>);

    /// Waits for a letter.
    ///
    /// # Request
    /// How long at most, in microseconds; 0 is for ever.
    /// # Preconditions
    /// None.
    /// # Response
    /// The letter.
    /// # Errors
    /// `None` where none has come in that time.
    #[method(deferred)]
    fn receive(&mut self, longest: u32, reply: Reply<Letter, OfficeError>);

    /// The same for ever, but the call has a short deadline.
    ///
    /// # Request
    /// Nothing.
    /// # Preconditions
    /// None.
    /// # Response
    /// The letter.
    /// # Errors
    /// None.
    #[method(deferred, deadline_us = 20_000)]
    fn receive_soon(&mut self, reply: Reply<Letter, OfficeError>);

    /// Gives everybody who waits a letter. It takes no room for a caller.
    ///
    /// # Request
    /// The letter.
    /// # Preconditions
    /// None.
    /// # Response
    /// How many it reached, and of how many.
    /// # Errors
    /// None.
    fn send(&mut self, letter: Letter) -> Result<[u32; 2], OfficeError>;

    /// How many wait. It takes no room for a caller.
    ///
    /// # Request
    /// Nothing.
    /// # Preconditions
    /// None.
    /// # Response
    /// Their number.
    /// # Errors
    /// None.
    #[method(idempotent)]
    fn kept(&mut self) -> Result<u64, OfficeError>;
}

/// Counts.
#[interface(name = "clerk", version = 1, error = OfficeError)]
pub trait Clerk {
    /// Counts a word; or, of a number, waits until so many were counted and begins anew.
    ///
    /// # Request
    /// The word, or the number.
    /// # Preconditions
    /// None.
    /// # Response
    /// Nothing, or what was counted.
    /// # Errors
    /// None.
    #[method(deferred)]
    fn say(&mut self, text: Text, reply: Reply<Said, OfficeError>);
}

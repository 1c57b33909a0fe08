//! The interface of `agent`, who speaks to an `echo` that others have passed to it.
#![no_std]
#![forbid(unsafe_code)]

use ipc_proto::echo::{EchoInterface, Said, Text};
use ipc_proto::interface::{Client, Passed, interface, wire_error};
use module_rt::ipc_proto;

/// What can go wrong.
#[wire_error]
pub enum AgentError {
    /// The server died while it had the call, or what it speaks to did.
    Interrupted = 1,
    /// Nobody has passed it anything.
    Nothing = 2,
    /// What it was passed is gone.
    Gone = 3,
}

/// Why it did not take what it was passed, in words; empty where it did.
pub type Reason = heapless::String<128>;

/// Speaks for others.
#[interface(name = "agent", version = 1, error = AgentError)]
pub trait Agent {
    /// Says something to the `echo` that it was passed last.
    ///
    /// # Request
    /// What.
    /// # Preconditions
    /// Somebody has passed one.
    /// # Response
    /// What that has said.
    /// # Errors
    /// `Nothing`; `Gone` where it was taken back.
    fn say(&mut self, text: Text) -> Result<Said, AgentError>;

    /// Takes a connection.
    ///
    /// # Request
    /// It.
    /// # Preconditions
    /// None.
    /// # Response
    /// Why it was not taken.
    /// # Errors
    /// None.
    #[method(idempotent)]
    fn adopt(&mut self, client: Client, echo: Passed<EchoInterface>) -> Result<Reason, AgentError>;

    /// The same with a number that the caller chooses: nobody has to believe that it has put anything up.
    ///
    /// # Request
    /// The token.
    /// # Preconditions
    /// None.
    /// # Response
    /// Why it was not taken.
    /// # Errors
    /// None.
    #[method(idempotent)]
    fn adopt_as(&mut self, client: Client, token: u64) -> Result<Reason, AgentError>;
}

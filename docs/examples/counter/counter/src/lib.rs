//! Interface `counter`, and a server of it that keeps a count.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

use ipc_proto::interface::dispatch::Events;
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

/// The server. It begins with nothing: what an earlier instance has counted died with it.
#[derive(Debug, Default)]
pub struct CounterState {
    count: u64,
}

impl Counter for CounterState {
    fn add(&mut self, by: u64) -> Result<u64, CounterError> {
        self.count = self.count.checked_add(by).ok_or(CounterError::TooLarge)?;
        Ok(self.count)
    }

    fn count(&mut self) -> Result<u64, CounterError> {
        Ok(self.count)
    }
}

impl Events for CounterState {}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_proto::interface::Failure;
    use ipc_proto::interface::loopback::Loopback;

    #[test]
    fn what_is_added_is_counted() {
        let server = Loopback::new(CounterServer(CounterState::default()), 0);
        let client = CounterClient::new(&server);
        assert_eq!(client.count(), Ok(0));
        assert_eq!(client.add(2), Ok(2));
        assert_eq!(client.add(3), Ok(5));
        assert_eq!(client.count(), Ok(5));
    }

    #[test]
    fn what_is_too_large_changes_nothing() {
        let server = Loopback::new(CounterServer(CounterState::default()), 0);
        let client = CounterClient::new(&server);
        assert_eq!(client.add(u64::MAX), Ok(u64::MAX));
        assert_eq!(client.add(1), Err(Failure::Service(CounterError::TooLarge)));
        assert_eq!(client.count(), Ok(u64::MAX));
    }
}

//! A server of the interface that keeps a count. It is part of the module's program alone: what it needs, a heap for
//! instance, its clients do not link.

use counter::{Counter, CounterError};
use ipc_proto::interface::dispatch::Events;

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
    use counter::{CounterClient, CounterServer};
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

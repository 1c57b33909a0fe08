//! What becomes of a request and an answer below, at and above the bound of a message.
#![allow(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it expects")]

use heapless::String;
use ipc_proto::call_error::CallError;
use ipc_proto::interface::dispatch::Events;
use ipc_proto::interface::loopback::Loopback;
use ipc_proto::interface::{Failure, interface, wire_error};
use ipc_proto::wire::MAX_BYTES;

/// More than a message holds.
type Text = String<2000>;

/// What can go wrong.
#[wire_error]
pub enum LongError {
    /// The server died, or was too slow.
    Interrupted = 1,
}

/// Makes texts, and counts them.
#[interface(name = "long", version = 1, error = LongError)]
pub trait Long {
    /// Gives a text.
    ///
    /// # Request
    /// How long.
    /// # Preconditions
    /// None.
    /// # Response
    /// The text.
    /// # Errors
    /// None.
    fn text(&mut self, length: u16) -> Result<Text, LongError>;

    /// Takes a text.
    ///
    /// # Request
    /// The text.
    /// # Preconditions
    /// None.
    /// # Response
    /// Nothing.
    /// # Errors
    /// None.
    fn take(&mut self, text: Text) -> Result<(), LongError>;
}

#[derive(Default)]
struct Counts(u32);

impl Long for Counts {
    fn text(&mut self, length: u16) -> Result<Text, LongError> {
        self.0 = self.0.saturating_add(1);
        Ok("x".repeat(length.into()).as_str().try_into().unwrap())
    }

    fn take(&mut self, _: Text) -> Result<(), LongError> {
        self.0 = self.0.saturating_add(1);
        Ok(())
    }
}

impl Events for Counts {}

/// A text of that length has two bytes before it.
const LENGTHS: [(usize, bool); 3] = [(MAX_BYTES - 3, true), (MAX_BYTES - 2, true), (MAX_BYTES - 1, false)];

#[test]
fn an_answer_that_is_too_long_makes_no_sense_and_was_executed() {
    for (length, fits) in LENGTHS {
        let way = Loopback::new(LongServer(Counts::default()), 0);
        let told = LongClient::new(&way).text(length as u16);
        let expected = if fits { Ok(length) } else { Err(Failure::Call(CallError::BadAnswer)) };
        assert_eq!(told.map(|text| text.len()), expected, "{length}");
        assert_eq!(way.server().0.0, 1, "{length}");
    }
}

#[test]
fn a_request_that_is_too_long_is_not_sent() {
    for (length, fits) in LENGTHS {
        let way = Loopback::new(LongServer(Counts::default()), 0);
        let text = "x".repeat(length).as_str().try_into().unwrap();
        let expected = if fits { Ok(()) } else { Err(Failure::Call(CallError::TooLong)) };
        assert_eq!(LongClient::new(&way).take(text), expected, "{length}");
        assert_eq!(way.server().0.0, u32::from(fits), "{length}");
    }
}

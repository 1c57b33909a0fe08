//! Whatever a client sends to an interface with words, messages, bulk data and connections, and whatever lies in the memory that it
//! shares: it is answered, an error has no message, and a method gets no more data than the window has room for.
#![allow(missing_docs, reason = "the interface is what is tested")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

use std::sync::atomic::Ordering;

use heapless::String;
use ipc_proto::interface::bulk::{BulkIn, BulkOut, Shelf, capacity};
use ipc_proto::interface::dispatch::Events;
use ipc_proto::interface::loopback::Loopback;
use ipc_proto::interface::{Interface as _, Passed, interface, wire_error};
use ipc_proto::label::{Reply, Status, parse_reply};

fuzz_tests::target!(dispatch, "dispatch", holds);

#[wire_error]
pub enum StallError {
    /// Interrupted.
    Interrupted = 1,
    /// Gone.
    Gone = 2,
}

/// Everything that an argument can be.
#[interface(name = "stall", version = 1, error = StallError, window_pages = 1)]
pub trait Stall {
    /// Data and a number, in words.
    /// # Request
    /// They.
    /// # Preconditions
    /// None.
    /// # Response
    /// How many bytes.
    /// # Errors
    /// `Gone`.
    fn put(&mut self, number: u32, data: BulkIn<'_>) -> Result<u64, StallError>;

    /// Room for data, and a text: a message.
    /// # Request
    /// They.
    /// # Preconditions
    /// None.
    /// # Response
    /// The text.
    /// # Errors
    /// `Gone`.
    #[method(idempotent)]
    fn get(&mut self, data: BulkOut<'_>, text: String<16>) -> Result<String<16>, StallError>;

    /// A connection, in words.
    /// # Request
    /// It.
    /// # Preconditions
    /// None.
    /// # Response
    /// Its token.
    /// # Errors
    /// None.
    #[method(idempotent)]
    fn join(&mut self, other: Passed<StallInterface>) -> Result<u64, StallError>;

    /// A connection, in a message.
    /// # Request
    /// It, and a text.
    /// # Preconditions
    /// None.
    /// # Response
    /// The text.
    /// # Errors
    /// None.
    #[method(idempotent)]
    fn named(&mut self, text: String<16>, other: Passed<StallInterface>) -> Result<String<16>, StallError>;
}

struct Seller;

impl Seller {
    fn within(length: usize) -> Vec<u8> {
        assert!(length <= capacity(StallInterface::WINDOW_PAGES), "{length} bytes in one page");
        vec![7; length]
    }
}

impl Stall for Seller {
    fn put(&mut self, _: u32, data: BulkIn<'_>) -> Result<u64, StallError> {
        data.copy_to(0, &mut Self::within(data.len())).map_err(|_| StallError::Gone)?;
        Ok(data.len() as u64)
    }

    fn get(&mut self, data: BulkOut<'_>, text: String<16>) -> Result<String<16>, StallError> {
        data.copy_from(0, &Self::within(data.len())).map_err(|_| StallError::Gone)?;
        Ok(text)
    }

    fn join(&mut self, other: Passed<StallInterface>) -> Result<u64, StallError> {
        Ok(other.token().0)
    }

    fn named(&mut self, text: String<16>, _: Passed<StallInterface>) -> Result<String<16>, StallError> {
        Ok(text)
    }
}

impl Events for Seller {}

/// Words: the seal of the memory, the label, and the message.
fn holds(input: &[u8]) {
    let word = |chunk: &[u8]| chunk.iter().rev().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
    let words: Vec<u64> = input.chunks(8).map(word).collect();
    let [seal, label, message @ ..] = words.as_slice() else { return };
    let shelf = Shelf::new();
    shelf.open(StallInterface::WINDOW_PAGES).unwrap().last().unwrap().store(*seal, Ordering::Relaxed);
    let way = Loopback::new(StallServer(Seller, &shelf), 0x1234);
    let (reply, answer) = way.send(*label as u16, message);
    let Reply::Answer(status) = parse_reply(reply) else { panic!("{label:#x}: {reply:#x} is no answer") };
    assert!(status == Status::Ok || answer.is_empty(), "{label:#x}: {status:?} with {answer:?}");
}

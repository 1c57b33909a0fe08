//! What goes over at the bound of a message, in every way; and what becomes of what says less of itself than it is.
//!
//! What can be above it does not compile: `tests/wrong/room.rs`.
#![allow(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it expects")]

use std::sync::atomic::Ordering;

use heapless::String;
use ipc_proto::call_error::CallError;
use ipc_proto::interface::bulk::{BulkIn, Part, Sharing, Shelf};
use ipc_proto::interface::dispatch::Events;
use ipc_proto::interface::loopback::Loopback;
use ipc_proto::interface::{Call, Dispatch, Failure, Passed, Reply, interface, wire_error};
use ipc_proto::passing::Token;
use ipc_proto::wire::{MAX_BYTES, MAX_WORDS};
use postcard_schema_ng::Schema;
use postcard_schema_ng::schema::DataModelType;
use serde::{Deserialize, Serialize};

/// Before a text is its length, in two bytes from 128 on.
type Whole = String<{ MAX_BYTES - 2 }>;
/// Two of them are as long as a message.
type Half = String<{ MAX_BYTES / 2 - 2 }>;
/// Bulk data and a connection are a word of the message, of ten bytes at most.
type BesideAWord = String<{ MAX_BYTES - 2 - 10 }>;

/// It says that it has one byte, and has up to two thousand.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Understated(String<2000>);

impl Schema for Understated {
    const SCHEMA: &'static DataModelType = u8::SCHEMA;
}

/// What can go wrong.
#[wire_error]
pub enum LongError {
    /// The server died, or was too slow.
    Interrupted = 1,
}

/// Makes texts, and counts calls.
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
    fn gives(&mut self, length: u16) -> Result<Whole, LongError>;

    /// Gives it later.
    ///
    /// # Request
    /// How long.
    /// # Preconditions
    /// None.
    /// # Response
    /// The text.
    /// # Errors
    /// None.
    #[method(deferred)]
    fn later(&mut self, length: u16, reply: Reply<Whole, LongError>);

    /// Takes a text.
    ///
    /// # Request
    /// The text.
    /// # Preconditions
    /// None.
    /// # Response
    /// Its length.
    /// # Errors
    /// None.
    fn takes(&mut self, text: Whole) -> Result<u64, LongError>;

    /// Takes two.
    ///
    /// # Request
    /// The texts.
    /// # Preconditions
    /// None.
    /// # Response
    /// Their length.
    /// # Errors
    /// None.
    fn both(&mut self, one: Half, other: Half) -> Result<u64, LongError>;

    /// Takes one beside a connection.
    ///
    /// # Request
    /// The connection, and the text.
    /// # Preconditions
    /// None.
    /// # Response
    /// The length of the text.
    /// # Errors
    /// None.
    fn passes(&mut self, to: Passed<LongInterface>, text: BesideAWord) -> Result<u64, LongError>;

    /// Gives what is longer than it says.
    ///
    /// # Request
    /// How long.
    /// # Preconditions
    /// None.
    /// # Response
    /// It.
    /// # Errors
    /// None.
    fn understates(&mut self, length: u16) -> Result<Understated, LongError>;

    /// Takes what is longer than it says.
    ///
    /// # Request
    /// It.
    /// # Preconditions
    /// None.
    /// # Response
    /// Nothing.
    /// # Errors
    /// None.
    fn understated(&mut self, text: Understated) -> Result<(), LongError>;
}

/// The same with a window.
#[interface(name = "beside", version = 1, error = LongError, window_pages = 1)]
pub trait Beside {
    /// Takes one beside bulk data.
    ///
    /// # Request
    /// The data, and the text.
    /// # Preconditions
    /// None.
    /// # Response
    /// The length of the text.
    /// # Errors
    /// None.
    fn sends(&mut self, data: BulkIn<'_>, text: BesideAWord) -> Result<u64, LongError>;
}

#[derive(Default)]
struct Counts(u32);

fn text<const N: usize>(length: usize) -> String<N> {
    "x".repeat(length).as_str().try_into().unwrap()
}

impl Counts {
    fn count<T>(&mut self, of: T) -> Result<T, LongError> {
        self.0 = self.0.saturating_add(1);
        Ok(of)
    }
}

impl Long for Counts {
    fn gives(&mut self, length: u16) -> Result<Whole, LongError> {
        self.count(text(length.into()))
    }

    fn later(&mut self, length: u16, reply: Reply<Whole, LongError>) {
        let text = self.count(text(length.into()));
        reply.answer(text.as_ref().map_err(|error| *error));
    }

    fn takes(&mut self, text: Whole) -> Result<u64, LongError> {
        self.count(text.len() as u64)
    }

    fn both(&mut self, one: Half, other: Half) -> Result<u64, LongError> {
        self.count(one.len().saturating_add(other.len()) as u64)
    }

    fn passes(&mut self, _: Passed<LongInterface>, text: BesideAWord) -> Result<u64, LongError> {
        self.count(text.len() as u64)
    }

    fn understates(&mut self, length: u16) -> Result<Understated, LongError> {
        self.count(Understated(text(length.into())))
    }

    fn understated(&mut self, _: Understated) -> Result<(), LongError> {
        self.count(())
    }
}

impl Beside for Counts {
    fn sends(&mut self, _: BulkIn<'_>, text: BesideAWord) -> Result<u64, LongError> {
        self.count(text.len() as u64)
    }
}

impl Events for Counts {}

fn served() -> Loopback<LongServer<Counts>> {
    Loopback::new(LongServer(Counts::default()), 0)
}

/// How many words the last request had, and the last reply.
fn words<D: Dispatch>(way: &Loopback<D>) -> (usize, usize) {
    let last = way.last().unwrap();
    (last.request.1.len(), last.reply.1.len())
}

#[test]
fn what_is_as_long_as_a_message_comes_over_both_ways() {
    let way = served();
    let client = LongClient::new(&way);
    let most = MAX_BYTES - 2;
    for length in [most - 1, most] {
        assert_eq!(client.gives(length as u16).map(|text| text.len()), Ok(length));
        assert_eq!(words(&way).1, MAX_WORDS);
        assert_eq!(client.later(length as u16).map(|text| text.len()), Ok(length));
        assert_eq!(words(&way).1, MAX_WORDS);
        assert_eq!(client.takes(text(length)), Ok(length as u64));
        assert_eq!(words(&way).0, MAX_WORDS);
    }
    let half = MAX_BYTES / 2 - 2;
    assert_eq!(client.both(text(half), text(half)), Ok(2 * half as u64));
    assert_eq!(words(&way).0, MAX_WORDS);
    assert_eq!(way.server().0.0, 7);
}

/// A stub's own word has as many bytes as it needs, so here is one that has all of them.
#[test]
fn so_does_what_is_beside_the_longest_word_of_a_connection_or_of_bulk_data() {
    let (way, beside) = (served(), MAX_BYTES - 2 - 10);
    let request = (Passed::<()>::of(Token(u64::MAX)), text::<{ MAX_BYTES }>(beside));
    assert_eq!((&way).call_message(LongMethods::PASSES, &request), Ok(beside as u64));
    assert_eq!(words(&way).0, MAX_WORDS);
    let shelf = Shelf::new();
    let way = Sharing::new(BesideServer(Counts::default(), &shelf), 0, &shelf);
    let client = BesideClient::new(&way);
    assert_eq!(client.sends(b"data", text(beside)), Ok(beside as u64));
    let seal = shelf.window().unwrap().last().unwrap();
    seal.store(u64::MAX << 20 | 4, Ordering::Relaxed);
    let request = (Part::new(4, u64::MAX), text::<{ MAX_BYTES }>(beside));
    assert_eq!((&way).call_message(BesideMethods::SENDS, &request), Ok(beside as u64));
    assert_eq!(words(&way.loopback).0, MAX_WORDS);
}

/// A text of that length has two bytes before it.
const LENGTHS: [(usize, bool); 3] = [(MAX_BYTES - 3, true), (MAX_BYTES - 2, true), (MAX_BYTES - 1, false)];

#[test]
fn an_answer_that_is_longer_than_its_type_says_makes_no_sense_and_was_executed() {
    for (length, fits) in LENGTHS {
        let way = served();
        let told = LongClient::new(&way).understates(length as u16);
        let expected = if fits { Ok(length) } else { Err(Failure::Call(CallError::BadAnswer)) };
        assert_eq!(told.map(|text| text.0.len()), expected, "{length}");
        assert_eq!(way.server().0.0, 1, "{length}");
    }
}

#[test]
fn a_request_that_is_longer_than_its_type_says_is_not_sent() {
    for (length, fits) in LENGTHS {
        let way = served();
        let expected = if fits { Ok(()) } else { Err(Failure::Call(CallError::TooLong)) };
        assert_eq!(LongClient::new(&way).understated(Understated(text(length))), expected, "{length}");
        assert_eq!(way.server().0.0, u32::from(fits), "{length}");
    }
}

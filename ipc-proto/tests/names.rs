//! An interface whose names are those that the generated code uses too, or made of each other.
#![allow(missing_docs, clippy::indexing_slicing, reason = "the names are what is tested")]

use ipc_proto::interface::dispatch::Events;
use ipc_proto::interface::loopback::Loopback;
use ipc_proto::interface::{Client, Interface, interface, wire, wire_error};

const LEN: usize = 2;

#[wire(words)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Plain(u64);

#[wire]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange(u64);

#[wire]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct S(u64);

#[wire(words)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct T(u64);

#[wire]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct M(u64);

#[wire_error]
#[derive(PartialOrd, Ord)]
pub enum OddError {
    /// Interrupted.
    Interrupted = 1,
    /// USB is gone.
    Usb = 2,
    /// A thing is gone.
    Thing = 3,
}

#[interface(name = "odd", version = 1, error = OddError)]
pub trait Odd {
    /// A constant of its own that is called as a method's number.
    /// # Request
    /// It.
    /// # Preconditions
    /// None.
    /// # Response
    /// It.
    /// # Errors
    /// None.
    fn len(&mut self, of: [u64; LEN]) -> Result<[u64; LEN], OddError>;

    /// A name of another one with more behind it.
    /// # Request
    /// It.
    /// # Preconditions
    /// None.
    /// # Response
    /// It.
    /// # Errors
    /// None.
    fn len_sizes(&mut self, plain: Plain, t: T) -> Result<Plain, OddError>;

    /// Another one.
    /// # Request
    /// It.
    /// # Preconditions
    /// None.
    /// # Response
    /// It.
    /// # Errors
    /// None.
    fn len_as_words(&mut self, exchange: Exchange, s: S, m: M) -> Result<Exchange, OddError>;

    /// Raw, and arguments that are called as what the generated code has, in words.
    /// # Request
    /// It.
    /// # Preconditions
    /// None.
    /// # Response
    /// It.
    /// # Errors
    /// None.
    fn r#type(&mut self, own: Client, client: u64, words: u64, at: u32, ask: u8) -> Result<u64, OddError>;

    /// The same in a message.
    /// # Request
    /// It.
    /// # Preconditions
    /// None.
    /// # Response
    /// It.
    /// # Errors
    /// None.
    fn size_of(
        &mut self,
        own: Client,
        client: u64,
        r#fn: [u64; 4],
        ask: u64,
        is_end: u64,
    ) -> Result<u64, OddError>;
}

struct Server;

impl Events for Server {}

impl Odd for Server {
    fn len(&mut self, of: [u64; LEN]) -> Result<[u64; LEN], OddError> {
        Ok([of[1], of[0]])
    }

    fn len_sizes(&mut self, plain: Plain, t: T) -> Result<Plain, OddError> {
        Ok(Plain(plain.0 ^ t.0))
    }

    fn len_as_words(&mut self, exchange: Exchange, s: S, m: M) -> Result<Exchange, OddError> {
        Ok(Exchange(exchange.0 ^ s.0 ^ m.0))
    }

    fn r#type(&mut self, own: Client, client: u64, words: u64, at: u32, ask: u8) -> Result<u64, OddError> {
        Ok(own.badge() ^ client ^ words ^ u64::from(at) ^ u64::from(ask))
    }

    fn size_of(
        &mut self,
        own: Client,
        client: u64,
        r#fn: [u64; 4],
        ask: u64,
        is_end: u64,
    ) -> Result<u64, OddError> {
        Ok(own.badge() ^ client ^ r#fn[3] ^ ask ^ is_end)
    }
}

#[test]
fn no_name_of_the_generated_code_is_in_the_way() {
    let way = Loopback::new(OddServer(Server), 1);
    let client = OddClient::new(&way);
    assert_eq!(client.len([1, 2]), Ok([2, 1]));
    assert_eq!(client.len_sizes(Plain(1), T(2)), Ok(Plain(3)));
    assert_eq!(client.len_as_words(Exchange(1), S(2), M(4)), Ok(Exchange(7)));
    assert_eq!(client.r#type(2, 4, 8, 16), Ok(31));
    assert_eq!(client.size_of(2, [0, 0, 0, 4], 8, 16), Ok(31));
    let names = OddInterface::METHODS.iter().map(|method| method.name);
    assert!(names.eq(["len", "len_sizes", "len_as_words", "type", "size_of"]));
    assert_eq!(OddMethods::TYPE.label, 0x8104);
}

#[test]
fn a_sentence_begins_small_but_for_an_abbreviation() {
    let told = [OddError::Interrupted, OddError::Usb, OddError::Thing].map(|error| error.to_string());
    assert_eq!(told, ["interrupted", "USB is gone", "a thing is gone"]);
    assert!(OddError::Interrupted < OddError::Usb, "it can derive more");
}

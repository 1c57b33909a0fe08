//! Connections as arguments: what the stub puts up, what goes over the wire, and what a server is given.
#![allow(missing_docs, reason = "the interfaces are what is tested")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first thing that is not as it expects"
)]

use std::cell::{Cell, RefCell};

use ipc_proto::call_error::CallError;
use ipc_proto::ids::Generation;
use ipc_proto::interface::dispatch::Events;
use ipc_proto::interface::loopback::Loopback;
use ipc_proto::interface::passing::{Held, Pass};
use ipc_proto::interface::{
    Call, Client, Failure, Interface, MAX_REPEATED, Passed, Reply, interface, wire_error,
};
use ipc_proto::label::WORDS;
use ipc_proto::method::Method;
use ipc_proto::passing::{MAX_PASSED, PassError, PassRefusal, Token};
use serde::{Serialize, de::DeserializeOwned};

#[wire_error]
pub enum BrokerError {
    /// Interrupted.
    Interrupted = 1,
}

/// What is passed on.
#[interface(name = "sink", version = 1, error = BrokerError)]
pub trait Sink {
    /// Takes a number.
    /// # Request
    /// It.
    /// # Preconditions
    /// None.
    /// # Response
    /// Nothing.
    /// # Errors
    /// None.
    #[method(idempotent)]
    fn put(&mut self, number: u64) -> Result<(), BrokerError>;
}

/// Who it is passed to.
#[interface(name = "broker", version = 1, error = BrokerError)]
pub trait Broker {
    /// Three words.
    /// # Request
    /// Two of them are connections.
    /// # Preconditions
    /// None.
    /// # Response
    /// Nothing.
    /// # Errors
    /// None.
    #[method(idempotent)]
    fn join(
        &mut self,
        client: Client,
        from: Passed<SinkInterface>,
        number: u64,
        to: Passed<SinkInterface>,
    ) -> Result<u64, BrokerError>;

    /// A message.
    /// # Request
    /// Text, and a connection.
    /// # Preconditions
    /// None.
    /// # Response
    /// The text.
    /// # Errors
    /// None.
    fn named(
        &mut self,
        name: heapless::String<16>,
        to: Passed<SinkInterface>,
    ) -> Result<heapless::String<16>, BrokerError>;

    /// Later.
    /// # Request
    /// A connection.
    /// # Preconditions
    /// None.
    /// # Response
    /// Nothing.
    /// # Errors
    /// None.
    #[method(deferred)]
    fn later(&mut self, to: Passed<SinkInterface>, reply: Reply<u64, BrokerError>);
}

/// Answers with the tokens.
struct Server;

impl Broker for Server {
    fn join(
        &mut self,
        _: Client,
        from: Passed<SinkInterface>,
        number: u64,
        to: Passed<SinkInterface>,
    ) -> Result<u64, BrokerError> {
        Ok(from.token().0 * 100 + number * 10 + to.token().0)
    }
    fn named(
        &mut self,
        mut name: heapless::String<16>,
        to: Passed<SinkInterface>,
    ) -> Result<heapless::String<16>, BrokerError> {
        name.push((b'0' + to.token().0 as u8).into()).unwrap();
        Ok(name)
    }
    fn later(&mut self, to: Passed<SinkInterface>, reply: Reply<u64, BrokerError>) {
        reply.answer(Ok(&to.token().0));
    }
}

impl Events for Server {}

struct Numbers;

impl Sink for Numbers {
    fn put(&mut self, _: u64) -> Result<(), BrokerError> {
        Ok(())
    }
}

impl Events for Numbers {}

#[test]
fn a_connection_is_a_word_of_the_message_and_another_one_each_time() {
    let broker = Loopback::new(BrokerServer(Server), 1);
    let sinks = [21, 22].map(|badge| Loopback::new(SinkServer(Numbers), badge));
    let [from, to] = [&sinks[0], &sinks[1]].map(SinkClient::new);
    let stub = BrokerClient::new(&broker);
    assert_eq!(stub.join(&from, 7, &to), Ok(172));
    assert_eq!(broker.passed(), [21, 22], "in the order of the arguments");
    let request = broker.last().unwrap().request;
    assert_eq!((request.0, request.1.as_slice()), (0x101 | WORDS, &[1, 7, 2, 0][..]));
    assert_eq!(stub.join(&to, 7, &to), Ok(374), "each is put up");
    assert_eq!(broker.passed(), [22, 22]);
    assert_eq!(stub.named("sink".try_into().unwrap(), &from).unwrap(), "sink5");
    assert_eq!(broker.passed(), [21]);
    let request = broker.last().unwrap().request;
    assert_eq!((request.0, request.1.as_slice()), (0x102, &[u64::from_le_bytes(*b"\x04sink\x05\0\0")][..]));
    assert_eq!(stub.later(&from), Ok(6));
}

#[test]
fn which_interface_it_is_of_is_part_of_the_hash() {
    // Its text has the type as it is written, as that of any argument; the number is of the interface as it stands above.
    assert_eq!(
        BrokerInterface::HASH,
        7_483_901_745_360_513_726,
        "changed: clients and servers of before do not understand it"
    );
}

/// A server that dies so often with a call, and can be given something so often.
struct Dying {
    deaths: Cell<u32>,
    takes: usize,
    put_up: RefCell<Vec<Vec<u64>>>,
    sent: RefCell<Vec<u64>>,
}

impl Dying {
    fn new(deaths: u32, takes: usize) -> Dying {
        Dying { deaths: Cell::new(deaths), takes, put_up: RefCell::default(), sent: RefCell::default() }
    }
}

impl Pass for &Dying {
    fn put_up(&self, places: &[u64]) -> Result<Token, PassError> {
        if self.put_up.borrow().len() >= self.takes {
            return Err(PassError::Refused(PassRefusal::NoPeer));
        }
        self.put_up.borrow_mut().push(places.to_vec());
        Ok(Token(self.put_up.borrow().len() as u64 * 10))
    }
}

impl Held for &Dying {
    fn place(&self) -> u64 {
        16
    }
}

impl Call for &Dying {
    fn call_message<R: Serialize + ?Sized, A: DeserializeOwned>(
        &self,
        _: Method,
        _: &R,
    ) -> Result<A, CallError> {
        Err(CallError::Interrupted { generation: Generation(1), next: Generation(2) })
    }

    fn call_words(&self, _: Method, words: [u64; 4]) -> Result<[u64; 4], CallError> {
        self.sent.borrow_mut().extend([words[0], words[2]]);
        match self.deaths.get() {
            0 => Ok([9, 0, 0, 0]),
            left => {
                self.deaths.set(left - 1);
                Err(CallError::Interrupted { generation: Generation(1), next: Generation(2) })
            }
        }
    }
}

#[test]
fn they_are_put_up_again_each_time_that_the_server_is_asked() {
    for (deaths, comes) in [(0, true), (MAX_REPEATED, true), (MAX_REPEATED + 1, false)] {
        let way = Dying::new(deaths, 10);
        let sink = SinkClient::new(&way);
        let answer = BrokerClient::new(&way).join(&sink, 7, &sink);
        assert_eq!(answer.is_ok(), comes, "{deaths} deaths: {answer:?}");
        let asked = u64::from(deaths.min(MAX_REPEATED)) + 1;
        assert_eq!(*way.put_up.borrow(), vec![vec![16, 16]; asked as usize]);
        let sent: Vec<_> = (1..=asked).flat_map(|time| [time * 10, time * 10 + 1]).collect();
        assert_eq!(*way.sent.borrow(), sent);
    }
}

#[test]
fn the_macro_refuses_one_more_than_can_be_put_up() {
    // What it says is among the wrong uses: `passes 4 connections already`.
    assert_eq!(MAX_PASSED, 4);
}

#[test]
fn what_is_not_idempotent_is_asked_once() {
    let way = Dying::new(1, 10);
    let answer = BrokerClient::new(&way).named("a".try_into().unwrap(), &SinkClient::new(&way));
    assert_eq!(answer, Err(Failure::Service(BrokerError::Interrupted)));
    assert_eq!(way.put_up.borrow().len(), 1);
}

#[test]
fn where_nothing_can_be_put_up_the_call_is_not_made() {
    let way = Dying::new(0, 0);
    let sink = SinkClient::new(&way);
    let answer = BrokerClient::new(&way).join(&sink, 7, &sink);
    assert_eq!(answer, Err(Failure::Passed(PassError::Refused(PassRefusal::NoPeer))));
    assert_eq!(*way.sent.borrow(), []);
}

#[test]
fn where_it_can_be_put_up_no_more_what_came_before_is_told() {
    let way = Dying::new(2, 2);
    let sink = SinkClient::new(&way);
    let answer = BrokerClient::new(&way).join(&sink, 7, &sink);
    let died = CallError::Interrupted { generation: Generation(1), next: Generation(2) };
    assert_eq!(answer, Err(Failure::Call(died)), "it may have been executed");
    assert_eq!(way.put_up.borrow().len(), 2);
}

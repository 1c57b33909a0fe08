//! Methods that are answered later: from a call of another client's, from an event, or not at all.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it expects"
)]

use std::cell::RefCell;
use std::rc::Rc;

use heapless::{String, Vec};
use ipc_proto::call_error::CallError;
use ipc_proto::ids::Generation;
use ipc_proto::interface::dispatch::Events;
use ipc_proto::interface::loopback::{Loopback, PATIENCE};
use ipc_proto::interface::{Client, Dispatch, Event, Failure, Interface, Reply, interface, wire_error};
use ipc_proto::label::{self, Status};

type Letter = String<64>;

/// What can go wrong.
#[wire_error]
pub enum LettersError {
    /// None has come in time.
    None = 1,
    /// The server died while it had the call.
    Interrupted = 2,
}

/// Takes letters, and gives them to who waits for one.
#[interface(name = "letters", version = 1, error = LettersError)]
pub trait Letters {
    /// Waits for a letter.
    ///
    /// # Request
    /// The first letter that it may begin with.
    /// # Preconditions
    /// None.
    /// # Response
    /// The letter.
    /// # Errors
    /// `None`.
    #[method(deferred)]
    fn receive(&mut self, client: Client, first: u8, reply: Reply<Letter, LettersError>);

    /// The same, of any letter, and only how long it is.
    ///
    /// # Request
    /// Nothing.
    /// # Preconditions
    /// None.
    /// # Response
    /// Its length.
    /// # Errors
    /// `None`.
    #[method(deferred, idempotent)]
    fn length(&mut self, reply: Reply<u64, LettersError>);

    /// Brings a letter.
    ///
    /// # Request
    /// The letter.
    /// # Preconditions
    /// None.
    /// # Response
    /// How many waited for one.
    /// # Errors
    /// None.
    fn send(&mut self, letter: Letter) -> Result<u64, LettersError>;
}

#[derive(Default)]
struct Office {
    waiting: Vec<(u8, Reply<Letter, LettersError>), 4>,
    lengths: Vec<Reply<u64, LettersError>, 4>,
    reached: Rc<RefCell<std::vec::Vec<bool>>>,
}

impl Letters for Office {
    fn receive(&mut self, _: Client, first: u8, reply: Reply<Letter, LettersError>) {
        // One for whom there is no room is dropped, and told so.
        let _ = self.waiting.push((first, reply));
    }

    fn length(&mut self, reply: Reply<u64, LettersError>) {
        let _ = self.lengths.push(reply);
    }

    fn send(&mut self, letter: Letter) -> Result<u64, LettersError> {
        let mut count = 0;
        while let Some(at) =
            self.waiting.iter().position(|(first, _)| letter.as_bytes().first() == Some(first))
        {
            let (_, reply) = self.waiting.swap_remove(at);
            self.reached.borrow_mut().push(reply.answer(Ok(&letter)));
            count += 1;
        }
        while let Some(reply) = self.lengths.pop() {
            self.reached.borrow_mut().push(reply.answer(Ok(&(letter.len() as u64))));
            count += 1;
        }
        Ok(count)
    }
}

impl Events for Office {
    fn event(&mut self, event: Event) {
        if event == Event::Alarm {
            while let Some((_, reply)) = self.waiting.pop() {
                self.reached.borrow_mut().push(reply.answer(Err(LettersError::None)));
            }
        }
    }
}

fn letter(text: &str) -> Letter {
    Letter::try_from(text).unwrap()
}

/// What a stub reads where its call was taken from the server.
const TAKEN: CallError = CallError::Interrupted { generation: Generation(1), next: Generation(1) };

#[test]
fn another_clients_call_answers_it() {
    let server = Loopback::new(LettersServer(Office::default()), 0);
    let mut letters = ["no", "nor this", "yes"].into_iter();
    let server = server.meanwhile(move |server| {
        if let Some(text) = letters.next() {
            let waited = server.0.send(letter(text)).unwrap();
            assert_eq!(waited, u64::from(text == "yes"));
        }
    });
    assert_eq!(LettersClient::new(&server).receive(b'y'), Ok(letter("yes")));
    assert_eq!(*server.server().0.reached.borrow(), [true]);
    let exchanged = server.last().unwrap();
    assert_eq!(exchanged.reply.0, label::reply(Status::Ok));
}

#[test]
fn an_event_answers_it_with_an_error() {
    let server = Loopback::new(LettersServer(Office::default()), 0);
    let server = server.meanwhile(|server| Dispatch::event(server, Event::Alarm));
    assert_eq!(LettersClient::new(&server).receive(b'y'), Err(Failure::Service(LettersError::None)));
}

#[test]
fn a_small_answer_goes_as_a_message_too() {
    let [receive, length, send] = LettersInterface::METHODS else { panic!("three methods") };
    assert_eq!([receive.label, length.label, send.label].map(|label| label & label::WORDS), [0; 3]);
    let server = Loopback::new(LettersServer(Office::default()), 0);
    let server = server.meanwhile(|server| assert_eq!(server.0.send(letter("four")), Ok(1)));
    assert_eq!(LettersClient::new(&server).length(), Ok(4));
}

#[test]
fn one_that_is_dropped_is_told_that_it_was_taken_from_the_server() {
    let turns = Rc::new(RefCell::new(0));
    let counted = Rc::clone(&turns);
    let server = Loopback::new(LettersServer(Office::default()), 0).meanwhile(move |server| {
        *counted.borrow_mut() += 1;
        server.0.waiting.clear();
        server.0.lengths.clear();
    });
    let client = LettersClient::new(&server);
    assert_eq!(client.receive(b'y'), Err(Failure::Service(LettersError::Interrupted)));
    assert_eq!(*turns.borrow(), 1, "at once, and not at its deadline");
    assert_eq!(
        client.length(),
        Err(Failure::Call(TAKEN)),
        "idempotent, and the server lives: it is not asked again"
    );
    assert_eq!(*turns.borrow(), 2);
}

#[test]
fn one_that_is_not_answered_is_taken_back_and_the_late_answer_reaches_nobody() {
    let server = Loopback::new(LettersServer(Office::default()), 0);
    let client = LettersClient::new(&server);
    assert_eq!(
        client.receive(b'y'),
        Err(Failure::Service(LettersError::Interrupted)),
        "nothing happens here"
    );
    let awaited =
        |server: &LettersServer<Office>| server.0.waiting.iter().any(|(_, reply)| reply.is_awaited());
    assert!(!awaited(&server.server()));
    let reached = Rc::clone(&server.server().0.reached);
    assert_eq!(client.send(letter("yes")), Ok(1), "the server does not know yet");
    assert_eq!(*reached.borrow(), [false]);
    let turns = Rc::new(RefCell::new(0));
    let counted = Rc::clone(&turns);
    let server = server.meanwhile(move |_| *counted.borrow_mut() += 1);
    assert_eq!(LettersClient::new(&server).length(), Err(Failure::Call(TAKEN)));
    assert_eq!(*turns.borrow(), PATIENCE);
}

#[test]
fn what_cannot_be_read_is_not_put_aside() {
    let server = Loopback::new(LettersServer(Office::default()), 0);
    let [receive, ..] = LettersInterface::METHODS else { panic!("three methods") };
    let (label, _) = server.send(receive.label, &[u64::MAX; 4]);
    assert_eq!(label, label::reply(Status::BadMessage));
    assert!(server.server().0.waiting.is_empty());
}

#[test]
fn a_server_says_whether_it_answers_later() {
    fn defers<D: Dispatch>(_: &D) -> bool {
        D::DEFERS
    }
    assert!(defers(&LettersServer(Office::default())));
}

//! Whatever words a message has: each interface's types are decoded or refused, and what was decoded comes back when it is
//! encoded, in no more words than a message can have.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first thing that is not as it expects"
)]

use std::fmt::Debug;

use ipc_proto::badge::Badge;
use ipc_proto::echo::{Echo, EchoError, EchoServer, Said, Text};
use ipc_proto::ids::Generation;
use ipc_proto::interface::Description;
use ipc_proto::interface::dispatch::Events;
use ipc_proto::interface::loopback::Loopback;
use ipc_proto::label::{Reply, Status, parse_reply, reply};
use ipc_proto::method::Deadline;
use ipc_proto::slots::{FIRST_CONNECTION, MAX_CONNECTIONS};
use ipc_proto::wire::{MAX_WORDS, WireError, decode, encode};
use ipc_proto::{
    alarm, deferred, echo, losses, names, operator, passing, private, registrar, supervisor, waits, window,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

fuzz_tests::target!(wire, "wire", holds);

/// The first byte says which type; the others are the message.
fn holds(input: &[u8]) {
    let Some((kind, bytes)) = input.split_first() else { return };
    let word = |chunk: &[u8]| chunk.iter().rev().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
    let words: Vec<u64> = bytes.chunks(8).map(word).collect();
    match kind % 21 {
        0 => comes_back::<names::Request>(&words),
        1 => comes_back::<names::Answer>(&words),
        2 => comes_back::<registrar::Request>(&words),
        3 => comes_back::<registrar::Answer>(&words),
        4 => comes_back::<supervisor::Request>(&words),
        5 => comes_back::<supervisor::Answer>(&words),
        6 => comes_back::<operator::Request>(&words),
        7 => comes_back::<operator::Answer>(&words),
        8 => comes_back::<window::Request>(&words),
        9 => comes_back::<window::Answer>(&words),
        10 => comes_back::<echo::Said>(&words),
        12 => comes_back::<private::Request>(&words),
        13 => comes_back::<private::Answer>(&words),
        14 => is_answered(&words),
        15 => comes_back::<passing::Request>(&words),
        16 => comes_back::<passing::Answer>(&words),
        17 => comes_back::<waits::Request>(&words),
        18 => comes_back::<waits::Answer>(&words),
        19 => comes_back::<losses::Request>(&words),
        20 => {
            comes_back::<losses::Losses>(&words);
            slots_are_those_of_connections(&words);
        }
        _ => {
            words.iter().for_each(|word| badges_notes_and_labels_come_back(*word));
            words
                .windows(4)
                .filter_map(|four| four.first_chunk())
                .for_each(|four| four_words_come_back(*four));
        }
    }
}

/// The interfaces of which every message has four words.
fn four_words_come_back(words: [u64; 4]) {
    let same = |again: Option<[u64; 4]>| assert!(again.is_none_or(|again| again == words), "{words:?}");
    same(alarm::Request::from_words(words).map(alarm::Request::to_words));
    same(alarm::Answer::from_words(words).map(alarm::Answer::to_words));
    same(deferred::Request::from_words(words).map(deferred::Request::to_words));
    same(deferred::Answer::from_words(words).map(deferred::Answer::to_words));
    same(passing::Declaration::from_words(words).map(passing::Declaration::to_words));
    same(Description::from_words(words).map(Description::to_words));
}

/// Whatever the supervisor's answer says, a module is told of its connections only, and of each once.
fn slots_are_those_of_connections(words: &[u64]) {
    let Ok(told) = decode::<losses::Losses>(words) else { return };
    let slots: Vec<u64> = told.iter().map(|(slot, _)| slot).collect();
    let are_connections = FIRST_CONNECTION..FIRST_CONNECTION + u64::from(MAX_CONNECTIONS);
    assert!(slots.iter().all(|slot| are_connections.contains(slot)), "{told:?}");
    assert!(slots.is_sorted_by(|a, b| a < b), "{told:?}");
}

fn comes_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(words: &[u64]) {
    let value: T = match decode(words) {
        Ok(value) => value,
        Err(error) => return assert_eq!(error, WireError::Malformed),
    };
    let mut message = [u64::MAX; MAX_WORDS];
    let used = encode(&value, &mut message).unwrap_or_else(|error| panic!("{error:?}: {value:?}"));
    let message = &message[..used];
    assert_eq!(decode::<T>(message).as_ref(), Ok(&value));
    assert!(used <= words.len(), "the encoding is the shortest: {value:?}");
    let longer = [message, &[0]].concat();
    assert_eq!(decode::<T>(&longer), Err(WireError::Malformed), "a whole word too many");
    if used > 0 {
        let mut short = vec![0; used - 1];
        assert_eq!(encode(&value, &mut short), Err(WireError::TooLong));
    }
}

struct Reverser;

impl Echo for Reverser {
    fn say(&mut self, text: Text) -> Result<Said, EchoError> {
        Ok(Said { generation: Generation(1), text: text.chars().rev().collect() })
    }

    fn words(&mut self, [a, b, c, d]: [u64; 4]) -> Result<[u64; 4], EchoError> {
        Ok([d, c, b, a])
    }

    fn die(&mut self) -> Result<(), EchoError> {
        Err(EchoError::Interrupted)
    }
}

impl Events for Reverser {}

/// The first word is the label: what an interface's dispatch answers is an answer, and an error has no message.
fn is_answered(words: &[u64]) {
    let Some((label, words)) = words.split_first() else { return };
    let (reply, answer) = Loopback::new(EchoServer(Reverser), 0).send(*label as u16, words);
    let Reply::Answer(status) = parse_reply(reply) else { panic!("{label:#x}: {reply:#x} is no answer") };
    assert!(status == Status::Ok || answer.is_empty(), "{label:#x}: {status:?} with {answer:?}");
}

fn badges_notes_and_labels_come_back(word: u64) {
    if let Some(badge) = Badge::from_word(word) {
        assert_eq!(badge.to_word(), word);
    }
    if let Some(deadline) = Deadline::from_word(word) {
        assert_eq!(deadline.to_word(), word);
    }
    if let Reply::Answer(status) = parse_reply(word) {
        assert_eq!(reply(status), word);
    }
}

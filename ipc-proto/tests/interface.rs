//! What a stub sends and a server gets, over both halves without a kernel, and the bytes that go over the wire.
#![allow(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it expects")]

#[path = "support/notes.rs"]
mod notes;

use heapless::String;
use ipc_proto::ids::{DomainId, Generation, Instance};
use ipc_proto::interface::loopback::Loopback;
use ipc_proto::interface::{DESCRIBE, Description, Dispatch, Failure, Interface, WireError, call};
use ipc_proto::label::{self, Code, Status};
use ipc_proto::method::{Deadline, Method};
use notes::{Keeper, Note, NoteError, NotesClient, NotesInterface, NotesMethods, NotesServer, Sample, Way};

const BADGE: u64 = 0x1234;

fn served() -> Loopback<NotesServer<Keeper>> {
    Loopback::new(NotesServer(Keeper::default()), BADGE)
}

fn text(text: &str) -> String<32> {
    text.try_into().unwrap()
}

#[test]
fn what_the_stub_sends_the_server_gets_and_the_answer_comes_back() {
    let way = served();
    let client = NotesClient::new(&way);
    assert_eq!(client.add(5, Way::Up), Ok(5));
    assert_eq!(client.add(2, Way::Down), Ok(3));
    assert_eq!(client.add(4, Way::Down), Err(Failure::Service(NoteError::Full)));
    assert_eq!(client.last(), Err(Failure::Service(NoteError::Empty)));
    assert_eq!(client.keep(Note { text: text("hello"), by: 0 }, 0), Ok(()));
    assert_eq!(client.keep(Note { text: text("no"), by: 0 }, 1), Err(Failure::Service(NoteError::Full)));
    assert_eq!(client.last(), Ok(Note { text: text("hello"), by: BADGE }));
    let sample = Sample { at: 1, values: [2, 3] };
    assert_eq!(client.turn(sample, [9, 0]), Ok(Sample { at: 9, values: [3, 2] }));
    assert_eq!(client.sum([1, 2, 3, 4, 5]), Ok(15));
}

#[test]
fn the_types_say_which_way_a_method_goes() {
    let labels = [
        ("add", 0x8101, false),
        ("keep", 0x102, false),
        ("last", 0x103, true),
        ("turn", 0x8104, true),
        ("sum", 0x105, true),
    ];
    let methods = NotesInterface::METHODS.iter().map(|method| (method.name, method.label, method.idempotent));
    assert!(methods.eq(labels));
    assert_eq!(NotesMethods::ADD, Method::new(0x8101).within(Deadline::micros(500)));
    assert_eq!(NotesMethods::KEEP, Method::new(0x102));
}

/// Every byte of each kind of message. What changes here, old programs do not understand: raise the version.
#[test]
fn the_bytes_on_the_wire_are_these() {
    let way = served();
    let client = NotesClient::new(&way);
    let exchanged = |label: u16, request: &[u64], reply: u64, answer: &[u64]| {
        let last = way.last().unwrap();
        assert_eq!((last.request.0, last.request.1.as_slice()), (label, request), "{label:#x}");
        assert_eq!((last.reply.0, last.reply.1.as_slice()), (reply, answer), "{label:#x}");
    };
    let _ = client.add(0x1122_3344_5566_7788, Way::Up);
    exchanged(0x8101, &[0x1122_3344_5566_7788, 1, 0, 0], 0x100, &[0x1122_3344_5566_7788, 0, 0, 0]);
    let _ = client.add(u64::MAX, Way::Up);
    exchanged(0x8101, &[u64::MAX, 1, 0, 0], 0x8001, &[]);
    let _ = client.last();
    exchanged(0x103, &[], 0x8007, &[]);
    let _ = client.keep(Note { text: text("escrow"), by: 300 }, 0);
    // A length, the text, and numbers of as many bytes as they need.
    exchanged(0x102, &[0xac77_6f72_6373_6506, 0x0002], 0x100, &[]);
    let _ = client.turn(Sample { at: 0x0a0b_0c0d, values: [1, 2] }, [3, 4]);
    exchanged(0x8104, &[0x1_0a0b_0c0d, 2, 3, 4], 0x100, &[0x2_0000_0003, 1, 0, 0]);
    let _ = client.sum([1, 2, 3, 4, 200]);
    exchanged(0x105, &[0x01c8_0403_0201], 0x100, &[0x01d2]);
    assert_eq!(call::describe(&&way), Ok(Description::of::<NotesInterface>()));
    exchanged(DESCRIBE, &[0; 4], 0x100, &[NotesInterface::HASH, 3, 0, 0]);
    assert_eq!(NotesInterface::HASH, 0x3336_01c5_dd8e_fffa, "{:#x}", NotesInterface::HASH);
}

#[test]
fn hostile_words_are_refused_and_change_nothing() {
    let way = served();
    let refused = |label: u16, words: &[u64], status: Status| {
        let (reply, answer) = way.send(label, words);
        assert_eq!((reply, answer.len()), (label::reply(status), 0), "{label:#x} {words:x?}");
    };
    // A way that there is not, something behind an argument, and behind the last one.
    for words in [[1, 0, 0, 0], [1, 3, 0, 0], [1, 0x101, 0, 0], [1, 1, 1, 0], [1, 1, 0, 1]] {
        refused(0x8101, &words, Status::BadMessage);
    }
    for words in [&[][..], &[1, 1], &[1, 1, 0], &[1, 1, 0, 0, 0]] {
        refused(0x8101, words, Status::UnknownMethod);
    }
    // A method that goes as a message, as words, and the other way round; and numbers that there are not.
    for label in [0x101, 0x8102, 0x106, 0x8106, 0, 0x100, 0x7fff, 0xffff] {
        refused(label, &[0; 4], Status::UnknownMethod);
    }
    refused(0x102, &[], Status::BadMessage);
    refused(0x102, &[0xff, 0], Status::BadMessage);
    refused(0x103, &[1], Status::BadMessage);
    refused(0x105, &[0x01c8_0403_0201, 0], Status::BadMessage);
    assert_eq!(way.server().0.count, 0);
    assert_eq!(way.server().0.note, None);
}

fn departs<D: Dispatch>(server: &mut D, client: Instance) {
    D::DEPARTED.unwrap()(server, client);
}

#[test]
fn what_is_no_call_reaches_the_server() {
    let gone = Instance { domain: DomainId(3), generation: Generation(2) };
    let way = served();
    departs(&mut *way.server(), gone);
    assert_eq!(way.server().0.gone, [gone]);
}

#[test]
fn errors_are_numbers_and_sentences() {
    let errors = [(NoteError::Full, 1), (NoteError::Empty, 7), (NoteError::Interrupted, 0x7fff)];
    for (error, number) in errors {
        assert_eq!(error.code().get(), number);
        assert_eq!(NoteError::from_code(error.code()), Some(error));
    }
    assert_eq!(NoteError::from_code(Code::new(2).unwrap()), None);
    assert_eq!(NoteError::Full.to_string(), "there is no room for another note");
    assert_eq!(Failure::Service(NoteError::Empty).to_string(), "nothing is there");
}

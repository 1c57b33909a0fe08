//! How often a stub asks again, where its server dies with the call.
#![allow(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it expects")]

#[path = "support/notes.rs"]
mod notes;

use std::cell::Cell;

use ipc_proto::call_error::CallError;
use ipc_proto::ids::Generation;
use ipc_proto::interface::{Call, Failure, MAX_REPEATED};
use ipc_proto::method::Method;
use ipc_proto::wire;
use notes::{Note, NoteError, NotesClient, Way};
use serde::{Serialize, de::DeserializeOwned};

/// A way to a server that dies so often with the call before it is executed.
struct Dies {
    left: Cell<u32>,
    next: Generation,
    asked: Cell<u32>,
}

impl Dies {
    fn often(times: u32, next: Generation) -> Dies {
        Dies { left: times.into(), next, asked: 0.into() }
    }

    fn die<A>(&self, answer: A) -> Result<A, CallError> {
        self.asked.set(self.asked.get().saturating_add(1));
        match self.left.get().checked_sub(1) {
            None => Ok(answer),
            Some(left) => {
                self.left.set(left);
                Err(CallError::Interrupted { generation: Generation(1), next: self.next })
            }
        }
    }
}

impl Call for &Dies {
    fn call_message<R: Serialize + ?Sized, A: DeserializeOwned>(
        &self,
        _: Method,
        _: &R,
    ) -> Result<A, CallError> {
        let empty = Note { text: Default::default(), by: 0 };
        let mut words = [0; 1];
        wire::encode(&empty, &mut words).unwrap();
        self.die(wire::decode(&words).unwrap())
    }

    fn call_words(&self, _: Method, words: [u64; 4]) -> Result<[u64; 4], CallError> {
        self.die([words[0], 0, 0, 0])
    }
}

#[test]
fn an_idempotent_method_is_asked_again_below_at_and_not_above_the_bound() {
    let interrupted = CallError::Interrupted { generation: Generation(1), next: Generation(2) };
    for (times, fits) in [
        (0, true),
        (MAX_REPEATED.saturating_sub(1), true),
        (MAX_REPEATED, true),
        (MAX_REPEATED.saturating_add(1), false),
    ] {
        let way = Dies::often(times, Generation(2));
        let last = NotesClient::new(&way).last();
        assert_eq!(last.is_ok(), fits, "{times}");
        assert_eq!(way.asked.get(), times.min(MAX_REPEATED).saturating_add(1), "{times}");
        if !fits {
            assert_eq!(last, Err(Failure::Call(interrupted)));
        }
    }
    // Where nobody comes, nobody is asked again.
    let way = Dies::often(1, Generation::NONE);
    assert!(NotesClient::new(&way).last().is_err());
    assert_eq!(way.asked.get(), 1);
}

#[test]
fn another_method_is_asked_once_and_says_that_it_was_interrupted() {
    for next in [Generation::NONE, Generation(2)] {
        let way = Dies::often(1, next);
        let failed = NotesClient::new(&way).add(1, Way::Up);
        assert_eq!((failed, way.asked.get()), (Err(Failure::Service(NoteError::Interrupted)), 1));
    }
}

#[test]
fn a_server_that_lives_is_asked_once() {
    let way = Dies::often(1, Generation(1));
    let slow = CallError::Interrupted { generation: Generation(1), next: Generation(1) };
    assert_eq!(NotesClient::new(&way).last(), Err(Failure::Call(slow)));
    assert_eq!(way.asked.get(), 1);
}

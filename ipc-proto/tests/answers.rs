//! What a stub makes of answers that no dispatch would write: a server is no more trusted than a client.
#![allow(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it expects")]

#[path = "support/notes.rs"]
mod notes;

use ipc_proto::call_error::CallError;
use ipc_proto::ids::Generation;
use ipc_proto::interface::{Call, Description, Failure, call};
use ipc_proto::label::{self, Code, Status};
use ipc_proto::method::Method;
use ipc_proto::version::Version;
use ipc_proto::wire;
use notes::{NoteError, NotesClient, Sample, Way};
use serde::{Serialize, de::DeserializeOwned};

/// A way to a server that says this, whatever it is asked.
struct Says<'a>(u64, &'a [u64]);

impl Says<'_> {
    fn check(&self) -> Result<(), CallError> {
        CallError::check(self.0, self.1.first_chunk().copied().unwrap_or_default())
    }
}

impl Call for Says<'_> {
    fn call_message<R: Serialize + ?Sized, A: DeserializeOwned>(
        &self,
        _: Method,
        _: &R,
    ) -> Result<A, CallError> {
        self.check()?;
        wire::decode(self.1).map_err(|_| CallError::BadAnswer)
    }

    fn call_words(&self, _: Method, _: [u64; 4]) -> Result<[u64; 4], CallError> {
        self.check()?;
        self.1.first_chunk().copied().ok_or(CallError::BadAnswer)
    }
}

const OK: u64 = label::reply(Status::Ok);

#[test]
fn an_answer_that_no_dispatch_writes_is_none() {
    let bad = Failure::Call(CallError::BadAnswer);
    for (words, answer) in [
        (&[7, 0, 0, 0][..], Ok(7)),
        (&[7, 1, 0, 0], Err(bad)),
        (&[7, 0, 0, 1], Err(bad)),
        (&[7, 0, 0], Err(bad)),
    ] {
        assert_eq!(NotesClient::new(Says(OK, words)).add(0, Way::Up), answer, "{words:?}");
    }
    let turned =
        |words: [u64; 4]| NotesClient::new(Says(OK, &words)).turn(Sample { at: 0, values: [0; 2] }, [0; 2]);
    assert_eq!(turned([1, u32::MAX.into(), 0, 0]), Ok(Sample { at: 1, values: [0, u32::MAX] }));
    assert_eq!(turned([1, 1 << 32, 0, 0]), Err(bad), "twelve bytes and one more");
    assert_eq!(turned([1, 1, 1, 0]), Err(bad));
    for words in [&[][..], &[u64::MAX], &[0, 0]] {
        assert_eq!(NotesClient::new(Says(OK, words)).sum([0; 5]), Err(bad), "{words:?}");
    }
}

#[test]
fn an_error_is_one_of_the_interfaces_or_a_bad_answer() {
    for (number, failure) in [
        (0, Failure::Call(CallError::BadAnswer)),
        (1, Failure::Service(NoteError::Full)),
        (2, Failure::Call(CallError::BadAnswer)),
        (0x7ffe, Failure::Call(CallError::BadAnswer)),
        (0x7fff, Failure::Service(NoteError::Interrupted)),
    ] {
        let says = Says(u64::from(label::ERROR | number), &[]);
        assert_eq!(NotesClient::new(says).add(0, Way::Up), Err(failure), "{number:#x}");
    }
}

#[test]
fn the_label_says_what_became_of_a_call() {
    let code = Code::new(5).unwrap();
    for (status, error) in [
        (Status::BadMessage, CallError::BadMessage),
        (Status::UnknownMethod, CallError::UnknownMethod),
        (Status::NotDelivered, CallError::NotDelivered),
        (Status::Refused, CallError::Refused),
        (Status::Revoked, CallError::Revoked),
        (Status::Failed, CallError::Failed),
        (Status::Error(code), CallError::Error(code)),
        (Status::Interrupted, CallError::Interrupted { generation: Generation(3), next: Generation(4) }),
    ] {
        assert_eq!(CallError::check(label::reply(status), [3, 4]), Err(error));
    }
    assert_eq!(CallError::check(OK, [0; 2]), Ok(()));
    for (label, error) in
        [(0, CallError::BadAnswer), (1, CallError::Gone), (10, CallError::Gone), (11, CallError::BadAnswer)]
    {
        assert_eq!(CallError::check(label, [0; 2]), Err(error), "{label}");
    }
    assert_eq!(CallError::check(OK | 1 << 16, [0; 2]), Err(CallError::BadAnswer));
}

#[test]
fn a_description_below_at_and_above_its_bounds() {
    let described = |words: [u64; 4]| call::describe(&Says(OK, &words));
    for version in [0, u16::MAX] {
        let description = Description { hash: u64::MAX, version: Version(version) };
        assert_eq!(description.to_words(), [u64::MAX, version.into(), 0, 0]);
        assert_eq!(described(description.to_words()), Ok(description));
    }
    for words in [[1, 0x1_0000, 0, 0], [1, u64::MAX, 0, 0], [1, 1, 1, 0], [1, 1, 0, 1]] {
        assert_eq!(described(words), Err(CallError::BadAnswer), "{words:?}");
    }
}

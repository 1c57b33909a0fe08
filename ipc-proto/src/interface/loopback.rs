//! Client and server in one program, without a kernel: each call is dispatched at once, through the same words as on the
//! target.

use core::cell::{Cell, RefCell};

use serde::{Serialize, de::DeserializeOwned};

use super::{Call, Client, Dispatch, Message};
use crate::call_error::CallError;
use crate::label::{self, Status, WORDS};
use crate::method::Method;
use crate::wire::{self, MAX_WORDS};

/// What went over the wire last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchanged {
    /// The label and the words of the request.
    pub request: (u16, heapless::Vec<u64, MAX_WORDS>),
    /// Those of the reply.
    pub reply: (u64, heapless::Vec<u64, MAX_WORDS>),
}

/// A server, and the way to it.
#[derive(Debug)]
pub struct Loopback<D> {
    server: RefCell<D>,
    client: Cell<Client>,
    last: RefCell<Option<Exchanged>>,
}

/// A request in a buffer, as it lies in the message registers.
struct Buffer<'a> {
    words: &'a [u64],
    answer: &'a mut heapless::Vec<u64, MAX_WORDS>,
}

fn encoded<T: Serialize + ?Sized>(value: &T) -> Option<heapless::Vec<u64, MAX_WORDS>> {
    let mut words = [0; MAX_WORDS];
    let used = wire::encode(value, &mut words).ok()?;
    heapless::Vec::from_slice(words.get(..used)?).ok()
}

impl Message for Buffer<'_> {
    type Answer = ();

    fn decode<T: DeserializeOwned>(&self) -> Result<T, Status> {
        wire::decode(self.words).map_err(|_| Status::BadMessage)
    }

    fn answer<T: Serialize>(self, value: &T) -> Result<(), Status> {
        // As the runtime: what is too long becomes an answer that makes no sense.
        *self.answer = encoded(value).unwrap_or_default();
        Ok(())
    }
}

impl<D: Dispatch> Loopback<D> {
    /// A way to `server` for the client with this badge.
    pub const fn new(server: D, badge: u64) -> Loopback<D> {
        Loopback {
            server: RefCell::new(server),
            client: Cell::new(Client::of(badge)),
            last: RefCell::new(None),
        }
    }

    /// From now on the client with this badge calls: another one, or the same one another service.
    pub fn call_as(&self, badge: u64) {
        self.client.set(Client::of(badge));
    }

    /// The server.
    pub fn server(&self) -> impl core::ops::DerefMut<Target = D> {
        self.server.borrow_mut()
    }

    /// What went over the wire last.
    pub fn last(&self) -> Option<Exchanged> {
        self.last.borrow().clone()
    }

    /// Sends a request as it is, and gives the reply's label and words: for what no stub would send.
    pub fn send(&self, label: u16, words: &[u64]) -> (u64, heapless::Vec<u64, MAX_WORDS>) {
        let mut answer = heapless::Vec::new();
        let mut server = self.server.borrow_mut();
        let outcome = match words.first_chunk() {
            Some(four) if label & WORDS != 0 && words.len() == 4 => {
                server.words(self.client.get(), label, *four).map(|words| {
                    answer.clear();
                    // There is room for four.
                    let _ = answer.extend_from_slice(&words);
                })
            }
            _ => server.message(self.client.get(), label, Buffer { words, answer: &mut answer }),
        };
        let status = match outcome {
            Ok(()) => Status::Ok,
            Err(status) => {
                answer.clear();
                status
            }
        };
        let reply = (label::reply(status), answer);
        let request = (label, heapless::Vec::from_slice(words).unwrap_or_default());
        *self.last.borrow_mut() = Some(Exchanged { request, reply: reply.clone() });
        reply
    }
}

impl<D: Dispatch> Call for &Loopback<D> {
    fn call_message<R: Serialize + ?Sized, A: DeserializeOwned>(
        &self,
        method: Method,
        request: &R,
    ) -> Result<A, CallError> {
        let words = encoded(request).ok_or(CallError::TooLong)?;
        let (label, answer) = self.send(method.label, &words);
        CallError::check(label, [0; 2])?;
        wire::decode(&answer).map_err(|_| CallError::BadAnswer)
    }

    fn call_words(&self, method: Method, words: [u64; 4]) -> Result<[u64; 4], CallError> {
        let (label, answer) = self.send(method.label, &words);
        CallError::check(label, [0; 2])?;
        answer.first_chunk().copied().ok_or(CallError::BadAnswer)
    }
}

//! Client and server in one program, without a kernel: each call is dispatched at once, through the same words as on the
//! target. One that is answered later has [`Loopback::meanwhile`] called until it is.

extern crate std;

use std::boxed::Box;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::thread_local;
use std::vec::Vec;

use serde::{Serialize, de::DeserializeOwned};

use super::passing::{Held, Pass};
use super::{Call, Client, Dispatch, Later, Message};
use crate::call_error::CallError;
use crate::ids::Generation;
use crate::label::{self, Status, WORDS};
use crate::method::Method;
use crate::passing::{PassError, Token};
use crate::wire::{self, MAX_WORDS};

/// What went over the wire last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchanged {
    /// The label and the words of the request.
    pub request: (u16, heapless::Vec<u64, MAX_WORDS>),
    /// Those of the reply.
    pub reply: (u64, heapless::Vec<u64, MAX_WORDS>),
}

/// The label and the words of a reply.
type Replied = (u64, heapless::Vec<u64, MAX_WORDS>);
/// What is done while a client waits.
type Meanwhile<D> = Box<dyn FnMut(&mut D)>;

/// The instance that a server is here.
const SERVER: Generation = Generation(1);
/// How often something is done while a client waits, before its call is taken back as at its deadline.
pub const PATIENCE: u32 = 1000;

thread_local! {
    /// The callers of this thread who were put aside, and what they were answered.
    static ASIDE: RefCell<Vec<Aside>> = const { RefCell::new(Vec::new()) };
}

/// A caller who was put aside.
struct Aside {
    /// It waits.
    waits: bool,
    reply: Option<Replied>,
}

/// A server, and the way to it.
pub struct Loopback<D> {
    server: RefCell<D>,
    client: Cell<Client>,
    last: RefCell<Option<Exchanged>>,
    meanwhile: RefCell<Option<Meanwhile<D>>>,
    /// What was put up last, and the token of what is put up next.
    put_up: RefCell<(Vec<u64>, Token)>,
}

impl<D: fmt::Debug> fmt::Debug for Loopback<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loopback").field("server", &self.server).field("client", &self.client).finish()
    }
}

/// A request in a buffer, as it lies in the message registers.
struct Buffer<'a> {
    words: &'a [u64],
    answer: &'a mut heapless::Vec<u64, MAX_WORDS>,
    /// Where the caller was put aside, if it was.
    aside: &'a mut Option<u16>,
}

/// Answers a caller who was put aside.
fn give(place: u16, label: u64, write: &mut dyn FnMut(&mut [u64]) -> usize) -> bool {
    let mut words = [0; MAX_WORDS];
    let used = write(&mut words);
    let words = heapless::Vec::from_slice(words.get(..used).unwrap_or_default()).unwrap_or_default();
    // A thread that ends has nobody waiting.
    let given = ASIDE.try_with(|aside| {
        let mut aside = aside.borrow_mut();
        let caller = aside.get_mut(usize::from(place)).filter(|caller| caller.waits);
        caller.map(|caller| caller.reply = Some((label, words))).is_some()
    });
    given.unwrap_or(false)
}

/// Whether a caller who was put aside still waits, and has no answer yet.
fn waits(place: u16) -> bool {
    let waits = ASIDE.try_with(|aside| {
        let aside = aside.borrow();
        aside.get(usize::from(place)).is_some_and(|caller| caller.waits && caller.reply.is_none())
    });
    waits.unwrap_or(false)
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

    fn defer(self) -> Result<(Later, ()), Status> {
        let place = ASIDE.with(|aside| {
            let mut aside = aside.borrow_mut();
            aside.push(Aside { waits: true, reply: None });
            u16::try_from(aside.len().saturating_sub(1))
        });
        let place = place.map_err(|_| Status::Busy)?;
        *self.aside = Some(place);
        Ok((Later::new(place, SERVER, give, waits), ()))
    }
}

impl<D: Dispatch> Loopback<D> {
    /// A way to `server` for the client with this badge.
    pub const fn new(server: D, badge: u64) -> Loopback<D> {
        Loopback {
            server: RefCell::new(server),
            client: Cell::new(Client::of(badge)),
            last: RefCell::new(None),
            meanwhile: RefCell::new(None),
            put_up: RefCell::new((Vec::new(), Token(1))),
        }
    }

    /// From now on the client with this badge calls: another one, or the same one another service.
    pub fn call_as(&self, badge: u64) {
        self.client.set(Client::of(badge));
    }

    /// What happens while a client waits for an answer that is given later: an alarm, an interrupt, the call of another
    /// client. It is done again and again until the answer is there, [`PATIENCE`] times at most; then the call is taken
    /// back, as at its deadline. Where nothing happens, it is taken back at once.
    pub fn meanwhile(self, happens: impl FnMut(&mut D) + 'static) -> Loopback<D> {
        Loopback { meanwhile: RefCell::new(Some(Box::new(happens))), ..self }
    }

    /// Waits for the answer to a call that was put aside.
    fn wait(&self, place: u16, server: &mut D) -> Replied {
        let of = usize::from(place);
        let answer = |waits: bool| {
            ASIDE.with(|aside| {
                let mut aside = aside.borrow_mut();
                let caller = aside.get_mut(of)?;
                caller.waits = waits;
                caller.reply.take()
            })
        };
        for _ in 0..PATIENCE {
            if let Some(reply) = answer(true) {
                answer(false);
                return reply;
            }
            match self.meanwhile.borrow_mut().as_mut() {
                Some(happens) => happens(server),
                None => break,
            }
        }
        answer(false).unwrap_or_else(|| {
            let words = label::interrupted(SERVER, SERVER);
            (label::reply(Status::Interrupted), heapless::Vec::from_slice(&words).unwrap_or_default())
        })
    }

    /// What a client has put up last to be passed to the server: for each the badge with which it is called, and no
    /// connection. A server that takes them is tested in the simulation of a system.
    pub fn passed(&self) -> Vec<u64> {
        self.put_up.borrow().0.clone()
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
        let (mut answer, mut aside) = (heapless::Vec::new(), None);
        let mut server = self.server.borrow_mut();
        let outcome = match words.first_chunk() {
            Some(four) if label & WORDS != 0 && words.len() == 4 => {
                server.words(self.client.get(), label, *four).map(|words| {
                    answer.clear();
                    // There is room for four.
                    let _ = answer.extend_from_slice(&words);
                })
            }
            _ => server.message(
                self.client.get(),
                label,
                Buffer { words, answer: &mut answer, aside: &mut aside },
            ),
        };
        let status = match outcome {
            Ok(()) => Status::Ok,
            Err(status) => {
                answer.clear();
                status
            }
        };
        let reply = match aside {
            Some(place) => self.wait(place, &mut server),
            None => (label::reply(status), answer),
        };
        let request = (label, heapless::Vec::from_slice(words).unwrap_or_default());
        *self.last.borrow_mut() = Some(Exchanged { request, reply: reply.clone() });
        reply
    }
}

impl<D> Held for &Loopback<D> {
    fn place(&self) -> u64 {
        self.client.get().badge()
    }
}

impl<D: Dispatch> Pass for &Loopback<D> {
    fn put_up(&self, places: &[u64]) -> Result<Token, PassError> {
        let (up, next) = &mut *self.put_up.borrow_mut();
        *up = places.to_vec();
        let first = *next;
        places.iter().for_each(|_| *next = next.behind(1));
        Ok(first)
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
        CallError::check(label, answer.first_chunk().copied().unwrap_or_default())?;
        wire::decode(&answer).map_err(|_| CallError::BadAnswer)
    }

    fn call_words(&self, method: Method, words: [u64; 4]) -> Result<[u64; 4], CallError> {
        let (label, answer) = self.send(method.label, &words);
        CallError::check(label, answer.first_chunk().copied().unwrap_or_default())?;
        answer.first_chunk().copied().ok_or(CallError::BadAnswer)
    }
}

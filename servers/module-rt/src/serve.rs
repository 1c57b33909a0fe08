//! The loop that answers calls.

use ipc_proto::badge::{ALARM, DEPARTURE, LOSS, PEER_GONE, SIGNAL};
use ipc_proto::ids::Instance;
use ipc_proto::interface::{Client, Dispatch, Event, Later, Message};
use ipc_proto::label::{self, Status, WORDS};
use ipc_proto::slots;
use ipc_proto::wire;
use serde::{Serialize, de::DeserializeOwned};

use crate::sys::{self, Info, Received};
use crate::{alarm, deferred, request};

/// The message of a call, still in the message registers.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    length: usize,
}

impl Request {
    /// Reads the request.
    ///
    /// # Errors
    /// [`Status::BadMessage`]; return it, and the client sees it.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, Status> {
        sys::message(|words| {
            let words = words.get(..self.length).ok_or(Status::BadMessage)?;
            wire::decode(words).map_err(|_| Status::BadMessage)
        })
    }
}

/// An answer that lies in the message registers, written by [`answer`]; or was given already, by [`answer_first`], or is to
/// be given later.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// `None` where there is none now.
    length: Option<usize>,
}

/// Writes `value` as the answer to the call in hand. Make no other call between this and returning it: both use
/// the same message registers. A value that is too long for a message becomes one without words, of which the client reads
/// that the answer makes no sense: the call was executed.
///
/// # Errors
/// None: a `Result` since it is what [`Server::message`] returns.
pub fn answer<T: Serialize + ?Sized>(value: &T) -> Result<Answer, Status> {
    let length = sys::message_mut(|words| {
        let words = words.get_mut(..wire::MAX_WORDS).unwrap_or_default();
        wire::encode(value, words).unwrap_or(0)
    });
    Ok(Answer { length: Some(length) })
}

/// Answers the call in hand now, and goes on after that without a caller: to call the caller back, who is not inside a
/// call to this module any more. Return what it gives; another answer would reach nobody.
///
/// # Errors
/// As [`answer`]; nothing was sent.
pub fn answer_first<T: Serialize + ?Sized>(value: &T) -> Result<Answer, Status> {
    let length = answer(value)?.length.unwrap_or(0);
    sys::reply(reply_info(Status::Ok, length), first_words());
    Ok(Answer { length: None })
}

/// The words of a message that go through registers.
fn first_words() -> [u64; 4] {
    let mut first = [0; 4];
    sys::message(|words| {
        for (word, register) in first.iter_mut().zip(words) {
            *word = *register;
        }
    });
    first
}

/// What a module does with the calls that it receives. One call at a time: the next one waits in the kernel.
#[diagnostic::on_unimplemented(
    message = "`{Self}` takes no calls: the server of an interface `Counter` is `CounterServer(state)`, where the state implements \
               `Counter` and `Events`"
)]
pub trait Server {
    /// Whether it answers calls later: what an interface's macro writes knows.
    const DEFERS: bool = false;
    /// What is done where a client has died: see [`crate::Events::DEPARTED`]. `None`, the default, keeps nothing for clients.
    const DEPARTED: Option<fn(&mut Self, Instance)> = None;

    /// A message method. The default has none.
    ///
    /// # Errors
    /// The status that the client sees instead of an answer.
    fn message(&mut self, client: Client, method: u16, request: Request) -> Result<Answer, Status> {
        let _ = (client, method, request);
        Err(Status::UnknownMethod)
    }

    /// A four-word method; keep it short, it is the fastpath. The default has none.
    ///
    /// # Errors
    /// The status that the client sees instead of an answer.
    #[inline(always)]
    fn words(&mut self, client: Client, method: u16, words: [u64; 4]) -> Result<[u64; 4], Status> {
        let _ = (client, method, words);
        Err(Status::UnknownMethod)
    }

    /// A server has died that this module is connected to, has failed, or was unloaded: [`crate::losses::losses`] says
    /// which connections have lost theirs. Called before the next call is received, where the module is one that is
    /// notified. The default does nothing.
    fn lost(&mut self) {}

    /// Something has happened that is no call: the interrupt of the module's device, or its alarm. The next call is
    /// received when this returns. The default does nothing.
    fn event(&mut self, event: Event) {
        let _ = event;
    }
}

/// A request lies in the message registers, and so does its answer.
impl Message for Request {
    type Answer = Answer;

    fn decode<T: DeserializeOwned>(&self) -> Result<T, Status> {
        Request::decode(self)
    }

    fn answer<T: Serialize>(self, value: &T) -> Result<Answer, Status> {
        answer(value)
    }

    fn defer(self) -> Result<(Later, Answer), Status> {
        Ok((deferred::put_aside()?, Answer { length: None }))
    }
}

/// What an interface's macro writes serves.
impl<D: Dispatch> Server for D {
    const DEFERS: bool = D::DEFERS;
    const DEPARTED: Option<fn(&mut Self, Instance)> = D::DEPARTED;

    fn message(&mut self, client: Client, method: u16, request: Request) -> Result<Answer, Status> {
        Dispatch::message(self, client, method, request)
    }

    #[inline(always)]
    fn words(&mut self, client: Client, method: u16, words: [u64; 4]) -> Result<[u64; 4], Status> {
        Dispatch::words(self, client, method, words)
    }

    fn lost(&mut self) {
        Dispatch::lost(self);
    }

    fn event(&mut self, event: Event) {
        Dispatch::event(self, event);
    }
}

fn reply_info(status: Status, length: usize) -> Info {
    sys::info(label::reply(status), length)
}

/// A message call, off the fastpath: the first four words go from registers to the IPC buffer and back. `None` where it
/// was answered already.
#[cold]
#[inline(never)]
fn message<S: Server>(server: &mut S, badge: u64, info: Info, words: [u64; 4]) -> Option<(Info, [u64; 4])> {
    sys::message_mut(|registers| {
        for (register, word) in registers.iter_mut().zip(words) {
            *register = word;
        }
    });
    let method = u16::try_from(info.label()).unwrap_or(0);
    match server.message(Client::of(badge), method, Request { length: info.length() }) {
        Ok(answer) => Some((reply_info(Status::Ok, answer.length?), first_words())),
        Err(status) => Some((reply_info(status, 0), [0; 4])),
    }
}

/// What a server answers to a call; `None` where it has answered already.
#[inline(always)]
pub(crate) fn answer_to<S: Server>(server: &mut S, call: &Received) -> Option<(Info, [u64; 4])> {
    let label = call.info.label();
    // No method has a bit above that one.
    if label & !u64::from(u16::MAX >> 1) == u64::from(WORDS) && call.info.length() == 4 {
        Some(match server.words(Client::of(call.badge), label as u16, call.msg) {
            Ok(words) => (reply_info(Status::Ok, 4), words),
            Err(status) => (reply_info(status, 0), [0; 4]),
        })
    } else {
        message(server, call.badge, call.info, call.msg)
    }
}

/// The bound notification was signalled.
#[cold]
#[inline(never)]
pub(crate) fn signalled<S: Server>(server: &mut S, badge: u64) {
    if badge & DEPARTURE == DEPARTURE
        && let Some(departed) = S::DEPARTED
    {
        for client in request::departed() {
            departed(server, client);
        }
    }
    if badge & LOSS == LOSS {
        server.lost();
    }
    if badge & ALARM == ALARM && alarm::has_rung() {
        server.event(Event::Alarm);
    }
    // Where somebody who was to call back in init is gone, init is over.
    for event in Event::each(badge & !(DEPARTURE | PEER_GONE | LOSS) | SIGNAL) {
        server.event(event);
    }
}

/// Serves until the domain is reaped.
pub fn serve<S: Server>(mut server: S) -> ! {
    let mut call = sys::recv(slots::RECEIVE);
    loop {
        if call.badge & SIGNAL != 0 {
            signalled(&mut server, call.badge);
            call = sys::recv(slots::RECEIVE);
            continue;
        }
        call = match answer_to(&mut server, &call) {
            Some((info, words)) => sys::reply_recv(slots::RECEIVE, info, words),
            None => sys::recv(slots::RECEIVE),
        };
    }
}

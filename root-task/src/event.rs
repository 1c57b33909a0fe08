//! Who speaks to the supervisor, and what they can say: one closed type.

use ipc_proto::badge::{Badge, Holder, Kind, SIGNAL};
use ipc_proto::label::Status;
use ipc_proto::{
    alarm, deferred, losses, operator, passing, private, registrar, supervisor, waits, window, wire,
};
use sel4::{Fault, MessageInfo, with_ipc_buffer};

/// The badge of the bell's answer.
pub const BELL: u64 = SIGNAL | 1;
/// The badge of the timer's deadline.
pub const TIMER: u64 = SIGNAL | 2;
/// The badge of the worker's answer.
pub const WORKER: u64 = SIGNAL | 4;
/// The badge of the answer of the bell that an examination rings.
pub const EXAMINER: u64 = SIGNAL | 8;

/// The badge of the host's serial line.
pub const LINE: u64 = SIGNAL | 16;

/// Which signals came.
#[derive(Clone, Copy, Debug)]
pub struct Signals {
    /// The bell was answered: go on with the work that could wait.
    pub bell: bool,
    /// The deadline that was set has passed.
    pub timer: bool,
    /// The worker has ended its job.
    pub worker: bool,
    /// The bell of an examination was answered.
    pub examiner: bool,
    /// Something came over the host's serial line.
    pub line: bool,
}

impl Signals {
    /// The signals in a badge; `None` where it is not a notification's.
    pub fn decode(badge: u64) -> Option<Signals> {
        let has = |which: u64| badge & which == which;
        let signals = Signals {
            bell: has(BELL),
            timer: has(TIMER),
            worker: has(WORKER),
            examiner: has(EXAMINER),
            line: has(LINE),
        };
        (badge & SIGNAL != 0).then_some(signals)
    }

    /// These, and those that came before.
    pub fn and(self, earlier: Option<Signals>) -> Signals {
        let before = |which: fn(Signals) -> bool| earlier.is_some_and(which);
        Signals {
            bell: self.bell || before(|s| s.bell),
            timer: self.timer || before(|s| s.timer),
            worker: self.worker || before(|s| s.worker),
            examiner: self.examiner || before(|s| s.examiner),
            line: self.line || before(|s| s.line),
        }
    }
}

/// Something that happened.
pub enum Event {
    /// Signals came; more than one can come as one.
    Signals(Signals),
    /// A thread faulted, or its module says so: the kernel's messages and forged ones come on the same capability.
    Fault(Holder, Option<Fault>),
    /// A module asks for something that any module may.
    Module(Holder, supervisor::Request),
    /// A module asks to be woken.
    Alarm(Holder, alarm::Request),
    /// A module is about to answer a caller that it had put aside.
    Deferred(Holder, deferred::Request),
    /// A module asks for memory to share.
    Window(Holder, window::Request),
    /// A module asks for a private endpoint, its own or one that was opened to it.
    Private(Holder, private::Request),
    /// A module passes a connection on, or takes one that was passed to it.
    Passing(Holder, passing::Request),
    /// A module says of which interface a service is that it has reserved.
    Declared(Holder, passing::Declaration),
    /// A module asks how its lookup that waits has ended.
    Await(Holder),
    /// A module asks which servers it has lost.
    Losses(Holder),
    /// The name server asks; whether it is the name server is checked by the handler.
    Registrar(Holder, registrar::Request),
    /// An operator asks; whether it is one is checked by the handler.
    Operator(Holder, operator::Request),
    /// A client of a module that has failed calls it.
    Failed(Holder),
    /// A request that cannot be read, whose it is, and the status to answer.
    Unreadable(Option<Holder>, Status),
}

/// Reads a message's words as a request.
fn request<T: serde::de::DeserializeOwned>(info: MessageInfo) -> Result<T, Status> {
    with_ipc_buffer(|buffer| {
        let words = buffer.msg_regs().get(..info.length()).ok_or(Status::BadMessage)?;
        wire::decode(words).map_err(|_| Status::BadMessage)
    })
}

/// Reads a message of four words as a request.
fn words<T>(info: MessageInfo, read: fn([u64; 4]) -> Option<T>) -> Result<T, Status> {
    let words = with_ipc_buffer(|buffer| buffer.msg_regs().first_chunk().copied());
    words.filter(|_| info.length() == 4).and_then(read).ok_or(Status::BadMessage)
}

impl Event {
    /// Sorts what was received.
    pub fn decode(info: MessageInfo, badge: u64) -> Event {
        if let Some(signals) = Signals::decode(badge) {
            return Event::Signals(signals);
        }
        match Badge::from_word(badge) {
            Some(Badge { kind: Kind::Fault, holder, .. }) => {
                Event::Fault(holder, with_ipc_buffer(|buffer| Fault::new(buffer, info)))
            }
            Some(Badge { kind: Kind::Request, holder, .. }) => {
                Event::request(holder, info).unwrap_or_else(|why| Event::Unreadable(Some(holder), why))
            }
            // Nobody else has a capability to this endpoint that has a client's badge.
            Some(Badge { kind: Kind::Client, holder, .. }) => Event::Failed(holder),
            None => Event::Unreadable(None, Status::Refused),
        }
    }

    fn request(holder: Holder, info: MessageInfo) -> Result<Event, Status> {
        match u16::try_from(info.label()) {
            Ok(supervisor::LABEL) => Ok(Event::Module(holder, request(info)?)),
            Ok(alarm::LABEL) => Ok(Event::Alarm(holder, words(info, alarm::Request::from_words)?)),
            Ok(deferred::LABEL) => Ok(Event::Deferred(holder, words(info, deferred::Request::from_words)?)),
            Ok(window::LABEL) => Ok(Event::Window(holder, request(info)?)),
            Ok(private::LABEL) => Ok(Event::Private(holder, request(info)?)),
            Ok(passing::LABEL) => Ok(Event::Passing(holder, request(info)?)),
            Ok(passing::DECLARE) => {
                Ok(Event::Declared(holder, words(info, passing::Declaration::from_words)?))
            }
            Ok(waits::LABEL) => match request(info)? {
                waits::Request::Await => Ok(Event::Await(holder)),
            },
            Ok(losses::LABEL) => match request(info)? {
                losses::Request::Take => Ok(Event::Losses(holder)),
            },
            Ok(registrar::LABEL) => Ok(Event::Registrar(holder, request(info)?)),
            Ok(operator::LABEL) => Ok(Event::Operator(holder, request(info)?)),
            _ => Err(Status::UnknownMethod),
        }
    }
}

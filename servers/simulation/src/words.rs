//! Calls and answers in the words of a listing.

use std::fmt::Debug;

use ipc_proto::ids::DomainId;
use ipc_proto::label::{self, Reply};
use ipc_proto::{alarm, deferred, losses, names, passing, registrar, slots, supervisor, waits, window, wire};
use serde::de::DeserializeOwned;

use crate::calls::{Access, Asked, Message};
use crate::lockers::Caller;
use crate::world::World;

/// So much of a request is shown.
const LONGEST: usize = 100;

fn shown<T: DeserializeOwned + Debug>(message: &Message) -> String {
    let Ok(request) = wire::decode::<T>(&message.words) else { return "what cannot be read".to_owned() };
    let text = format!("{request:?}");
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// The same of a request of four words.
fn of_words<T: Debug>(message: &Message, read: fn([u64; 4]) -> Option<T>) -> String {
    match message.words.first_chunk().copied().and_then(read) {
        Some(request) => format!("{request:?}"),
        None => "what cannot be read".to_owned(),
    }
}

/// A request to the supervisor.
fn request(message: &Message) -> String {
    match u16::try_from(message.label) {
        Ok(supervisor::LABEL) => shown::<supervisor::Request>(message),
        Ok(registrar::LABEL) => shown::<registrar::Request>(message),
        Ok(waits::LABEL) => shown::<waits::Request>(message),
        Ok(losses::LABEL) => shown::<losses::Request>(message),
        Ok(passing::LABEL) => shown::<passing::Request>(message),
        Ok(window::LABEL) => shown::<window::Request>(message),
        Ok(deferred::LABEL) => of_words(message, deferred::Request::from_words),
        Ok(alarm::LABEL) => of_words(message, alarm::Request::from_words),
        _ => format!("{:#x}", message.label),
    }
}

/// What a driver does with its device.
fn used(access: Access) -> String {
    match access {
        Access::Register(at, None) => format!("reads register {at:#x}"),
        Access::Register(at, Some(value)) => format!("writes {value:#x} to register {at:#x}"),
        Access::Port(port, None) => format!("reads port {port:#x}"),
        Access::Port(port, Some(value)) => format!("writes {value:#x} to port {port:#x}"),
        Access::Acknowledge => "lets the next interrupt in".to_owned(),
    }
}

/// A reply.
pub(crate) fn reply(message: &Message) -> String {
    match label::parse_reply(message.label) {
        Reply::Answer(status) => format!("{status:?}"),
        Reply::Kernel(_) => "the capability is gone".to_owned(),
        Reply::Foreign(label) => format!("{label:#x}"),
    }
}

impl World {
    /// What a thread asks, in words that follow its name.
    pub fn words_of(&self, id: DomainId, asked: &Asked) -> String {
        let named = |caller: Option<Caller>| match caller {
            Some(caller) => self.called(caller.client),
            None => "nobody".to_owned(),
        };
        let client = || named(self.caller_of(id));
        match asked {
            Asked::Call(slots::SUPERVISOR, message, _) => {
                format!("asks the supervisor: {}", request(message))
            }
            Asked::Call(slots::NAMES, message, _) => {
                format!("asks the name server: {}", shown::<names::Request>(message))
            }
            Asked::Call(slot, message, _) => match self.ledger.server_of(id, *slot) {
                Some(server) => format!("calls {}, method {:#x}", self.called(server), message.label),
                None => format!("calls on slot {slot}, where nothing is"),
            },
            Asked::Recv(_) => "waits for a call".to_owned(),
            Asked::Reply(message) => format!("answers {}: {}", client(), reply(message)),
            Asked::ReplyRecv(_, message) => {
                format!("answers {}: {}, and waits for the next call", client(), reply(message))
            }
            Asked::NbSend(_, message) => format!("answers {}: {}", named(self.handed_to(id)), reply(message)),
            Asked::SaveCaller(index, _) => format!("puts {} aside, in slot {index}", client()),
            Asked::Device(access) => used(*access),
            Asked::Copies(_) => "is in the middle of a copy of shared memory".to_owned(),
            Asked::Yield => "lets others run".to_owned(),
            Asked::Now => "looks at the clock".to_owned(),
            Asked::Works(nanoseconds) => format!("is busy for {} us", nanoseconds / 1000),
            Asked::Panicked(_) => "panics".to_owned(),
            Asked::Fault(what) | Asked::NotSimulated(what) => (*what).to_owned(),
        }
    }
}

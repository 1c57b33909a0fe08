//! Calls and answers in the words of a listing.

use std::fmt::Debug;

use ipc_proto::badge::{Badge, GenerationTag};
use ipc_proto::ids::DomainId;
use ipc_proto::label::{self, Reply};
use ipc_proto::{alarm, deferred, losses, names, passing, registrar, slots, supervisor, waits, window, wire};
use serde::de::DeserializeOwned;

use crate::calls::{Access, Asked, Message};
use crate::interfaces;
use crate::lockers::Caller;
use crate::world::World;

/// So much of a request is shown.
const LONGEST: usize = 100;

/// Fields of requests that are badges.
const BADGES: [&str; 3] = ["asker: ", "client: ", "owner: "];

fn shown<T: DeserializeOwned + Debug>(world: &World, message: &Message) -> String {
    let Ok(request) = wire::decode::<T>(&message.words) else { return "what cannot be read".to_owned() };
    let text = BADGES.iter().fold(format!("{request:?}"), |text, field| named(world, &text, field));
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// The same text, with the names of those instances whose badges are in this field of it.
fn named(world: &World, text: &str, field: &str) -> String {
    let mut parts = text.split(field);
    let mut named = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(part.len());
        let (word, rest) = part.split_at(digits);
        let holder = word.parse().ok().and_then(Badge::from_word).map(|badge| badge.holder);
        let name = holder.and_then(|holder| Some((world.room(holder.domain)?.name, holder.tag)));
        named.push_str(field);
        match name {
            Some((name, GenerationTag(tag))) => named.push_str(&format!("{name}.{tag}")),
            None => named.push_str(word),
        }
        named.push_str(rest);
    }
    named
}

/// The same of a request of four words.
fn of_words<T: Debug>(message: &Message, read: fn([u64; 4]) -> Option<T>) -> String {
    match message.words.first_chunk().copied().and_then(read) {
        Some(request) => format!("{request:?}"),
        None => "what cannot be read".to_owned(),
    }
}

/// A request to the supervisor.
fn request(world: &World, message: &Message) -> String {
    match u16::try_from(message.label) {
        Ok(supervisor::LABEL) => shown::<supervisor::Request>(world, message),
        Ok(registrar::LABEL) => shown::<registrar::Request>(world, message),
        Ok(waits::LABEL) => shown::<waits::Request>(world, message),
        Ok(losses::LABEL) => shown::<losses::Request>(world, message),
        Ok(passing::LABEL) => shown::<passing::Request>(world, message),
        Ok(window::LABEL) => shown::<window::Request>(world, message),
        Ok(passing::DECLARE) => {
            let words = message.words.first_chunk().copied();
            words.and_then(interfaces::declared).unwrap_or_else(|| "what cannot be read".to_owned())
        }
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
                format!("asks the supervisor: {}", request(self, message))
            }
            Asked::Call(slots::NAMES, message, _) => {
                format!("asks the name server: {}", shown::<names::Request>(self, message))
            }
            Asked::Call(slot, message, _) => match self.ledger.server_of(id, *slot) {
                Some(server) => {
                    format!("calls {}: {}", self.called(server), self.method_of(id, *slot, message.label))
                }
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

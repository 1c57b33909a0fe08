//! A server that answers later: from a call of somebody else's, from its alarm, or not at all.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::fmt::Write;
use core::time::Duration;

use heapless::Vec;
use ipc_proto::echo::{Said, Text};
use ipc_proto::interface::dispatch::Events;
use ipc_proto::{deferred, slots};
use module_rt::locker::{self, OWN_ENDPOINT};
use module_rt::{Connection, Event, Init, InitError, Manifest, Reply, alarm, fault, start};
use operate::office::{Letter, Office, OfficeError, OfficeInterface, OfficeServer};

module_rt::module! {
    manifest: Manifest {
        connections: 0,
        locker_bits: LOCKER_BITS,
        deadline_micros: 50_000,
        ..Manifest::new("office")
    },
    init: init,
}

/// Six callers.
const LOCKER_BITS: u8 = 3;
/// One more than there can be: the one too many does not come so far.
const MOST: usize = 7;

#[derive(Default)]
struct State {
    waiting: Vec<Reply<Letter, OfficeError>, MOST>,
    /// Until so many wait.
    until: Option<(usize, Reply<Said, OfficeError>)>,
}

fn init(init: &mut Init) -> Result<OfficeServer<State>, InitError> {
    init.offer::<OfficeInterface>()?;
    Ok(OfficeServer(State::default()))
}

fn said(text: core::fmt::Arguments<'_>) -> Said {
    let mut said = Said { generation: start::instance().generation, text: Text::new() };
    // There is room for what is said here.
    let _ = core::fmt::write(&mut said.text, text);
    said
}

/// Asks to have what is no caller where it could be called, and gives what was said to that; last of an empty slot.
fn steal() -> Text {
    // Behind those that are in use when this is asked.
    const COPY: u16 = 6;
    let supervisor = Connection::in_slot(slots::SUPERVISOR);
    let _ = locker::copy(OWN_ENDPOINT, COPY, LOCKER_BITS);
    let mut text = Text::new();
    for index in [0, OWN_ENDPOINT, COPY, 7, 8, u16::MAX] {
        let answer = supervisor.call_words(deferred::LABEL, deferred::Request::Take { index }.to_words());
        let answer = answer.ok().and_then(deferred::Answer::from_words);
        // There is room for what is said.
        let _ = write!(text, "{answer:?} ");
    }
    let _ = locker::slot(COPY, LOCKER_BITS).delete();
    text
}

impl State {
    fn keep(&mut self, reply: Reply<Letter, OfficeError>) {
        let _ = self.waiting.push(reply);
        self.tell();
    }

    fn tell(&mut self) {
        let kept = self.waiting.len();
        if let Some((_, reply)) = self.until.take_if(|(until, _)| *until == kept) {
            reply.answer(Ok(&said(format_args!("{kept} kept"))));
        }
    }

    /// Answers everybody.
    fn answer(&mut self, result: Result<&Letter, OfficeError>) -> [u32; 2] {
        let (of, mut reached) = (self.waiting.len(), 0_u32);
        while let Some(reply) = self.waiting.pop() {
            reached = reached.saturating_add(u32::from(reply.answer(result)));
        }
        [reached, u32::try_from(of).unwrap_or(u32::MAX)]
    }
}

impl Office for State {
    fn say(&mut self, text: Text, reply: Reply<Said, OfficeError>) {
        let (word, rest) = text.split_once(' ').unwrap_or((&text, ""));
        match word {
            "until" => {
                self.until = rest.parse().ok().map(|until| (until, reply));
                self.tell();
            }
            "send" => {
                let letter = Letter::try_from(rest).unwrap_or_default();
                let [reached, of] = self.answer(Ok(&letter));
                reply.answer(Ok(&said(format_args!("reached {reached} of {of}"))));
            }
            "lose" => {
                self.waiting.clear();
                reply.answer(Ok(&said(format_args!("lost"))));
            }
            "steal" => {
                let handed = steal();
                reply.answer(Ok(&said(format_args!("{handed}"))));
            }
            "awaited" => {
                let awaited = self.waiting.iter().filter(|reply| reply.is_awaited()).count();
                let of = self.waiting.len();
                reply.answer(Ok(&said(format_args!("{awaited} of {of} awaited"))));
            }
            "die" => fault::read_address_zero(),
            _ => {
                reply.answer(Ok(&said(format_args!("{} kept", self.waiting.len()))));
            }
        }
    }

    fn receive(&mut self, longest: u32, reply: Reply<Letter, OfficeError>) {
        if longest > 0 {
            // Where it does not go off, the deadline ends the call.
            let _ = alarm::after(Duration::from_micros(longest.into()));
        }
        self.keep(reply);
    }

    fn receive_soon(&mut self, reply: Reply<Letter, OfficeError>) {
        self.keep(reply);
    }

    fn send(&mut self, letter: Letter) -> Result<[u32; 2], OfficeError> {
        Ok(self.answer(Ok(&letter)))
    }

    fn kept(&mut self) -> Result<u64, OfficeError> {
        Ok(self.waiting.len() as u64)
    }
}

impl Events for State {
    fn event(&mut self, event: Event) {
        if event == Event::Alarm {
            self.answer(Err(OfficeError::None));
        }
    }
}

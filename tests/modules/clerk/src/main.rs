//! Counts what came of calls: who tells is answered at once, and who asks when so many have told.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::fmt::Write;

use heapless::{String, Vec};
use ipc_proto::echo::{Said, Text};
use ipc_proto::interface::dispatch::Events;
use module_rt::{Init, InitError, Manifest, Reply, start};
use operate::office::{Clerk, ClerkInterface, ClerkServer, OfficeError};

module_rt::module! {
    manifest: Manifest { connections: 0, locker_bits: 5, ..Manifest::new("clerk") },
    init: init,
}

/// A word, and how often it was told.
type Count = (String<16>, usize);

#[derive(Default)]
struct State {
    counts: Vec<Count, 8>,
    until: Option<(usize, Reply<Said, OfficeError>)>,
}

fn init(init: &mut Init) -> Result<ClerkServer<State>, InitError> {
    init.offer::<ClerkInterface>()?;
    Ok(ClerkServer(State::default()))
}

impl State {
    fn tell(&mut self) {
        let total: usize = self.counts.iter().map(|(_, count)| count).sum();
        if let Some((_, reply)) = self.until.take_if(|(until, _)| total >= *until) {
            let mut text = Text::new();
            for (word, count) in &self.counts {
                // There is room for eight words.
                let _ = write!(text, "{word} {count} ");
            }
            let text = Text::try_from(text.trim_end()).unwrap_or_default();
            reply.answer(Ok(&Said { generation: start::instance().generation, text }));
            self.counts.clear();
        }
    }
}

impl Clerk for State {
    fn say(&mut self, text: Text, reply: Reply<Said, OfficeError>) {
        if let Ok(until) = text.parse() {
            self.until = Some((until, reply));
        } else {
            match self.counts.iter_mut().find(|(word, _)| *word == text.as_str()) {
                Some((_, count)) => *count = count.saturating_add(1),
                None => {
                    // There are not more than eight.
                    let _ = self.counts.push((String::try_from(text.as_str()).unwrap_or_default(), 1));
                }
            }
            reply.answer(Ok(&Said { generation: start::instance().generation, text: Text::new() }));
        }
        self.tell();
    }
}

impl Events for State {}

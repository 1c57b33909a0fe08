//! An interface that has every kind of method, and a server of it.
#![allow(dead_code, reason = "each of those who use it needs another part of it")]

use heapless::String;
use ipc_proto::ids::Instance;
use ipc_proto::interface::dispatch::Events;
use ipc_proto::interface::{Client, interface, wire, wire_error};

/// Which way.
#[wire(words)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Way {
    /// Up.
    Up = 1,
    /// Down.
    Down = 2,
}

/// Plain data of twelve bytes.
#[wire(words)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// A number.
    pub at: u32,
    /// Two more.
    pub values: [u32; 2],
}

/// A text and who has written it.
#[wire]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The text.
    pub text: String<32>,
    /// Who.
    pub by: u64,
}

/// What can go wrong.
#[wire_error]
pub enum NoteError {
    /// There is no room for another note.
    Full = 1,
    /// Nothing is there.
    Empty = 7,
    /// The server died while it had the note, which may have been kept.
    Interrupted = 0x7fff,
}

/// Keeps notes, and counts.
#[interface(name = "notes", version = 3, error = NoteError)]
pub trait Notes {
    /// Adds to the count.
    ///
    /// # Request
    /// By how much, and which way.
    /// # Preconditions
    /// None.
    /// # Response
    /// The new count.
    /// # Errors
    /// `Full` where it would overflow.
    #[method(deadline_us = 500)]
    fn add(&mut self, by: u64, way: Way) -> Result<u64, NoteError>;

    /// Keeps a note.
    ///
    /// # Request
    /// The note, and where.
    /// # Preconditions
    /// None.
    /// # Response
    /// Nothing.
    /// # Errors
    /// `Full`.
    fn keep(&mut self, client: Client, note: Note, place: u16) -> Result<(), NoteError>;

    /// The note.
    ///
    /// # Request
    /// Nothing.
    /// # Preconditions
    /// One was kept.
    /// # Response
    /// The note.
    /// # Errors
    /// `Empty`.
    #[method(idempotent)]
    fn last(&mut self) -> Result<Note, NoteError>;

    /// Four words, three of them an array.
    ///
    /// # Request
    /// A sample and a word.
    /// # Preconditions
    /// None.
    /// # Response
    /// The sample, and nothing else.
    /// # Errors
    /// None.
    #[method(idempotent)]
    fn turn(&mut self, client: Client, sample: Sample, words: [u64; 2]) -> Result<Sample, NoteError>;

    /// Five words: they go as a message.
    ///
    /// # Request
    /// The words.
    /// # Preconditions
    /// None.
    /// # Response
    /// Their sum.
    /// # Errors
    /// None.
    #[method(idempotent)]
    fn sum(&mut self, words: [u64; 5]) -> Result<u64, NoteError>;
}

/// A server.
#[derive(Default)]
pub struct Keeper {
    /// What was added up.
    pub count: u64,
    /// What was kept last.
    pub note: Option<Note>,
    /// Who has died.
    pub gone: Vec<Instance>,
}

impl Notes for Keeper {
    fn add(&mut self, by: u64, way: Way) -> Result<u64, NoteError> {
        let new = match way {
            Way::Up => self.count.checked_add(by),
            Way::Down => self.count.checked_sub(by),
        };
        self.count = new.ok_or(NoteError::Full)?;
        Ok(self.count)
    }

    fn keep(&mut self, client: Client, note: Note, place: u16) -> Result<(), NoteError> {
        if place > 0 {
            return Err(NoteError::Full);
        }
        self.note = Some(Note { by: client.badge(), ..note });
        Ok(())
    }

    fn last(&mut self) -> Result<Note, NoteError> {
        self.note.clone().ok_or(NoteError::Empty)
    }

    fn turn(&mut self, _: Client, sample: Sample, words: [u64; 2]) -> Result<Sample, NoteError> {
        let [a, b] = sample.values;
        Ok(Sample { at: words[0] as u32, values: [b, a] })
    }

    fn sum(&mut self, words: [u64; 5]) -> Result<u64, NoteError> {
        Ok(words.iter().sum())
    }
}

impl Events for Keeper {
    const DEPARTED: Option<fn(&mut Self, Instance)> = Some(|keeper, client| keeper.gone.push(client));
}

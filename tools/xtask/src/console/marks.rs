//! Splits what arrives on the serial line into text and the marks that the shell puts into it.
//!
//! The marks are OSC sequences: `ESC ] 133 ; …` as terminals know them from shells (FinalTerm's
//! semantic prompts), and `ESC ] 7780 ; …` for what only this system says. No program but the
//! shell and the root task can send an escape character, so no text can pass for a mark.

/// The number of our own sequences.
const OURS: &str = "7780";
/// More than any mark has; what is longer is text.
const LONGEST: usize = 160;
const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;

/// What the guest says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The prompt's text follows.
    PromptStart,
    /// The prompt is complete: the shell reads a line.
    PromptEnd,
    /// A line was accepted; what follows is the command's output.
    OutputStart,
    /// The command ended; 0 is success.
    CommandEnd(u32),
    /// The system is going down with this exit code.
    Halt(u32),
    /// The root task panicked.
    Panic,
    /// One result of a measurement.
    Bench(Bench),
    /// One kill of a sweep.
    Kill(Kill),
}

/// A module was killed at a moment of its work, and what had to hold was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kill {
    /// Nanoseconds of the guest's clock after the start of the work.
    pub moment: u64,
    /// The address of the instruction that it would have gone on with.
    pub ip: u64,
    /// What did not hold.
    pub violation: Option<String>,
}

/// A measured cost, in guest instructions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bench {
    /// What was measured, such as `call/words/4`.
    pub name: String,
    /// Instructions for one operation.
    pub insns: u64,
    /// The raw kernel's instructions for the work below it, in the same boot.
    pub raw: Option<u64>,
}

/// A piece of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Bytes that a person is meant to see.
    Text(Vec<u8>),
    /// A mark.
    Mark(Mark),
}

/// Keeps what a chunk left unfinished. Every byte that goes in comes out, as text or in a mark.
#[derive(Debug, Default)]
pub struct MarkParser {
    /// An escape sequence that is not complete yet, from its ESC on; empty outside of one.
    pending: Vec<u8>,
}

impl MarkParser {
    /// Takes the next bytes and returns the pieces that they complete.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Piece> {
        let mut pieces = Pieces::default();
        for &byte in bytes {
            self.take(byte, &mut pieces);
        }
        pieces.done
    }

    /// The stream has ended: an unfinished sequence was text.
    pub fn finish(&mut self) -> Vec<Piece> {
        let mut pieces = Pieces::default();
        pieces.text(&std::mem::take(&mut self.pending));
        pieces.done
    }

    fn take(&mut self, byte: u8, pieces: &mut Pieces) {
        if self.pending.is_empty() {
            if byte == ESC {
                self.pending.push(byte);
            } else {
                pieces.text(&[byte]);
            }
            return;
        }
        if byte == BEL && self.pending.len() > 1 {
            let sequence = std::mem::take(&mut self.pending);
            match sequence.get(2..).and_then(mark_of) {
                Some(mark) => pieces.done.push(Piece::Mark(mark)),
                None => {
                    pieces.text(&sequence);
                    pieces.text(&[byte]);
                }
            }
            return;
        }
        let opening = self.pending.len() == 1;
        let goes_on = if opening { byte == b']' } else { (0x20..0x7f).contains(&byte) };
        if goes_on && self.pending.len() < LONGEST {
            self.pending.push(byte);
            return;
        }
        // Not a sequence of ours after all. The byte itself may begin one.
        pieces.text(&std::mem::take(&mut self.pending));
        self.take(byte, pieces);
    }
}

#[derive(Default)]
struct Pieces {
    done: Vec<Piece>,
}

impl Pieces {
    fn text(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        if let Some(Piece::Text(text)) = self.done.last_mut() {
            text.extend_from_slice(bytes);
        } else {
            self.done.push(Piece::Text(bytes.to_vec()));
        }
    }
}

/// The mark that the body of a sequence says, `None` where it is none of ours.
fn mark_of(body: &[u8]) -> Option<Mark> {
    let body = std::str::from_utf8(body).ok()?;
    let words: Vec<&str> = body.split(';').collect();
    match words.as_slice() {
        ["133", "A"] => Some(Mark::PromptStart),
        ["133", "B"] => Some(Mark::PromptEnd),
        ["133", "C"] => Some(Mark::OutputStart),
        ["133", "D", code] => Some(Mark::CommandEnd(number(code)?)),
        [OURS, "halt", code] => Some(Mark::Halt(number(code)?)),
        [OURS, "panic"] => Some(Mark::Panic),
        [OURS, "bench", name, insns, raw] if !name.is_empty() => Some(Mark::Bench(Bench {
            name: (*name).to_owned(),
            insns: number(insns)?,
            raw: if *raw == "-" { None } else { Some(number(raw)?) },
        })),
        [OURS, "kill", moment, ip, verdict @ ..] => {
            let verdict = verdict.join(";");
            Some(Mark::Kill(Kill {
                moment: number(moment)?,
                ip: u64::from_str_radix(ip, 16).ok()?,
                violation: (verdict != "ok").then_some(verdict),
            }))
        }
        _ => None,
    }
}

/// Decimal digits only: `parse` alone would take a sign.
fn number<N: std::str::FromStr>(text: &str) -> Option<N> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
#[path = "marks_tests.rs"]
mod tests;

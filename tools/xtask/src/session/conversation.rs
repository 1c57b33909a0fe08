//! Talks to the shell: waits for its prompt, sends a line, takes the answer; and says why where
//! the prompt does not come.

use std::time::{Duration, Instant};

use crate::console::addresses::Addresses;
use crate::console::dialogue::{Dialogue, Said, Turn};
use crate::console::marks::{Bench, Kill, MarkParser, Piece};
use crate::machine::{Event, Guest};
use crate::session::keys::Keys;
use crate::session::trouble::IDLE_SECONDS;

pub use crate::session::limits::Limits;
pub use crate::session::trouble::{Broken, Trouble};

/// How often a guest that says nothing is asked how far it is.
const POLL: Duration = Duration::from_millis(200);
/// With `-icount shift=0` an instruction takes a nanosecond.
const INSNS_PER_SECOND: u64 = 1_000_000_000;

/// What a command came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The shell waits for the next line.
    Ready(Said),
    /// The system has halted with this exit code.
    Halted(Said, u32),
}

/// A conversation with one machine.
pub struct Conversation<'a> {
    machine: Box<dyn Guest + 'a>,
    parser: MarkParser,
    dialogue: Dialogue,
    limits: Limits,
    measured: Vec<Bench>,
    kills: Vec<Kill>,
    addresses: Addresses,
    /// What is pressed while commands run.
    pub keys: Keys,
    /// Gets all text as it arrives.
    show: Show<'a>,
}

/// How far a machine is.
struct Progress {
    at: Instant,
    insns: u64,
    /// Of its own clock.
    seconds: u64,
    kills: usize,
}

/// Takes text as it arrives.
type Show<'a> = Box<dyn FnMut(&[u8]) + 'a>;

impl<'a> Conversation<'a> {
    /// Begins one; `show` gets all text, without marks, as it arrives.
    pub fn new(machine: impl Guest + 'a, limits: Limits, show: impl FnMut(&[u8]) + 'a) -> Self {
        Conversation {
            machine: Box::new(machine),
            parser: MarkParser::default(),
            dialogue: Dialogue::default(),
            limits,
            measured: Vec::new(),
            kills: Vec::new(),
            addresses: Addresses::default(),
            keys: Keys::default(),
            show: Box::new(show),
        }
    }

    /// The same conversation, in which the addresses of reports are explained.
    #[must_use]
    pub fn explained(self, addresses: Addresses) -> Self {
        Conversation { addresses, ..self }
    }

    /// Waits for the first prompt.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub fn boot(&mut self) -> Result<Answer, Broken> {
        let before = self.progress()?;
        self.answer(before)
    }

    /// Sends one line and waits until the shell asks for the next.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub fn command(&mut self, line: &str) -> Result<Answer, Broken> {
        self.dialogue.typed(line);
        self.keys.begin();
        let before = self.progress()?;
        if self.machine.send(format!("{line}\r").as_bytes()).is_err() {
            return Err(self.ended());
        }
        self.answer(before)
    }

    /// The results of measurements that have come so far.
    pub fn measured(&self) -> &[Bench] {
        &self.measured
    }

    /// The kills of a sweep that have come so far.
    pub fn kills(&self) -> &[Kill] {
        &self.kills
    }

    /// Ends QEMU.
    pub fn quit(mut self) {
        let _status = self.machine.quit();
    }

    /// Where the machine is now.
    fn progress(&mut self) -> Result<Progress, Broken> {
        let insns = self.machine.executed_instructions().map_err(|_| self.ended())?;
        let seconds = self.machine.guest_seconds().map_err(|_| self.ended())?;
        Ok(Progress { at: Instant::now(), insns, seconds, kills: self.kills.len() })
    }

    fn answer(&mut self, mut last: Progress) -> Result<Answer, Broken> {
        let mut asked = Instant::now();
        loop {
            let mut quiet = false;
            match self.machine.next(POLL) {
                Event::Serial(bytes) => {
                    if let Some(answer) = self.take(&bytes)? {
                        return self.within_budget(answer, &last);
                    }
                }
                Event::Ended => return Err(self.ended()),
                Event::Stop => return Err(self.broken(Trouble::Stopped)),
                Event::Quiet => quiet = true,
                Event::Typed(_) => {}
            }
            // A guest that prints for ever is never quiet.
            if asked.elapsed() < POLL {
                continue;
            }
            asked = Instant::now();
            let now = self.progress()?;
            // A sweep has no bound of its own, but each of its rounds has one.
            if now.kills > last.kills {
                last = now;
                continue;
            }
            let insns = now.insns.saturating_sub(last.insns);
            if insns > self.limits.insns {
                return Err(self.broken(Trouble::OverBudget { insns: self.limits.insns }));
            }
            // Only where nothing is left to be read: it may be the prompt.
            let seconds = now.seconds.saturating_sub(last.seconds);
            if quiet && seconds > IDLE_SECONDS.saturating_add(insns / INSNS_PER_SECOND) {
                return Err(self.broken(Trouble::Idle));
            }
            if last.at.elapsed() > self.limits.wall {
                return Err(self.broken(Trouble::TooSlow { wall: self.limits.wall, insns }));
            }
        }
    }

    /// A prompt came before the guest was asked how far it is. One that has halted cannot be asked any more.
    fn within_budget(&mut self, answer: Answer, last: &Progress) -> Result<Answer, Broken> {
        if let Answer::Ready(_) = &answer
            && self.kills.len() == last.kills
            && self.progress()?.insns.saturating_sub(last.insns) > self.limits.insns
        {
            return Err(self.broken(Trouble::OverBudget { insns: self.limits.insns }));
        }
        Ok(answer)
    }

    fn take(&mut self, bytes: &[u8]) -> Result<Option<Answer>, Broken> {
        let mut answer = None;
        for mut piece in self.parser.feed(bytes) {
            if let Piece::Text(text) = &mut piece {
                *text = self.addresses.explain(text);
                (self.show)(text);
            }
            match self.dialogue.take(piece) {
                None => {}
                Some(Turn::Ready(said)) => answer = Some(Answer::Ready(said)),
                Some(Turn::Halted(said, code)) => return Ok(Some(Answer::Halted(said, code))),
                Some(Turn::Measured(bench)) => self.measured.push(bench),
                Some(Turn::Killed(kill)) => self.kills.push(kill),
                Some(Turn::Panicked) => {
                    self.drain();
                    return Err(self.broken(Trouble::Panicked));
                }
                Some(Turn::Disorder(what)) => return Err(self.broken(Trouble::Disorder(what))),
            }
        }
        if let Some(key) = self.keys.due(self.dialogue.output())
            && self.machine.send(key.as_bytes()).is_err()
        {
            return Err(self.ended());
        }
        Ok(answer)
    }

    /// What the guest still says for a moment, so that a panic's report is complete.
    fn drain(&mut self) {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(2) {
            let Event::Serial(bytes) = self.machine.next(Duration::from_millis(300)) else { return };
            for piece in self.parser.feed(&bytes) {
                if let Piece::Text(text) = &piece {
                    (self.show)(text);
                }
                let _turn = self.dialogue.take(piece);
            }
        }
    }

    fn ended(&mut self) -> Broken {
        for piece in self.parser.finish() {
            if let Piece::Text(text) = &piece {
                (self.show)(text);
            }
            let _turn = self.dialogue.take(piece);
        }
        let complaints = self.machine.complaints();
        self.broken(Trouble::Ended { complaints })
    }

    fn broken(&mut self, trouble: Trouble) -> Broken {
        Broken { trouble, last_line: self.dialogue.last_line() }
    }
}

#[cfg(test)]
#[path = "fake.rs"]
pub mod fake;
#[cfg(test)]
#[path = "conversation_tests.rs"]
mod tests;

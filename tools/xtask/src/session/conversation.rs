//! Talks to the shell: waits for its prompt, sends a line, takes the answer; and says why where
//! the prompt does not come.

use std::fmt;
use std::time::{Duration, Instant};

use crate::console::addresses::Addresses;
use crate::console::dialogue::{Dialogue, Said, Turn};
use crate::console::marks::{Bench, Kill, MarkParser, Piece};
use crate::machine::{Event, Guest};
use crate::session::keys::Keys;

pub use crate::session::limits::Limits;

/// How often a guest that says nothing is asked how far it is.
const POLL: Duration = Duration::from_millis(200);
/// With `-icount shift=0` an instruction takes a nanosecond.
const INSNS_PER_SECOND: u64 = 1_000_000_000;
/// Seconds of the guest's clock in which it may idle before the next prompt: far more than anything waits for.
const IDLE_SECONDS: u64 = 100;

/// Why a conversation cannot go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The root task panicked: a bug in it, or in the kernel.
    Panicked,
    /// QEMU ended without a halt, for instance after a triple fault.
    Ended { complaints: String },
    /// No prompt within the budget.
    OverBudget { insns: u64 },
    /// No prompt, and nothing in the guest has anything to do.
    Idle,
    /// No prompt, and the guest hardly executes anything.
    TooSlow { wall: Duration, insns: u64 },
    /// The shell's marks came in an impossible order.
    Disorder(String),
    /// A signal stopped us.
    Stopped,
}

/// [`Trouble`] with the last line that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// What went wrong.
    pub trouble: Trouble,
    /// The last line with text in it.
    pub last_line: String,
}

impl std::error::Error for Broken {}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.trouble {
            Trouble::Panicked => write!(f, "the root task panicked")?,
            Trouble::Ended { complaints } if complaints.trim().is_empty() => {
                write!(f, "QEMU ended before the system halted (a reset or triple fault)")?;
            }
            Trouble::Ended { complaints } => {
                write!(f, "QEMU ended before the system halted: {}", complaints.trim())?;
            }
            Trouble::OverBudget { insns } => {
                write!(f, "no prompt within {insns} guest instructions")?;
            }
            Trouble::Idle => write!(
                f,
                "no prompt, and the guest was idle for {IDLE_SECONDS} s of its clock: everything in it waits"
            )?,
            Trouble::TooSlow { wall, insns } => write!(
                f,
                "no prompt within {} s, and the guest executed only {insns} instructions in them: \
                 is this machine overloaded?",
                wall.as_secs()
            )?,
            Trouble::Disorder(what) => write!(f, "{what}")?,
            Trouble::Stopped => write!(f, "stopped by a signal")?,
        }
        if self.last_line.is_empty() {
            write!(f, "; nothing was printed")
        } else {
            write!(f, "; last line: {}", self.last_line)
        }
    }
}

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
        self.answer()
    }

    /// Sends one line and waits until the shell asks for the next.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub fn command(&mut self, line: &str) -> Result<Answer, Broken> {
        self.dialogue.typed(line);
        self.keys.begin();
        if self.machine.send(format!("{line}\r").as_bytes()).is_err() {
            return Err(self.ended());
        }
        self.answer()
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

    fn answer(&mut self) -> Result<Answer, Broken> {
        let mut last = self.progress()?;
        let mut asked = Instant::now();
        loop {
            let mut quiet = false;
            match self.machine.next(POLL) {
                Event::Serial(bytes) => {
                    if let Some(answer) = self.take(&bytes)? {
                        return Ok(answer);
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

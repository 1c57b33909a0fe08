//! Whether a module is busy, blocked or starved: an examination, step by step.
//!
//! A thread that is blocked and one that is about to block have the same registers, and one that is starved does not move,
//! like one that is blocked. What tells them apart is who runs. So the supervisor
//!
//! 1. **raises** the thread above all others, with a bell just below it: if the bell answers, the thread has let go of the
//!    processor, and if it has not moved, it was **blocked**. If the time of a [`window`] is over first, it runs;
//! 2. where it has moved, or runs, puts the bell **in its queue**, behind everybody of its own priority who is ready: if
//!    the bell answers, the thread has had its turn as well, and is **busy**, or, where it had let go of the processor, is
//!    looked at once more. Otherwise nobody of its priority has run: it is **starved**;
//! 3. does the first with each module of a higher priority, from the highest: one that runs is who starves it.
//!
//! Nothing in this asks a module, and nothing of it can be forged by one: the bell is the supervisor's.

mod finding;
#[cfg(test)]
mod tests;

use core::cmp::Reverse;

use ipc_proto::ids::DomainId;

use crate::ledger::MAX_MODULES;

pub use finding::{Stands, Unanswering, finding, unmoved};

/// How often a thread is raised at most. Once more where the time was over while it stood on a call that could have blocked
/// it: on a machine that is itself not let run, a window can pass without an instruction. And once more where it has moved.
pub const TRIES: u8 = 4;
/// How long a thread runs above all others at most when it is raised for the first time, in nanoseconds.
pub const WINDOW: u64 = 20_000;

/// How long it does when it is raised for the so manieth time: four times as long as before, up to 1.28 ms.
pub const fn window(tries: u8) -> u64 {
    WINDOW.saturating_mul(4_u64.saturating_pow(tries.saturating_sub(1) as u32))
}

/// The longest that a thread runs in its turn before the next one of its priority does, in nanoseconds: the kernel's time
/// slice, 5 ticks of 2 ms.
pub const SLICE: u64 = 10_000_000;

/// A module that runs, and the priority that it has now.
pub type Runner = (DomainId, u8);

/// What is to be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Let this module's thread run above all others, with the bell just below it, for so many nanoseconds at most.
    Raise(DomainId, u64),
    /// Let everybody run as they are, and have the bell ring at this priority, for so many nanoseconds at most.
    Ring(u8, u64),
    /// It is over.
    End(Verdict),
}

/// What came after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Came {
    /// The bell has answered. Otherwise the time was over first.
    pub bell: bool,
    /// Whoever was raised stands where it stood before, on a call that could block it.
    pub unmoved: bool,
}

/// What an examination comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does not run until somebody else does something.
    Blocked,
    /// It runs, in its turn, or lets go of the processor somewhere else each time.
    Busy,
    /// It would run, and nobody of its priority has for so many nanoseconds, because this module does, if one still does.
    Starved(u64, Option<DomainId>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// It is raised, for the so manieth time.
    Raised(u8),
    /// The bell is in its queue, for so many nanoseconds. Who has let go of the processor is raised once more.
    Queued(u64, Option<u8>),
    /// It is starved for so many nanoseconds, and this one is raised, for the so manieth time.
    Suspect(u64, Runner, u8),
}

/// An examination that is under way.
#[derive(Clone, Copy, Debug)]
pub struct Examination {
    who: Runner,
    phase: Phase,
    /// The first suspect that had something to do, but has let go of the processor.
    worked: Option<DomainId>,
}

impl Examination {
    /// Begins one of a module that runs.
    pub fn begin(who: Runner) -> (Examination, Step) {
        (Examination { who, phase: Phase::Raised(1), worked: None }, Step::Raise(who.0, window(1)))
    }

    /// Goes on. `running` are all modules that run.
    pub fn goes_on(&mut self, came: Came, running: impl Iterator<Item = Runner> + Clone) -> Step {
        match (self.phase, came) {
            (Phase::Raised(_), Came { bell: true, unmoved: true }) => Step::End(Verdict::Blocked),
            (Phase::Raised(tries), Came { bell: false, unmoved: true }) if tries < TRIES => self.raise(tries),
            (Phase::Raised(tries), Came { bell, .. }) => {
                let level = running.filter(|(_, other)| *other == self.who.1).take(MAX_MODULES).count();
                // Each of them may take a slice, and one more may be under way.
                let patience = SLICE.saturating_mul(level.saturating_add(1) as u64);
                self.phase = Phase::Queued(patience, (bell && tries < TRIES).then_some(tries));
                Step::Ring(self.who.1, patience)
            }
            (Phase::Queued(_, Some(tries)), Came { bell: true, .. }) => self.raise(tries),
            (Phase::Queued(_, None), Came { bell: true, .. }) => Step::End(Verdict::Busy),
            (Phase::Queued(patience, _), _) => self.suspect(patience, None, running),
            (Phase::Suspect(patience, suspect, tries), Came { bell: false, unmoved: true })
                if tries < TRIES =>
            {
                let tries = tries.saturating_add(1);
                self.phase = Phase::Suspect(patience, suspect, tries);
                Step::Raise(suspect.0, window(tries))
            }
            (Phase::Suspect(patience, (suspect, _), _), Came { bell: false, .. }) => {
                Step::End(Verdict::Starved(patience, Some(suspect)))
            }
            (Phase::Suspect(patience, suspect, _), Came { unmoved, .. }) => {
                if !unmoved {
                    self.worked.get_or_insert(suspect.0);
                }
                self.suspect(patience, Some(suspect), running)
            }
        }
    }

    fn raise(&mut self, tries: u8) -> Step {
        let tries = tries.saturating_add(1);
        self.phase = Phase::Raised(tries);
        Step::Raise(self.who.0, window(tries))
    }

    /// Raises the next module of a higher priority behind `last`: from the highest down, and in their order.
    fn suspect(
        &mut self,
        patience: u64,
        last: Option<Runner>,
        running: impl Iterator<Item = Runner>,
    ) -> Step {
        let order = |(id, priority): Runner| (priority, Reverse(id));
        let above = running.filter(|(_, priority)| *priority > self.who.1);
        let behind = above.filter(|other| last.is_none_or(|last| order(*other) < order(last)));
        match behind.max_by_key(|other| order(*other)) {
            Some(suspect) => {
                self.phase = Phase::Suspect(patience, suspect, 1);
                Step::Raise(suspect.0, window(1))
            }
            None => Step::End(Verdict::Starved(patience, self.worked)),
        }
    }
}
